// Tells of new messages that nobody looks at: of each one once, by one of all open pages.
import { chime } from "./chime.js";
import { Locks } from "./locks.js";
import { isAttended } from "./reading.js";
import { rowsOf } from "./rows.js";
import { canNotify, mayNotify, Wishes } from "./wishes.js";

const MOST_AT_ONCE = 3;
const PREFIX = "chat-";

const orderOf = (row) => Number(row.dataset.order);
const topicOf = (row) => row.id.slice(PREFIX.length);

/** Follow the rows of a list; `topic` is the chat that the page shows, if any. */
export function startNotices(list, topic, person) {
  if (!canNotify()) return;
  const wishes = new Wishes(person);
  const locks = new Locks(person);
  const heard = new Map(rowsOf(list).map((row) => [row.id, orderOf(row)]));
  const shown = new Map();
  let floor = Infinity; // what is older was there before this page

  list.addEventListener("rows:changed", ({ detail: { rows, beyond } }) => {
    const came = rows.filter((row) => orderOf(row) > (heard.get(row.id) ?? floor));
    for (const row of rows) heard.set(row.id, Math.max(orderOf(row), heard.get(row.id) ?? 0));
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
    const { shown: isShown, sound } = wishes.all;
    if (!(isShown && mayNotify()) && !sound) return;
    const held = await locks.held();
    // The page that shows the chat comes first: only its own notification leads there without another page.
    if (held.has(`eyes:${about}`) || (about !== topic && held.has(`page:${about}`))) return;
    if (!(await locks.claim(about, orderOf(row)))) return;
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
