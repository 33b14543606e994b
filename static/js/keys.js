// The list of keys, and the keys that lead from chat to chat.

const TYPING = "input, textarea, select, [contenteditable]";

/** "?" opens the list of keys; Alt with an arrow leads to the chat above or below, with Shift to the next unread. */
export function startKeys(list) {
  const keys = document.getElementById("keys");
  const show = () => !document.querySelector("dialog[open]") && keys?.showModal();

  document.addEventListener("keydown", (event) => {
    const { key, altKey, ctrlKey, metaKey, shiftKey, target } = event;
    if (ctrlKey || metaKey) return;
    if (key === "?" && !altKey && !target.closest(TYPING)) {
      event.preventDefault();
      show();
    } else if (altKey && (key === "ArrowDown" || key === "ArrowUp") && list) {
      event.preventDefault();
      const row = shiftKey ? nextUnread(list, key) : neighbour(list, key);
      if (row) location.assign(row.href);
    }
  });
  document.querySelector("[data-opens=keys]")?.addEventListener("click", show);
}

const links = (list) => [...list.querySelectorAll("a.row")];
const openAt = (rows) => rows.findIndex((row) => row.getAttribute("aria-current") === "page");

function neighbour(list, key) {
  const rows = links(list);
  return rows[openAt(rows) + (key === "ArrowDown" ? 1 : -1)];
}

// Down from the open chat, then from the top again.
function nextUnread(list, key) {
  if (key !== "ArrowDown") return null;
  const rows = links(list);
  const at = openAt(rows) + 1;
  return [...rows.slice(at), ...rows.slice(0, at)].find((row) => row.matches(".row--unread"));
}
