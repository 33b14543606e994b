// The log scrolls in a column-reverse box: scrollTop is 0 at the bottom and negative above it.

const NEAR_BOTTOM = 100;

/** Whether the newest message is loaded and at most 100 px away. */
export function isAtBottom(log) {
  const scroll = log.closest(".scroll");
  return log.dataset.newest === "yes" && (!scroll || -scroll.scrollTop <= NEAR_BOTTOM);
}

/** Show the end of what is loaded. */
export function toBottom(log) {
  const scroll = log.closest(".scroll");
  if (scroll) scroll.scrollTop = 0;
}

/** Show the first unread message near the top; without one the page stays where it is. */
export function toUnread(log) {
  log.querySelector(":scope > .unread")?.scrollIntoView({ block: "start" });
}

/** Remember what is in view; the function returned brings it back to the same place, or stays at the bottom. */
export function steady(log) {
  const scroll = log.closest(".scroll");
  if (!scroll) return () => {};
  if (isAtBottom(log)) return () => toBottom(log);
  const edge = scroll.getBoundingClientRect().top;
  const anchor = [...log.querySelectorAll(":scope > .message")].find((one) => bottomOf(one) > edge);
  const before = anchor && topOf(anchor);
  return () => {
    if (anchor?.isConnected) scroll.scrollTop += topOf(anchor) - before;
  };
}

/** Chromium would move the page a second time. */
export function ownAnchoring(log) {
  const scroll = log.closest(".scroll");
  if (scroll) scroll.style.overflowAnchor = "none";
}

const topOf = (element) => element.getBoundingClientRect().top;
const bottomOf = (element) => element.getBoundingClientRect().bottom;
