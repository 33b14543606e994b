// The field: Enter sends, what is typed is counted and kept, and what is sent shows at once.
import { showFailure, showRetry, showWaiting } from "./bubbles.js";
import { Editing } from "./editing.js";
import { newKey } from "./key.js";
import { loadNewest } from "./pages.js";
import { toBottom } from "./scroll.js";

const COUNT_FROM = 0.9;
const number = new Intl.NumberFormat();

/** Wire the composer of an open conversation to its log, the outbox and the drafts; the function returned edits a message. */
export function startComposer(form, log, outbox, drafts) {
  const field = form.elements.namedItem("body");
  const { topic } = log.dataset;
  let last = 0;

  form.noValidate = true;
  for (const entry of outbox.of(topic)) showWaiting(log, entry);
  outbox.flush();

  const check = () => judge(form, field.value);
  const editing = new Editing(form, log, check);
  if (field.value !== field.defaultValue) drafts.note(topic, field.value); // typed before this script came
  field.value = drafts.text(topic, field.defaultValue, (text) => {
    editing.putBeside(text);
    check();
  });

  function send() {
    const entry = { topic, key: newKey(), body: field.value, at: last = Math.max(Date.now(), last + 1) };
    showWaiting(log, entry);
    log.querySelector(":scope > .unread")?.remove(); // whoever answers has read
    field.value = "";
    drafts.sent(topic);
    check();
    field.focus();
    toBottom(log);
    outbox.add(entry);
    if (log.dataset.newest === "no") loadNewest(log).then(() => toBottom(log));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!check()) return;
    if (editing.active) editing.save();
    else send();
  });
  field.addEventListener("input", () => {
    check();
    if (!editing.active) drafts.note(topic, field.value);
  });
  field.addEventListener("keydown", (event) => {
    if (!sends(event)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  log.addEventListener("click", ({ target }) => decide(target.closest("[data-act]"), log, outbox, field));
  check();
  return (message) => editing.start(message);
}

// An input method ends a word with Enter; Safari tells only by the key code.
function sends({ key, keyCode, isComposing, shiftKey, ctrlKey, altKey, metaKey }) {
  if (key !== "Enter" || shiftKey || ctrlKey || altKey || metaKey) return false;
  return !isComposing && keyCode !== 229 && !matchMedia("(pointer: coarse)").matches;
}

function judge(form, text) {
  const limit = Number(form.dataset.limit);
  const length = [...text].length;
  const count = form.querySelector(".composer__count");
  const fits = length <= limit;
  if (count) {
    count.hidden = length < limit * COUNT_FROM;
    count.textContent = `${number.format(length)} / ${number.format(limit)}`;
    count.classList.toggle("composer__count--over", !fits);
  }
  const ready = fits && text.trim() !== "";
  form.querySelector(".composer__send").disabled = !ready;
  return ready;
}

function decide(button, log, outbox, field) {
  const bubble = button?.closest(".message--failed");
  if (!bubble) return;
  const key = bubble.id.slice("message-".length);
  if (button.dataset.act === "retry") {
    showRetry(bubble);
    outbox.retry(key);
  } else {
    outbox.discard(key);
    bubble.remove();
  }
  field.focus();
}

/** Mark refused messages of the log. */
export const showRefusal = (log) => (entry) => log && showFailure(log, entry);
