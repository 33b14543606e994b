// What is typed and not sent: kept in this browser at once, on the server after a pause for the other devices.
import { ask } from "./ask.js";
import { Keep } from "./keep.js";
import { tell } from "./tell.js";

const PAUSE = 3_000;

/** Tell what the server says of drafts; of `rows` it says everything, so they have no others. */
export function tellDrafts(list, drafts, rows) {
  const texts = new Map(rows.map(({ id }) => [id.slice("chat-".length), ""]));
  for (const { dataset, value } of drafts) texts.set(dataset.topic, value);
  for (const [topic, text] of texts) tell(list, "draft:heard", { topic, text });
}

/** The drafts of one person. An entry is { topic, text, saved }; `saved` says that the server has this text. */
export class Drafts {
  #keep;
  #heard = new Map(); // the newest text that the server told
  #stored = new Map(); // what the server has that stood in the field of this page
  #typed = new Map(); // what stands there and was not told by the server yet
  #busy = new Set();
  #timer;

  constructor(person) {
    this.#keep = new Keep("draft", person);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.save());
    document.addEventListener("line:up", () => this.save());
    this.save();
  }

  /**
   * The newest text of a conversation of which the server has `stored`. From then on `take(text)` is called with each one
   * that another device keeps, unless something newer was typed here.
   */
  text(topic, stored, take) {
    const kept = this.#keep.get(topic);
    if (kept && !kept.saved) this.#typed.set(topic, kept.text);
    if (!this.#busy.has(topic)) this.#stored.set(topic, stored);
    document.addEventListener("draft:heard", ({ detail }) => {
      if (detail.topic === topic && this.#hear(topic, detail.text)) take(detail.text);
    });
    return this.#typed.get(topic) ?? stored;
  }

  /** Note what stands in the field now. */
  note(topic, text) {
    this.#typed.set(topic, text);
    this.#keep.set(topic, { topic, text, saved: false });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), PAUSE);
  }

  /** What stood in the field was sent. */
  sent(topic) {
    if (this.#stored.get(topic) || this.#busy.has(topic)) {
      this.note(topic, "");
      this.save();
    } else {
      this.#typed.delete(topic);
      this.#keep.remove(topic);
    }
  }

  /** Let the server keep what it does not have yet. */
  save() {
    for (const { topic, saved } of this.#keep.all()) if (!saved && !this.#busy.has(topic)) this.#send(topic);
  }

  async #send(topic) {
    this.#busy.add(topic);
    const { text } = this.#keep.get(topic);
    const before = this.#stored.get(topic);
    this.#stored.set(topic, text);
    const answer = await ask("POST", `/chats/${topic}/draft`, { values: { body: text } });
    this.#busy.delete(topic);
    if (answer?.status !== 204) {
      this.#stored.set(topic, before);
      return; // stays unsaved: for the next pause, the next line, the next page
    }
    if (this.#heard.get(topic) === text) this.#hear(topic, text); // nobody tells again what the server had already
    if (this.#keep.get(topic)?.text !== text) return;
    if (text) this.#keep.set(topic, { topic, text, saved: true });
    else this.#keep.remove(topic);
  }

  // Whether a text that the server told is newer than what stands in the field.
  #hear(topic, text) {
    const typed = this.#typed.get(topic);
    const isOwn = typed === undefined || text === typed || text === this.#stored.get(topic);
    this.#heard.set(topic, text);
    this.#stored.set(topic, isOwn ? text : ""); // what another device typed meanwhile is not used up by sending this
    if (text === typed) this.#typed.delete(topic);
    return typed === undefined;
  }
}
