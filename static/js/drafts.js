// What is typed and not sent: kept in this browser at once, on the server after a pause for the other devices.
import { ask } from "./ask.js";
import { Keep } from "./keep.js";

const PAUSE = 3_000;

/** The drafts of one person. An entry is { topic, text, saved }; `saved` says that the server has this text. */
export class Drafts {
  #keep;
  #stored = new Map();
  #busy = new Set();
  #timer;

  constructor(person) {
    this.#keep = new Keep("draft", person);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.save());
    document.addEventListener("line:up", () => this.save());
    this.save();
  }

  /** The newest text of a conversation of which the server has `stored`. */
  text(topic, stored) {
    this.#stored.set(topic, stored);
    const kept = this.#keep.get(topic);
    return kept && !kept.saved ? kept.text : stored;
  }

  /** Note what stands in the field now. */
  note(topic, text) {
    this.#keep.set(topic, { topic, text, saved: false });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), PAUSE);
  }

  /** What stood in the field was sent. */
  sent(topic) {
    if (this.#stored.get(topic) || this.#busy.has(topic)) this.note(topic, "");
    else this.#keep.remove(topic);
  }

  /** Let the server keep what it does not have yet. */
  save() {
    for (const { topic, saved } of this.#keep.all()) if (!saved && !this.#busy.has(topic)) this.#send(topic);
  }

  async #send(topic) {
    this.#busy.add(topic);
    const { text } = this.#keep.get(topic);
    const answer = await ask("POST", `/chats/${topic}/draft`, { values: { body: text } });
    this.#busy.delete(topic);
    if (answer?.status !== 204) return; // stays unsaved: for the next pause, the next line, the next page
    this.#stored.set(topic, text);
    if (this.#keep.get(topic)?.text !== text) return;
    if (text) this.#keep.set(topic, { topic, text, saved: true });
    else this.#keep.remove(topic);
  }
}
