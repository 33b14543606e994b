// Pinning, archiving and muting the open conversation, from its menu.
import { isDone } from "./acts.js";
import { ask } from "./ask.js";
import { toast } from "./toast.js";

const MARKS = ["data-pinned", "data-archived", "data-muted"];

/** Let the menu arrange the conversation of the log; its row tells every page how it stands. */
export function startArranging(log, list) {
  const form = document.getElementById("arrange");
  const menu = form?.closest(".menu");
  if (!form) return;

  async function arrange(act) {
    const answer = await ask("POST", `/chats/${log.dataset.topic}/arrange`, { target: list, swap: "rows", values: { act } });
    if (!isDone(answer)) return;
    const [done] = act.split("-");
    toast(done, done === "archive" ? () => arrange("unarchive") : null);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    menu.hidePopover();
    arrange(event.submitter.value);
  });
  list.addEventListener("rows:changed", ({ detail }) => {
    const row = detail.rows.find(({ id }) => id === `chat-${log.dataset.topic}`);
    for (const mark of row ? MARKS : []) menu.toggleAttribute(mark, row.hasAttribute(mark));
  });
}
