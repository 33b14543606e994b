// Tells of new messages that nobody looks at: of each one once, by one of all open pages.
import { chime } from "./chime.js";
import { Locks } from "./locks.js";
import { isAttended } from "./reading.js";
import { rowsOf } from "./rows.js";
import { canNotify, mayNotify, Wishes } from "./wishes.js";

const MOST_AT_ONCE = 3;
const PREFIX = "chat-";
const AFTER_YOU = 500;

const orderOf = (row) => Number(row.dataset.order);
const topicOf = (row) => row.id.slice(PREFIX.length);

/** Follow the rows of a list; `topic` is the chat that the page shows, if any. */
export function startNotices(list, topic, person) {
  if (!canNotify()) return;
  const wishes = new Wishes(person);
  const locks = new Locks(person);
  const heard = new Map(rowsOf(list).map((row) => [row.id, factsOf(row)]));
  const shown = new Map();
  let floor = Infinity; // what is older was there before this page

  list.addEventListener("rows:changed", ({ detail: { rows, beyond } }) => {
    const came = rows.filter((row) => orderOf(row) > (heard.get(row.id)?.order ?? floor));
    for (const row of rows) if (orderOf(row) >= (heard.get(row.id)?.order ?? 0)) heard.set(row.id, factsOf(row));
    if (beyond !== undefined && floor === Infinity) floor = Math.max(0, ...rows.map(orderOf));
    for (const row of rows) if (!isNews(row)) shown.get(row.id)?.close();
    const news = came.filter(isNews).sort((one, other) => orderOf(other) - orderOf(one));
    news.slice(0, MOST_AT_ONCE).forEach(tellOf);
  });
  addEventListener("pagehide", () => shown.forEach((notice) => notice.close()));
  if (topic) {
    locks.share(`page:${topic}`);
    whileAttended(() => locks.share(`eyes:${topic}`));
  }

  async function tellOf(row) {
    const about = topicOf(row);
    const order = orderOf(row);
    const { shown: isShown, sound } = wishes.all;
    if (!(isShown && mayNotify()) && !sound) return;
    // The page that shows the chat comes first: only its own notification leads there without another page.
    if (about !== topic && (await locks.held()).has(`page:${about}`)) await pause(AFTER_YOU);
    const isSeen = (await locks.held()).has(`eyes:${about}`);
    const newest = heard.get(row.id);
    if (isSeen || !newest.isNews || newest.order > order || !(await locks.claim(about, order))) return;
    if (isShown && mayNotify()) show(row);
    if (sound) chime();
  }

  function show(row) {
    const notice = noticeOf(row, wishes.all.text, list.dataset.news);
    if (!notice) return;
    shown.set(row.id, notice);
    notice.onclose = () => shown.get(row.id) === notice && shown.delete(row.id);
    notice.onclick = () => {
      window.focus();
      notice.close();
      if (topicOf(row) !== topic) location.assign(`/chats/${topicOf(row)}`);
    };
  }
}

// The newest message is the other person's, unread, and may be heard of.
const QUIET = ["muted", "archived", "waits"];
const isNews = ({ dataset }) => "theirs" in dataset && Number(dataset.unread) > 0 && !QUIET.some((name) => name in dataset);

const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

// The row itself is on the page, and changes with the next one.
const factsOf = (row) => ({ order: orderOf(row), isNews: isNews(row) });

function noticeOf(row, withText, words) {
  const name = row.querySelector(".row__name > bdi").textContent;
  const body = withText ? [...row.querySelectorAll(".row__preview")].at(-1).textContent : "";
  const options = { body, tag: row.id, renotify: true, silent: true };
  try {
    return new Notification(withText ? name : words.replace("{name}", () => name), options);
  } catch {
    return null; // on phones only a service worker may
  }
}

// `hold()` as long as somebody looks at the page, and let go of what it resolves to when they look away.
function whileAttended(hold) {
  let release = null;
  const look = () => {
    if (isAttended()) release ??= hold();
    else release = release?.();
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  addEventListener("blur", look);
  look();
}
