// Tells the server how far the person has read: only what was in view of a page with the focus.
import { ask } from "./ask.js";
import { orderOf, placedIn } from "./placing.js";
import { delayBefore } from "./retry.js";

const PACE = 1_000;
const IN_VIEW = 12;
const OVER = new Set([400, 401, 404]);

/** Whether somebody looks at the page. */
export const isAttended = () => document.visibilityState === "visible" && document.hasFocus();

/** Report the newest message of the other person that is read, at most once a second. */
export function startReading(log, viewerSide) {
  let sent = Number(log.dataset.read ?? 0);
  let timer = null;
  let failures = 0;
  let over = false;

  async function report() {
    const id = newestInView(log, viewerSide);
    if (over || id <= sent) {
      timer = null;
      return;
    }
    const answer = await ask("POST", `/chats/${log.dataset.topic}/read`, { values: { id } });
    const status = answer?.status ?? 0;
    failures = status >= 200 && status < 300 ? 0 : failures + 1;
    if (!failures) sent = id;
    over = OVER.has(status);
    timer = setTimeout(report, PACE + (failures && delayBefore(failures, PACE)));
  }

  const look = () => { timer ??= setTimeout(report, 0); };
  log.addEventListener("log:changed", look);
  log.closest(".scroll")?.addEventListener("scroll", look, { passive: true });
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  addEventListener("resize", look);
  look();
}

function newestInView(log, viewerSide) {
  if (!isAttended()) return 0;
  const view = (log.closest(".scroll") ?? document.documentElement).getBoundingClientRect();
  const seen = placedIn(log).findLast((message) => {
    if (message.dataset.side === viewerSide) return false;
    const { top, bottom } = message.getBoundingClientRect();
    return top < view.bottom - IN_VIEW && bottom > view.top + IN_VIEW;
  });
  return seen ? orderOf(seen) : 0;
}
