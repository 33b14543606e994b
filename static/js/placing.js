// Where a message belongs in the log: the revision, order and window rules, and nothing else.
import { patch } from "./patch.js";

const PLACED = ":scope > .message[data-order]";

export const orderOf = (message) => Number(message.dataset.order);
export const revisionOf = (message) => Number(message.dataset.revision);
export const isPlaced = (node) => node.matches(".message[data-order]");
export const placedIn = (log) => [...log.querySelectorAll(PLACED)];
export const oldestIn = (log) => log.querySelector(PLACED);
/** Up to which message the person has cleared the conversation. */
export const clearedOf = (log) => Number(log.dataset.cleared ?? 0);

/** The newest placed message of the log, or null. */
export function newestIn(log) {
  let node = log.lastElementChild;
  while (node && !isPlaced(node)) node = node.previousElementSibling;
  return node;
}

/** The message of the log with this id, placed or waiting, or null. */
export function messageIn(log, id) {
  const found = document.getElementById(id);
  return found?.parentNode === log ? found : null;
}

/**
 * Put a fragment where it belongs; `below` and `above` open the window at its ends.
 * Says what came of it: "added", "changed", "confirmed" (a waiting bubble), "same", "below" or "above" (outside).
 */
export function place(log, fresh, { below, above }) {
  const old = messageIn(log, fresh.id);
  if (old && isPlaced(old)) return replace(log, old, fresh);
  const outside = sideOutside(log, orderOf(fresh), below, above);
  if (outside) {
    old?.remove();
    return outside;
  }
  if (old) patch(old, fresh);
  settle(log, old ?? fresh);
  return old ? "confirmed" : "added";
}

function replace(log, old, fresh) {
  if (!(revisionOf(fresh) > revisionOf(old))) return "same";
  const moves = orderOf(fresh) !== orderOf(old);
  patch(old, fresh);
  if (moves) settle(log, old);
  return "changed";
}

function sideOutside(log, order, below, above) {
  if (order <= clearedOf(log)) return "below";
  const oldest = oldestIn(log);
  if (oldest && !below && order < orderOf(oldest)) return "below";
  const newest = newestIn(log);
  if (!above && (!newest || order > orderOf(newest))) return "above";
  return null;
}

function settle(log, message) {
  const spot = spotFor(log, message);
  if (message.parentNode !== log) log.insertBefore(message, spot);
  else if (message.nextElementSibling !== spot) move(log, message, spot);
}

// Lines belong to the message that follows them; bubbles that wait come last and own only their day.
function spotFor(log, message) {
  const order = orderOf(message);
  let spot = null;
  for (let node = log.lastElementChild; node; node = node.previousElementSibling) {
    if (node === message || !node.matches(".message")) continue;
    if (isPlaced(node) && orderOf(node) < order) break;
    spot = node;
  }
  const lines = spot && isPlaced(spot) ? ".day, .unread" : ".day";
  while (spot?.previousElementSibling?.matches(lines)) spot = spot.previousElementSibling;
  return spot;
}

/** Remove a message, and the "New" line that stands before it. */
export function takeOut(message) {
  const line = message.previousElementSibling;
  if (line?.matches(".unread")) line.remove();
  message.remove();
}

/** Move a child and keep the focus inside it. */
export function move(parent, child, spot) {
  if (parent.moveBefore) {
    parent.moveBefore(child, spot);
    return;
  }
  const focused = child.contains(document.activeElement) ? document.activeElement : null;
  parent.insertBefore(child, spot);
  focused?.focus({ preventScroll: true });
}
