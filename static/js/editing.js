// Editing one's own message in the field; what was being written there comes back afterwards.
import { ask } from "./ask.js";
import { BANNER_OF, showBanner } from "./banner.js";
import { setText } from "./field.js";
import { messageIn, orderOf, placedIn } from "./placing.js";

/** The field of a composer while it edits; `changed()` is called when its text was put there by us. */
export class Editing {
  #form;
  #field;
  #log;
  #changed;
  #message = null;
  #before = "";

  constructor(form, log, changed) {
    this.#form = form;
    this.#field = form.elements.namedItem("body");
    this.#log = log;
    this.#changed = changed;
    this.#field.addEventListener("keydown", (event) => this.#pressed(event));
    form.querySelector("[data-act=cancel]").addEventListener("click", () => this.cancel());
    log.addEventListener("log:changed", () => this.#look());
  }

  /** Whether the field holds a message that is being edited. */
  get active() {
    return this.#message !== null;
  }

  /** Put a message of the log into the field. */
  start(message) {
    if (!this.active) this.#before = this.#field.value;
    const body = message.querySelector(".message__body").textContent;
    this.#message = { id: message.id, order: orderOf(message) };
    this.#form.querySelector(".composer__context-text").textContent = body;
    this.#show(true, body);
  }

  /** Give the message the text of the field. Stays in the field until the server has it. */
  async save() {
    if (this.#field.readOnly) return;
    const { id, order } = this.#message;
    const body = this.#field.value;
    const path = `/chats/${this.#log.dataset.topic}/messages/${order}`;
    this.#field.readOnly = true; // or what is typed meanwhile would go with the edit
    const answer = await ask("PATCH", path, { target: this.#log, swap: "log source:answer", values: { body } });
    if (this.#message?.id !== id) return;
    this.#field.readOnly = false;
    if (answer?.status === 200) this.#leave(this.#form.contains(document.activeElement));
    else if (BANNER_OF[answer?.status]) showBanner(BANNER_OF[answer.status]);
    else this.#say(reasonOf(answer) || document.getElementById("toasts").dataset.failed);
  }

  /** Change what is being written beside the edit, or in its absence. */
  putBeside(text) {
    if (this.active) this.#before = text;
    else setText(this.#field, text);
  }

  /** Leave the message as it is. */
  cancel() {
    this.#leave(true);
  }

  #leave(takesFocus) {
    this.#message = null;
    this.#show(false, this.#before, takesFocus);
  }

  #show(editing, text, takesFocus = true) {
    this.#form.classList.toggle("composer--editing", editing);
    this.#form.querySelector("#editing").hidden = !editing;
    const send = this.#form.querySelector(".composer__send");
    [send.dataset.save, send.ariaLabel] = [send.ariaLabel, send.dataset.save];
    this.#say("");
    this.#field.readOnly = false;
    this.#field.value = text;
    this.#changed();
    if (!takesFocus) return;
    this.#field.focus();
    this.#field.setSelectionRange(text.length, text.length);
  }

  #say(words) {
    this.#form.querySelector("#composer-problem").textContent = words;
  }

  #pressed(event) {
    if (event.key === "Escape" && this.active) {
      event.preventDefault();
      this.cancel();
    } else if (event.key === "ArrowUp" && !this.#field.value && !this.active && isPlain(event)) {
      const last = placedIn(this.#log).findLast((message) => this.#isOwn(message));
      if (!last) return;
      event.preventDefault();
      this.start(last);
    }
  }

  #isOwn(message) {
    const side = this.#log.closest("[data-viewer-side]").dataset.viewerSide;
    return message.dataset.side === side && !message.matches(".message--removed");
  }

  #look() {
    const message = this.active && messageIn(this.#log, this.#message.id);
    if (message && message.matches(".message--removed")) {
      this.#say(message.querySelector(".message__body").textContent);
    }
  }
}

const isPlain = ({ shiftKey, ctrlKey, altKey, metaKey, isComposing }) =>
  !(shiftKey || ctrlKey || altKey || metaKey || isComposing);

function reasonOf(answer) {
  const page = new DOMParser().parseFromString(answer?.text ?? "", "text/html");
  return page.querySelector(".problem")?.textContent.trim();
}
