// The swap style "rows": lines of the inbox find their place, pinned ones first, then the newest.
import { tellDrafts } from "./drafts.js";
import { patch } from "./patch.js";
import { move } from "./placing.js";
import { tell } from "./tell.js";

const orderOf = (row) => Number(row.dataset.order);
const isRow = (node) => node.matches(".rows__item");
const isPinned = (row) => row.hasAttribute("data-pinned");
const listOf = ({ dataset }) => dataset.waits ?? ("archived" in dataset ? "archive" : "");
const shownBy = ({ dataset }) => dataset.shows ?? "";

/** The rows of a list, from the top. */
export const rowsOf = (list) => [...list.children].filter(isRow);

/** Teach HTMX the style. */
export function registerRowsSwap() {
  htmx.registerExtension("rows", {
    handle_swap: (style, list, fragment) => {
      if (style !== "rows") return false;
      for (const { dataset } of fragment.querySelectorAll("data.typing-now")) tell(list, "rows:typing", { topic: dataset.topic });
      for (const { dataset } of fragment.querySelectorAll("data.presence")) tell(list, "rows:presence", { person: dataset.person, state: dataset.state });
      for (const { dataset, value, childNodes } of fragment.querySelectorAll("data.named")) tell(list, "rows:named", { person: dataset.person, name: value, face: [...childNodes] });
      for (const { value } of fragment.querySelectorAll("data.requests-now")) tell(list, "rows:requests", { count: Number(value) });
      const rows = [...fragment.children].filter(isRow);
      const fresh = fragment.querySelector("data.fresh");
      placeRows(list, rows, fresh?.value);
      tellDrafts(list, [...fragment.querySelectorAll("data.draft")], fresh ? rows : []);
      return []; // rows carry nothing that HTMX would have to process
    },
  });
}

/** Put rows where they belong; with `beyond`, what is unread below them, they are all there are down to the oldest. */
export function placeRows(list, rows, beyond) {
  if (beyond !== undefined) removeMissing(list, rows);
  for (const row of rows) placeRow(list, row);
  tell(list, "rows:changed", { rows, beyond });
}

function removeMissing(list, rows) {
  if (shownBy(list)) return; // nobody says what else is in there
  const ids = new Set(rows.map(({ id }) => id));
  const last = rows.at(-1);
  for (const old of rowsOf(list)) {
    if (!ids.has(old.id) && !(last && isBefore(last, old))) old.remove();
  }
}

function placeRow(list, fresh) {
  const found = document.getElementById(fresh.id);
  const old = found?.parentNode === list ? found : null;
  if (old && Number(fresh.dataset.revision) < Number(old.dataset.revision)) return;
  if (listOf(fresh) !== shownBy(list)) {
    old?.remove();
    return;
  }
  if (old) patch(old, fresh);
  const row = old ?? fresh;
  if (!old) markOpen(row);
  const spot = rowsOf(list).find((other) => other !== row && isBefore(row, other)) ?? null;
  if (!old) list.insertBefore(row, spot);
  else if (row.nextElementSibling !== spot) move(list, row, spot);
}

function isBefore(row, other) {
  if (isPinned(row) !== isPinned(other)) return isPinned(row);
  if (orderOf(row) !== orderOf(other)) return orderOf(row) > orderOf(other);
  return row.id < other.id;
}

function markOpen(row) {
  const link = row.querySelector("a.row");
  if (link?.pathname === location.pathname) link.setAttribute("aria-current", "page");
}
