// What the rows of the inbox show of the other person besides their newest message: that they type, and that they are
// here. Words in the text; nothing of it is announced.
import { rowsOf } from "./rows.js";
import { LASTING } from "./typing.js";

/** Follow in a list of rows what is said of their people. */
export function startSigns(list) {
  followTyping(list);
  followPresence(list);
}

function followTyping(list) {
  const signs = new Map();

  function stop(id) {
    clearTimeout(signs.get(id)?.timer);
    signs.delete(id);
    list.querySelector(`#${CSS.escape(id)} .row__preview--typing`)?.remove();
  }

  list.addEventListener("rows:typing", ({ detail }) => {
    const row = list.querySelector(`#${CSS.escape(`chat-${detail.topic}`)}`);
    if (!row) return;
    stop(row.id);
    row.querySelector(".row__preview").before(words(list.dataset.typing));
    signs.set(row.id, { revision: revisionOf(row), timer: setTimeout(stop, LASTING, row.id) });
  });
  list.addEventListener("rows:changed", ({ detail }) => {
    // What a person keeps about a chat changes its row too, but only what is said in it changes its revision.
    for (const row of detail.rows) if (revisionOf(row) > signs.get(row.id)?.revision) stop(row.id);
  });
}

function followPresence(list) {
  let connected = false;

  function show(row, state) {
    if (list.dataset[state]) row.dataset.presence = state;
    else delete row.dataset.presence;
    row.querySelector(".row__presence").textContent = list.dataset[state] ?? "";
  }

  list.addEventListener("rows:presence", ({ detail: { person, state } }) => {
    const row = rowsOf(list).find(({ dataset }) => dataset.person === person);
    if (row) show(row, state);
  });
  list.addEventListener("rows:changed", ({ detail: { rows, beyond } }) => {
    if (beyond === undefined) return;
    const told = new Set(rows.map(({ id }) => id));
    // Of rows further down nobody says what became of their people while there was no line.
    if (connected) for (const row of rowsOf(list)) if (!told.has(row.id)) show(row, "gone");
    connected = true;
  });
}

const revisionOf = (row) => Number(row.dataset.revision);

function words(text) {
  const preview = document.createElement("span");
  preview.className = "row__preview row__preview--typing";
  preview.dataset.keep = "";
  preview.textContent = text;
  return preview;
}
