// What can be done with a message: every act is asked of the server, and its answer placed in the log.
import { ask } from "./ask.js";
import { BANNER_OF, showBanner } from "./banner.js";
import { fullTime } from "./clock.js";
import { orderOf } from "./placing.js";
import { toast } from "./toast.js";

/** The acts of the menu, by name; `edit(message)` begins editing. */
export function actsOf(log, edit) {
  const at = (message) => `/chats/${log.dataset.topic}/messages/${orderOf(message)}`;
  const change = (verb, path) => ask(verb, path, { target: log, swap: "log source:answer" });

  return {
    edit,
    versions: (message) => message.querySelector(".message__edited").click(),
    text: (message) => copy(message.querySelector(".message__body").textContent, "textCopied"),
    link: (message) => copy(`${location.origin}/chats/${log.dataset.topic}/@${orderOf(message)}`, "linkCopied"),
    report: (message) => location.assign(`/chats/${log.dataset.topic}/report?message=${orderOf(message)}#pick`),
    async unread(message) {
      const answer = await ask("POST", `/chats/${log.dataset.topic}/unread`, { values: { id: orderOf(message) } });
      if (isDone(answer)) location.assign("/chats");
    },
    async remove(message) {
      const path = at(message);
      if (!isDone(await change("DELETE", path))) return;
      toast("removed", async () => isDone(await change("POST", `${path}/restore`)));
    },
  };
}

/** Whether an answer is a good one; if not, the person is told. */
export function isDone(answer) {
  const banner = BANNER_OF[answer?.status];
  const done = answer?.status >= 200 && answer.status < 300;
  if (banner) showBanner(banner);
  else if (!done) toast("failed");
  return done;
}

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast("notCopied");
  }
}

/** Show what a message said before, when somebody presses "edited". */
export function startVersions(log) {
  const dialog = document.getElementById("versions");
  const list = document.getElementById("versions-list");
  log.addEventListener("click", async ({ target }) => {
    const message = target.closest(".message__edited")?.closest(".message");
    if (!message) return;
    const path = `/chats/${log.dataset.topic}/messages/${orderOf(message)}/versions`;
    const answer = await ask("GET", path, { target: list, swap: "innerHTML" });
    if (!isDone(answer)) return;
    for (const time of list.querySelectorAll("time")) time.textContent = fullTime(new Date(time.dateTime));
    dialog.showModal();
  });
  dialog.addEventListener("close", () => list.replaceChildren());
}
