// The "New" line: it stands still while somebody reads. Once passed it goes, or moves to what comes while nobody looks.
import { isPlaced, newestIn, orderOf, placedIn } from "./placing.js";
import { isAttended } from "./reading.js";
import { isAtBottom } from "./scroll.js";

const LIVE = new Set(["socket", "catchup"]);

/** Keep the line of a log where it belongs for the person of this side. */
export function startDivider(log, viewerSide) {
  const scroll = log.closest(".scroll");
  const template = document.getElementById("unread-template");
  let read = Number(log.dataset.read ?? 0);
  let wasInView = false;
  let wasAway = false;

  const lineOf = () => log.querySelector(":scope > .unread");
  const isOwn = (message) => message.dataset.side === viewerSide;
  const isUnread = (message) => !isOwn(message) && orderOf(message) > read && !message.matches(".message--removed");

  function look() {
    if (!isAttended()) return;
    const line = lineOf();
    const isThere = isAtBottom(log);
    wasInView = line !== null && (wasInView || isInView(line, scroll));
    if (isThere) read = Math.max(read, orderAt(newestIn(log)));
    if (isThere && wasAway && wasInView) line.remove();
    wasAway = !isThere;
  }

  function heed(came) {
    const answer = came.findLast(isOwn);
    if (answer) {
      read = Math.max(read, orderOf(answer)); // whoever answers, here or elsewhere, has read
      lineOf()?.remove();
    }
    if (isAttended() || !came.some(isUnread)) return;
    const first = placedIn(log).find(isUnread);
    if (came.includes(first) || isPassed(lineOf())) mark(first);
  }

  // The newest page took the place of what was there.
  function begin() {
    lineOf()?.remove();
    read = Math.max(read, orderAt(placedIn(log).findLast(isOwn)));
    const first = placedIn(log).find(isUnread);
    if (first) mark(first);
  }

  function isPassed(line) {
    let next = line?.nextElementSibling;
    while (next && !isPlaced(next)) next = next.nextElementSibling;
    return orderAt(next) <= read;
  }

  function mark(message) {
    log.insertBefore(lineOf() ?? template.content.firstElementChild.cloneNode(true), message);
    wasInView = false;
  }

  log.addEventListener("log:changed", ({ detail }) => {
    if (LIVE.has(detail.source)) heed(detail.added);
    if (detail.source === "newest") begin();
    look();
  });
  scroll?.addEventListener("scroll", look, { passive: true });
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  look();
}

const orderAt = (message) => (message ? orderOf(message) : 0);

function isInView(line, scroll) {
  const view = (scroll ?? document.documentElement).getBoundingClientRect();
  const { top, bottom } = line.getBoundingClientRect();
  return top < view.bottom && bottom > view.top;
}
