// How many messages are unread altogether, where the browser shows it: title, icon of the tab, icon of the app.
import { rowsOf } from "./rows.js";

/** Keep the number of unread messages outside the page; what is muted does not count. */
export function countUnread(list) {
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  const icon = document.querySelector("link[rel=icon][data-unread]");
  const plain = icon?.getAttribute("href");

  function show() {
    const unread = rowsOf(list).reduce((sum, row) => sum + (row.hasAttribute("data-muted") ? 0 : Number(row.dataset.unread)), 0);
    document.title = unread ? `(${unread > 99 ? "99+" : unread}) ${title}` : title;
    const wanted = unread ? icon?.dataset.unread : plain;
    if (icon && icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
    const told = unread ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
    told?.catch(() => {}); // only an installed page has an icon of its own
  }

  list.addEventListener("rows:changed", show);
  show();
}
