// One bar and one menu in the page; they act on the message they were opened on.
import { walk } from "./menu-keys.js";

const LONG_PRESS = 500;
const SLACK = 10;
const ACTING = ".message[data-order]:not(.message--removed)";
const KEYS = { e: "edit", c: "text", l: "link", u: "unread", v: "versions", "!": "report", Delete: "remove", Backspace: "remove" };
const OWN = new Set(["edit", "remove"]);
const THEIRS = new Set(["report"]);

/** Offer what can be done with a message of the log; `acts` maps a name to a function of the message. */
export function startMenu(log, viewerSide, acts) {
  const bar = document.getElementById("actions");
  const menu = document.getElementById("message-menu");
  let current = null;

  function point(message) {
    if (menu.matches(":popover-open") || message === current) return;
    current?.classList.remove("message--current");
    current = message;
    bar.hidden = !current;
    if (!current) return;
    current.classList.add("message--current");
    bar.dataset.side = menu.dataset.side = current.dataset.side;
    menu.toggleAttribute("data-edited", isEdited(current));
  }

  function open(message) {
    point(message);
    menu.showPopover({ source: message });
  }

  function act(name) {
    const message = current;
    if (menu.matches(":popover-open")) menu.hidePopover();
    if (isOffered(name, message)) acts[name](message);
  }

  const isOffered = (name, message) =>
    name in acts && !(message.dataset.side === viewerSide ? THEIRS : OWN).has(name) && !(name === "versions" && !isEdited(message));
  const under = (target) => target.closest?.(ACTING) ?? null;
  log.parentElement.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType !== "touch" && !bar.contains(target)) point(under(target) ?? focused(log));
  });
  log.parentElement.addEventListener("pointerleave", () => point(focused(log)));
  log.addEventListener("focusin", ({ target }) => point(under(target)));
  log.addEventListener("focusout", ({ relatedTarget }) => {
    if (!relatedTarget || !log.parentElement.contains(relatedTarget)) point(null);
  });
  log.addEventListener("log:changed", () => current?.isConnected && current.matches(ACTING) || point(null));
  log.addEventListener("keydown", (event) => {
    if (!event.target.matches(ACTING) || event.ctrlKey || event.metaKey || event.altKey) return;
    const name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const opens = event.key === "Enter" || event.key === "ContextMenu" || (event.shiftKey && event.key === "F10");
    if (!opens && (!name || (event.shiftKey && event.key !== "!"))) return;
    event.preventDefault();
    point(event.target);
    if (opens) open(event.target);
    else act(name);
  });
  menu.addEventListener("click", ({ target }) => act(target.closest("[data-do]")?.dataset.do));
  walk(menu);
  menu.addEventListener("toggle", ({ newState }) => {
    if (newState !== "open" && current?.isConnected && isNowhere(menu)) current.focus({ preventScroll: true });
  });
  pressLong(log, (target) => under(target) && open(under(target)));
}

const isEdited = (message) => message.querySelector(".message__edited") !== null;
const focused = (log) => (log.contains(document.activeElement) ? document.activeElement.closest(ACTING) : null);
const isNowhere = (menu) => document.activeElement === document.body || menu.contains(document.activeElement);

function pressLong(log, pressed) {
  let timer = null;
  let from = null;
  const over = () => clearTimeout(timer);
  log.addEventListener("pointerdown", ({ target, pointerType, clientX, clientY }) => {
    if (pointerType !== "touch" || target.closest("a")) return; // a link has a menu of its own
    from = [clientX, clientY];
    timer = setTimeout(pressed, LONG_PRESS, target);
  });
  log.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (from && Math.hypot(clientX - from[0], clientY - from[1]) > SLACK) over();
  });
  for (const name of ["pointerup", "pointercancel"]) log.addEventListener(name, over);
}
