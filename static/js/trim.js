// At most so many messages are kept in the page; what lies farthest from the eye goes first.
import { placedIn, takeOut } from "./placing.js";
import { startAnew } from "./position.js";

const MOST = 320;

/** Remove what is too much at the far end, and note on the log that there is more. */
export function trim(log, source) {
  const messages = placedIn(log);
  const surplus = messages.length - MOST;
  if (surplus <= 0) return;
  const fromTop = source === "newer" || (source !== "older" && isNearBottom(log));
  for (const message of fromTop ? messages.slice(0, surplus) : messages.slice(-surplus)) takeOut(message);
  log.dataset[fromTop ? "oldest" : "newest"] = "no";
}

/** Remove everything: what the page knew of the conversation is worth nothing any more. */
export function forget(log) {
  placedIn(log).forEach(takeOut);
  startAnew(log);
}

function isNearBottom(log) {
  const scroll = log.closest(".scroll");
  return !scroll || -scroll.scrollTop < (scroll.scrollHeight - scroll.clientHeight) / 2;
}
