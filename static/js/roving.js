// The log is one stop of the Tab key: at the newest message, or where the arrows have led.
import { placedIn } from "./placing.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1 };

/** Let arrows, Home and End lead from message to message. */
export function startRoving(log) {
  const scroll = log.closest(".scroll");
  let stop = null;

  function stopAt(message) {
    stop?.setAttribute("tabindex", "-1");
    stop = message;
    stop?.setAttribute("tabindex", "0");
    scroll?.setAttribute("tabindex", stop ? "-1" : "0");
  }

  log.addEventListener("log:changed", () => {
    if (!stop?.contains(document.activeElement)) stopAt(placedIn(log).at(-1) ?? null);
  });
  log.addEventListener("focusin", ({ target }) => {
    const message = target.closest(".message[data-order]");
    if (message && message !== stop) stopAt(message);
  });
  log.addEventListener("keydown", (event) => {
    const next = nextFor(event, placedIn(log));
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  });
  stopAt(placedIn(log).at(-1) ?? null);
}

function nextFor({ key, target, altKey, ctrlKey, metaKey, shiftKey }, messages) {
  if (altKey || ctrlKey || metaKey || shiftKey || !target.matches(".message")) return null;
  if (key === "Home") return messages[0];
  if (key === "End") return messages.at(-1);
  return key in STEPS ? messages[messages.indexOf(target) + STEPS[key]] : null;
}
