// The log is one stop of the Tab key: at the newest message, or where the arrows have led. From there it goes on to
// the links of that message.
import { placedIn } from "./placing.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1 };
const LINKS = ".message__body > .link";

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

  // Which links Tab may stop at: those of the message that has the focus.
  function open(message) {
    for (const link of log.querySelectorAll(LINKS)) link.tabIndex = message?.contains(link) ? 0 : -1;
  }

  log.addEventListener("log:changed", () => {
    open(focused(log));
    if (!stop?.contains(document.activeElement)) stopAt(placedIn(log).at(-1) ?? null);
  });
  log.addEventListener("focusin", ({ target }) => {
    const message = target.closest(".message[data-order]");
    if (message && message !== stop) stopAt(message);
    open(message);
  });
  log.addEventListener("focusout", () => open(null));
  log.addEventListener("keydown", (event) => {
    const next = nextFor(event, placedIn(log));
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  });
  stopAt(placedIn(log).at(-1) ?? null);
  open(null);
}

const focused = (log) => (log.contains(document.activeElement) ? document.activeElement.closest(".message") : null);

function nextFor({ key, target, altKey, ctrlKey, metaKey, shiftKey }, messages) {
  if (altKey || ctrlKey || metaKey || shiftKey || !target.matches(".message")) return null;
  if (key === "Home") return messages[0];
  if (key === "End") return messages.at(-1);
  return key in STEPS ? messages[messages.indexOf(target) + STEPS[key]] : null;
}
