// How many messages are unread altogether, where the browser shows it: title, icon of the tab, icon of the app.
import { rowsOf } from "./rows.js";
import { tell } from "./tell.js";

const MOST = 99;

/** Keep the number of unread messages outside the page; what is muted or archived does not count. */
export function countUnread(list) {
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  const icon = document.querySelector("link[rel=icon][data-unread]");
  const plain = icon?.getAttribute("href");
  const counts = new Map();
  let beyond = Number(list.dataset.beyond ?? 0); // of the chats that have no count here

  function show() {
    const unread = [...counts.values()].reduce((sum, count) => sum + count, beyond);
    document.title = unread ? `(${unread > MOST ? `${MOST}+` : unread}) ${title}` : title;
    const wanted = unread ? icon?.dataset.unread : plain;
    if (icon && icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
    const told = unread ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
    told?.catch(() => {}); // only an installed page has an icon of its own
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

// The list may have a newer row of the chat, or none of those that it does not show.
function countOf(row) {
  const shown = document.getElementById(row.id) ?? row;
  return shown.hasAttribute("data-muted") || shown.hasAttribute("data-archived") ? 0 : Number(shown.dataset.unread);
}
