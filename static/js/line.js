// The life of one socket: hx-ws opens and reads it, when to open it again is decided here.
import { delayBefore, onReturn } from "./retry.js";

const FIRST_RETRY = 2_000;
const SILENCE = 60_000;
const OPENING = 10_000;
const LASTING = 5_000;
const POLL = 5_000;
const ENDS = { 4401: "signed-out", 4404: "gone" };
const REFUSALS = { 401: "signed-out", 404: "gone" };

/** Keeps the socket of an element with hx-ws:connect open, and polls where there can be none. */
export class Line {
  #element;
  #hooks;
  #attempt = 0;
  #urgent = false;
  #since = 0;
  #heardAt = 0;
  #retry;
  #watch;
  #poll = null;

  /**
   * `hooks`: address(url) gives the URL to open; heard(data) gets each frame; probe() asks by HTTP and resolves to a
   * status or null; up(), down(), over(name) say how things stand.
   */
  constructor(element, hooks) {
    this.#element = element;
    this.#hooks = hooks;
    this.#on("htmx:ws:before:connection", ({ connection }) => { connection.url = hooks.address(connection.url); });
    this.#on("htmx:ws:after:connection", () => this.#opened());
    this.#on("htmx:ws:before:message:incoming", ({ message }) => this.#heard(message.data));
    this.#on("htmx:ws:close", ({ code }) => this.#closed(code));
    onReturn((reason) => this.#returned(reason));
    addEventListener("offline", () => this.#drop());
  }

  /** Open the socket for the first time. */
  start() {
    this.#state = "closed";
    this.#hooks.down();
    htmx.process(this.#element);
    this.#open();
  }

  /** Say something to the server, if the socket is open. */
  say(text) {
    if (this.#state === "open") this.#connection()?.socket?.send(text);
  }

  get #state() {
    return this.#element.dataset.line;
  }

  // Where styles and tests can see it: closed, opening, open, over.
  set #state(state) {
    this.#element.dataset.line = state;
  }

  #on(name, handler) {
    this.#element.addEventListener(name, ({ target, detail }) => target === this.#element && handler(detail));
  }

  #open() {
    clearTimeout(this.#retry);
    if (this.#state !== "closed") return;
    this.#state = "opening";
    this.#watchFor(OPENING);
    htmx.trigger(this.#element, "line:open", {}, false);
  }

  #opened() {
    this.#state = "open";
    this.#since = Date.now();
    clearInterval(this.#poll);
    this.#poll = null;
    this.#watchFor(SILENCE);
    this.#hooks.up();
  }

  #heard(data) {
    this.#watchFor(SILENCE);
    this.#hooks.heard(data);
  }

  #closed(code) {
    const opened = this.#state === "open";
    clearTimeout(this.#watch);
    // A dropped socket may say a second time, and late, that it is closed.
    if (this.#state === "over" || this.#state === "closed") return;
    this.#state = "closed";
    if (ENDS[code]) {
      this.#end(ENDS[code]);
      return;
    }
    if (opened && Date.now() - this.#since >= LASTING) this.#attempt = 0;
    if (!this.#poll) this.#hooks.down();
    if (!opened && !this.#poll) this.#ask();
    this.#retry = setTimeout(() => this.#open(), this.#urgent ? 0 : delayBefore(this.#attempt, FIRST_RETRY));
    this.#attempt += 1;
    this.#urgent = false;
  }

  // The browser does not say why a socket was refused; the same question by HTTP does.
  async #ask() {
    const status = await this.#hooks.probe();
    if (this.#state === "open" || this.#state === "over") return;
    if (REFUSALS[status]) {
      this.#end(REFUSALS[status]);
    } else if (status === 200) {
      this.#hooks.up();
      this.#poll ??= setInterval(() => this.#ask(), POLL);
    } else {
      this.#hooks.down();
    }
  }

  #returned(reason) {
    const silent = Date.now() - this.#heardAt > SILENCE;
    this.#attempt = 0;
    this.#urgent = this.#state === "open" && (silent || reason !== "visible");
    if (this.#urgent) this.#drop();
    if (this.#state === "closed") this.#open();
  }

  // Closing a socket waits up to a minute for the other side's goodbye, and a dead wire brings none.
  #drop() {
    const socket = this.#connection()?.socket;
    socket?.close();
    socket?.dispatchEvent(new CloseEvent("close", { code: 1006 }));
  }

  #connection() {
    return this.#element._htmx?.ws?.connection;
  }

  #watchFor(milliseconds) {
    this.#heardAt = Date.now();
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#drop(), milliseconds);
  }

  #end(name) {
    this.#state = "over";
    clearTimeout(this.#retry);
    clearInterval(this.#poll);
    this.#connection()?.socket?.close();
    this.#hooks.over(name);
  }
}
