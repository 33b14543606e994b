// When to try again after a failure.

const CAP = 30_000;

/** Milliseconds to wait before try number `attempt`: up to `first`, doubled each time up to 30 s, any part of it. */
export function delayBefore(attempt, first) {
  return Math.random() * Math.min(CAP, first * 2 ** attempt);
}

/** Call back whenever the browser has reason to think that the network or the person is back. */
export function onReturn(callback) {
  addEventListener("online", () => callback("online"));
  addEventListener("pageshow", ({ persisted }) => persisted && callback("pageshow"));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && callback("visible"));
}
