// What the rows of the inbox show of the other person besides their newest message: that they are typing.
import { LASTING } from "./typing.js";

/** Follow in a list of rows what is said of their people; words in the text, and nothing is announced. */
export function startSigns(list) {
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

const revisionOf = (row) => Number(row.dataset.revision);

function words(text) {
  const preview = document.createElement("span");
  preview.className = "row__preview row__preview--typing";
  preview.dataset.keep = "";
  preview.textContent = text;
  return preview;
}
