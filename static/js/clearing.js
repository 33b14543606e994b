// A conversation cleared by this person, here or elsewhere: what is gone leaves the log and stays out of it.
import { isDone } from "./acts.js";
import { ask } from "./ask.js";
import { clearedOf, newestIn, orderOf, placedIn, takeOut } from "./placing.js";
import { steady } from "./scroll.js";
import { tell } from "./tell.js";
import { toast } from "./toast.js";

/** Let the dialog clear the conversation of the log; its row in the list tells every page how far. */
export function startClearing(log, list) {
  const form = document.getElementById("clear-form");
  form?.addEventListener("submit", async (event) => {
    if (event.submitter?.formMethod === "dialog") return;
    event.preventDefault();
    form.closest("dialog").close();
    const answer = await ask("POST", `/chats/${log.dataset.topic}/clear`, { target: list, swap: "rows" });
    if (isDone(answer)) toast("cleared");
  });
  list.addEventListener("rows:changed", ({ detail }) => {
    const row = detail.rows.find(({ id }) => id === `chat-${log.dataset.topic}`);
    clearUpTo(log, Number(row?.dataset.cleared ?? 0));
  });
}

/** Take everything up to this message out of the log. */
export function clearUpTo(log, order) {
  if (!(order > clearedOf(log))) return;
  log.dataset.cleared = order;
  const gone = placedIn(log).filter((message) => orderOf(message) <= order);
  if (!gone.length) return;
  const restore = steady(log);
  const focused = log.contains(document.activeElement);
  gone.forEach(takeOut);
  log.dataset.oldest = "yes";
  tell(log, "log:changed", { source: "clearing", added: [], changed: [], above: [] });
  if (focused && !log.contains(document.activeElement)) log.closest(".scroll")?.focus({ preventScroll: true });
  restore();
  if (!newestIn(log) && log.dataset.newest === "no") tell(log, "log:reset");
}
