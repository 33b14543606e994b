// Which address answers with which messages of a conversation, and how its answer is swapped in.
import { ask } from "./ask.js";
import { whileLoading } from "./log.js";
import { newestIn, oldestIn, orderOf } from "./placing.js";
import { positionOf } from "./position.js";

const turns = new WeakMap();
const catchUps = new WeakMap();

/** Load the page above the oldest message. Resolves to the status, or null when nothing came. */
export const loadOlder = (log) => inTurn(log, () => page(log, "before", "older", oldestIn(log)));

/** Load the page below the newest loaded message. */
export const loadNewer = (log) => inTurn(log, () => page(log, "newer", "newer", newestIn(log)));

/** Replace what is loaded by the newest page. */
export const loadNewest = (log) => inTurn(log, () => fetchInto(log, "", "newest"));

/** Ask for everything after the position; who asks meanwhile shares the answer. */
export function catchUp(log) {
  if (!catchUps.has(log)) {
    const asked = fetchInto(log, `?after=${positionOf(log)}`, "catchup").finally(() => catchUps.delete(log));
    catchUps.set(log, asked);
  }
  return catchUps.get(log);
}

/** Fetch by HTTP what the line could not tell. */
export function fillHoles(log) {
  log.addEventListener("log:hole", () => catchUp(log));
  log.addEventListener("log:reset", () => loadNewest(log));
}

// Two pages at once could leave a hole between them.
function inTurn(log, work) {
  const turn = (turns.get(log) ?? Promise.resolve()).then(() => whileLoading(log, work));
  turns.set(log, turn.catch(() => {}));
  return turn;
}

async function page(log, parameter, source, edge) {
  if (!edge) return null;
  const status = await fetchInto(log, `?${parameter}=${orderOf(edge)}`, `${source} edge:${orderOf(edge)}`);
  if (status === 204) log.dataset[source === "older" ? "oldest" : "newest"] = "yes";
  return status;
}

async function fetchInto(log, query, source) {
  const path = `/chats/${log.dataset.topic}/messages${query}`;
  const answer = await ask("GET", path, { target: log, swap: `log source:${source}` });
  return answer?.status ?? null;
}
