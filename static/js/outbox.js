// Messages that are not stored by the server yet: kept in this browser, sent one after another in the order typed.
import { ask } from "./ask.js";
import { BANNER_OF, showBanner } from "./banner.js";
import { Keep } from "./keep.js";
import { delayBefore, onReturn } from "./retry.js";

const FIRST_RETRY = 1_000;
const SLOW_DOWN = 5_000;
const alone = navigator.locks
  ? (name, work) => navigator.locks.request(name, work)
  : (name, work) => work();

/** The unsent messages of one person. An entry is { topic, key, body, at, reason? }; a reason means it was refused. */
export class Outbox {
  #person;
  #log;
  #keep;
  #failed;
  #sending = false;
  #again = false;
  #halted = false;
  #attempt = 0;
  #pausedUntil = 0;
  #timer;

  /** `log` shows what is sent from its conversation, or is null; `failed(entry)` hears of every refusal. */
  constructor(person, log, failed) {
    this.#person = person;
    this.#log = log;
    this.#keep = new Keep("unsent", person);
    this.#failed = failed;
    this.#keep.watch((entry) => entry?.reason && failed(entry));
    onReturn(() => this.#resume());
    document.addEventListener("line:up", () => this.#resume());
  }

  /** The entries of one conversation, in the order typed. */
  of(topic) {
    return this.#entries().filter((entry) => entry.topic === topic);
  }

  /** Keep a message and send it as soon as possible. */
  add(entry) {
    this.#keep.set(entry.key, entry);
    this.flush();
  }

  /** Send a refused message again, under the same key. */
  retry(key) {
    const { reason, ...entry } = this.#keep.get(key) ?? {};
    if (entry.key) this.add(entry);
  }

  /** Forget a message. */
  discard(key) {
    this.#keep.remove(key);
  }

  /** Send what waits. */
  async flush() {
    this.#again = true;
    if (this.#sending || this.#halted || Date.now() < this.#pausedUntil) return;
    this.#sending = true;
    clearTimeout(this.#timer);
    let wait = 0;
    while (this.#again && !wait) {
      this.#again = false;
      wait = await alone(`chatweb:unsent:${this.#person}`, () => this.#sendAll());
    }
    this.#sending = false;
    if (wait && !this.#halted) this.#timer = setTimeout(() => this.flush(), wait);
  }

  #resume() {
    this.#attempt = 0;
    this.#halted = false;
    if (this.#entries().length) this.flush();
  }

  // Resolves to the milliseconds to wait before going on, 0 when nothing is left.
  async #sendAll() {
    for (let entry = this.#next(); entry; entry = this.#next()) {
      const wait = await this.#send(entry);
      if (wait) return wait;
    }
    return 0;
  }

  async #send({ topic, key, body }) {
    const target = this.#log?.dataset.topic === topic ? this.#log : undefined;
    const values = { key, body };
    const answer = await ask("POST", `/chats/${topic}/messages`, { target, swap: "log source:answer", values });
    return this.#judge(key, answer);
  }

  #judge(key, answer) {
    if (!answer || answer.status >= 500 || answer.status === 408) {
      this.#attempt += 1;
      return delayBefore(this.#attempt - 1, FIRST_RETRY) + 1;
    }
    this.#attempt = 0;
    if (answer.status < 300) this.#keep.remove(key);
    else if (answer.status === 429) return this.#pause(answer.headers.get("Retry-After"));
    else if (BANNER_OF[answer.status]) return this.#halt(BANNER_OF[answer.status]);
    else this.#refuse(key, answer.text);
    return 0;
  }

  #pause(seconds) {
    const wait = 1_000 * Number(seconds) || SLOW_DOWN;
    this.#pausedUntil = Date.now() + wait;
    return wait;
  }

  #halt(banner) {
    this.#halted = true;
    showBanner(banner);
    return Infinity;
  }

  #refuse(key, html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const entry = { ...this.#keep.get(key), reason: page.querySelector(".problem")?.textContent.trim() || " " };
    this.#keep.set(key, entry);
    this.#failed(entry);
  }

  #entries() {
    return this.#keep.all().sort((one, other) => one.at - other.at);
  }

  #next() {
    return this.#entries().find(({ reason }) => !reason);
  }
}
