// How many messages are unread altogether, where the browser shows it, and beside the way back to the list.
import { rowsOf } from "./rows.js";
import { tell } from "./tell.js";

const MOST = 99;

/** Keep the number of unread messages outside the page, and of those outside its log; what is muted or archived, or waits, does not count. */
export function countUnread(list, log) {
  const icon = document.querySelector("link[rel=icon][data-unread]");
  const plain = icon?.getAttribute("href");
  const counts = new Map();
  let beyond = Number(list.dataset.beyond ?? 0); // of the chats that have no count here

  function show() {
    const unread = [...counts.values()].reduce((sum, count) => sum + count, beyond);
    const title = document.title.replace(/^\(\d+\+?\) /, "");
    document.title = unread ? `(${short(unread)}) ${title}` : title;
    const wanted = unread ? icon?.dataset.unread : plain;
    if (icon && icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
    const told = unread ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
    told?.catch(() => {}); // only an installed page has an icon of its own
    showElsewhere(unread - (counts.get(`chat-${log?.dataset.topic}`) ?? 0));
  }

  list.addEventListener("rows:changed", ({ detail }) => {
    const isFresh = detail.beyond !== undefined;
    if (isFresh) {
      counts.clear();
      beyond = Number(detail.beyond);
    }
    const known = detail.rows.filter(({ id }) => isFresh || !beyond || counts.has(id));
    for (const row of known) counts.set(row.id, countOf(row));
    if (known.length < detail.rows.length) tell(list, "rows:unsure");
    show();
  });
  for (const row of rowsOf(list)) counts.set(row.id, countOf(row));
  show();
}

const short = (count) => (count > MOST ? `${MOST}+` : String(count));

// Where the way back to the list stands in for it.
function showElsewhere(count) {
  const back = document.querySelector(".head__back");
  if (!back) return;
  back.ariaLabel = count ? back.dataset.unread.replace("{n}", short(count)) : back.dataset.plain;
  back.querySelector(".head__unread").textContent = count ? short(count) : "";
}

// The list may have a newer row of the chat, or none of those that it does not show.
function countOf(row) {
  const shown = document.getElementById(row.id) ?? row;
  return ["muted", "archived", "waits"].some((mark) => mark in shown.dataset) ? 0 : Number(shown.dataset.unread);
}
