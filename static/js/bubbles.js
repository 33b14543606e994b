// Bubbles of messages that are not stored yet: the server's own fragment, filled in and marked.
import { messageIn } from "./placing.js";
import { steady } from "./scroll.js";
import { tell } from "./tell.js";

const templateOf = (name) => document.getElementById(`${name}-template`);

/** Show a message that waits to be sent, at the end of the log. */
export function showWaiting(log, entry) {
  const id = `message-${entry.key}`;
  if (messageIn(log, id)) return;
  const bubble = templateOf("message").content.querySelector(".message").cloneNode(true);
  bubble.id = id;
  bubble.removeAttribute("data-order");
  bubble.removeAttribute("data-revision");
  bubble.setAttribute("aria-live", "off"); // who typed it need not hear it
  bubble.querySelector(".message__body").textContent = entry.body;
  bubble.querySelector("time").dateTime = new Date(entry.at).toISOString();
  const restore = steady(log);
  log.append(bubble);
  wait(bubble);
  tell(log, "log:changed", { source: "waiting", added: [bubble], changed: [], above: [] });
  restore();
  if (entry.reason) showFailure(log, entry);
}

/** Say under a bubble that it was refused, and why; it can be tried again or discarded. */
export function showFailure(log, entry) {
  const bubble = messageIn(log, `message-${entry.key}`);
  if (!bubble || bubble.dataset.order) return;
  const restore = steady(log);
  calm(bubble);
  const after = bubble.appendChild(document.createElement("div"));
  after.className = "message__after";
  after.setAttribute("role", "alert");
  after.append(templateOf("failure").content.cloneNode(true));
  const reason = after.querySelector("[data-reason]");
  if (reason) reason.textContent = entry.reason;
  bubble.classList.add("message--failed");
  restore();
}

/** A refused bubble waits again. */
export function showRetry(bubble) {
  calm(bubble);
  wait(bubble);
}

function wait(bubble) {
  bubble.classList.add("message--pending");
  const { sending } = templateOf("message").dataset;
  if (!sending) return;
  const word = bubble.querySelector(".message__meta").appendChild(document.createElement("span"));
  word.className = "visually-hidden";
  word.dataset.sending = "";
  word.textContent = sending;
}

function calm(bubble) {
  bubble.classList.remove("message--pending", "message--failed");
  for (const part of bubble.querySelectorAll("[data-sending], .message__after")) part.remove();
}
