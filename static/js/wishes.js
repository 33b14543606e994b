// What the person at this browser wants to be told of, and whether the browser lets pages tell it.
import { Keep } from "./keep.js";

const NAME = "wanted";

/** Whether this page could show notifications; both need an address with https, or this very computer. */
export const canNotify = () => "Notification" in window && "locks" in navigator;

/** Whether the person lets it. */
export const mayNotify = () => canNotify() && Notification.permission === "granted";

/** What a person wants in this browser: `shown`, with its `text`, a `sound`, and whether the offer was `answered`. */
export class Wishes {
  #keep;

  constructor(person) {
    this.#keep = new Keep("notices", person);
  }

  get all() {
    return { shown: false, text: true, sound: false, answered: false, ...this.#keep.get(NAME) };
  }

  set(wish, value) {
    this.#keep.set(NAME, { ...this.all, [wish]: value });
  }

  /** Ask the browser's question, which it only does on a click; whether notifications are shown from now on. */
  async turnOn() {
    const answer = await Notification.requestPermission();
    this.set("answered", true);
    this.set("shown", answer === "granted");
    return this.all.shown;
  }
}
