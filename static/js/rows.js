// The swap style "rows": lines of the inbox find their place, newest first.
import { patch } from "./patch.js";
import { move } from "./placing.js";
import { tell } from "./tell.js";

const orderOf = (row) => Number(row.dataset.order);
const isRow = (node) => node.matches(".rows__item");

/** Teach HTMX the style. */
export function registerRowsSwap() {
  htmx.registerExtension("rows", {
    handle_swap: (style, list, fragment) => {
      if (style !== "rows") return false;
      placeRows(list, [...fragment.children].filter(isRow), Boolean(fragment.querySelector("data.fresh")));
      return []; // rows carry nothing that HTMX would have to process
    },
  });
}

/** Put rows where they belong; `fresh` ones are all there are down to the oldest of them. */
export function placeRows(list, rows, fresh) {
  if (fresh) removeMissing(list, rows);
  for (const row of rows) placeRow(list, row);
  tell(list, "rows:changed");
}

function removeMissing(list, rows) {
  const ids = new Set(rows.map(({ id }) => id));
  const oldest = Math.min(...rows.map(orderOf));
  for (const old of [...list.children].filter(isRow)) {
    if (!ids.has(old.id) && orderOf(old) >= oldest) old.remove();
  }
}

function placeRow(list, fresh) {
  const found = document.getElementById(fresh.id);
  const old = found?.parentNode === list ? found : null;
  if (old && Number(fresh.dataset.revision) < Number(old.dataset.revision)) return;
  if (old) patch(old, fresh);
  const row = old ?? fresh;
  if (!old) markOpen(row);
  const spot = [...list.children].find((other) => other !== row && isRow(other) && isBefore(row, other)) ?? null;
  if (!old) list.insertBefore(row, spot);
  else if (row.nextElementSibling !== spot) move(list, row, spot);
}

function isBefore(row, other) {
  if (orderOf(row) !== orderOf(other)) return orderOf(row) > orderOf(other);
  return row.id < other.id;
}

function markOpen(row) {
  const link = row.querySelector("a.row");
  if (link?.pathname === location.pathname) link.setAttribute("aria-current", "page");
}

/** Keep the number of unread messages in the title of the page. */
export function countUnread(list) {
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  const show = () => {
    const unread = [...list.children].filter(isRow).reduce((sum, row) => sum + Number(row.dataset.unread), 0);
    document.title = unread ? `(${unread > 99 ? "99+" : unread}) ${title}` : title;
  };
  list.addEventListener("rows:changed", show);
  show();
}
