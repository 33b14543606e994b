// The swap style "log": fragments of messages from the line, from answers and from pages find their place.
// `hx-swap="log"` is the line; requests say whose answer it is: "log source:answer|catchup|older|newer|newest".
import { clearUpTo } from "./clearing.js";
import { isPlaced, messageIn, newestIn, oldestIn, orderOf, place, placedIn, revisionOf, takeOut } from "./placing.js";
import { caughtUp, expect, heard, positionOf } from "./position.js";
import { steady } from "./scroll.js";
import { tell } from "./tell.js";
import { forget, trim } from "./trim.js";

const PAGE = 40;
const MOVES_POSITION = new Set(["socket", "catchup", "newest"]);

const loading = new WeakMap();

/** Teach HTMX the style. */
export function registerLogSwap() {
  htmx.registerExtension("log", {
    handle_swap: (style, log, fragment, { source = "socket", edge }) => {
      if (style !== "log") return false;
      swap(log, fragment, source, edge);
      return []; // fragments carry nothing that HTMX would have to process
    },
  });
}

/** Run `work`, which loads a page; what the line says meanwhile outside the window is looked at again afterwards. */
export async function whileLoading(log, work) {
  const strays = [];
  loading.set(log, strays);
  log.setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    loading.delete(log);
    change(log, "strays", strays);
    log.removeAttribute("aria-busy");
  }
}

function swap(log, fragment, source, edge) {
  for (const { dataset, value } of fragment.querySelectorAll("data.seen")) {
    tell(log, "log:seen", { side: dataset.side, id: Number(value) });
  }
  for (const { dataset } of fragment.querySelectorAll("data.typing-now")) tell(log, "log:typing", { side: dataset.side });
  for (const { dataset, value } of fragment.querySelectorAll("data.presence")) {
    tell(log, "log:presence", { person: dataset.person, state: dataset.state, at: Number(value) });
  }
  const upTo = fragment.querySelector("data.upto");
  if (upTo?.dataset.cleared) clearUpTo(log, Number(upTo.dataset.cleared));
  if (upTo?.dataset.reset) {
    if (Number(upTo.value) < positionOf(log)) forget(log); // it was restored from a backup
    expect(log, Number(upTo.value)); // asks again should the newest page not come
    tell(log, "log:reset");
    return;
  }
  if (source === "older" && edge !== orderAt(oldestIn(log))) return; // the window has moved since it was asked for
  if (source === "newer" && edge !== orderAt(newestIn(log))) return;
  change(log, source, [...fragment.children].filter(isPlaced), upTo && Number(upTo.value));
}

function change(log, source, messages, upTo = null) {
  const restore = steady(log);
  const focused = log.contains(document.activeElement);
  const result = { source, added: [], changed: [], above: [] };
  if (source === "newest") leaveOnly(log, messages, upTo);
  for (const message of messages) put(log, message, source, result);
  if (MOVES_POSITION.has(source) && upTo !== null) caughtUp(log, upTo);
  trim(log, source);
  tell(log, "log:changed", result);
  if (focused && !log.contains(document.activeElement)) log.closest(".scroll")?.focus({ preventScroll: true });
  restore();
}

function put(log, message, source, result) {
  const outcome = place(log, message, windowOf(log, source));
  if (source === "socket") heard(log, revisionOf(message));
  if (outcome === "below" || outcome === "above") {
    loading.get(log)?.push(message);
    if (outcome === "above" && source !== "strays") result.above.push(message);
  } else if (outcome !== "same") {
    result[outcome === "added" ? "added" : "changed"].push(messageIn(log, message.id));
  }
}

const orderAt = (message) => message && orderOf(message);

function windowOf({ dataset }, source) {
  return {
    below: dataset.oldest === "yes" || source === "older" || source === "newest",
    above: dataset.newest === "yes" || source === "newer" || source === "newest",
  };
}

// What came over the line while the newest page was on its way is newer than the page and stays.
function leaveOnly(log, messages, upTo) {
  const ids = new Set(messages.map(({ id }) => id));
  const last = messages.length ? orderOf(messages.at(-1)) : 0;
  for (const old of placedIn(log)) {
    const isLater = orderOf(old) > last && revisionOf(old) > upTo && log.dataset.newest === "yes";
    if (!ids.has(old.id) && !isLater) takeOut(old);
  }
  log.dataset.oldest = messages.length < PAGE ? "yes" : "no";
  log.dataset.newest = "yes";
}
