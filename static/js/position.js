// The position of a log: the revision up to which everything is here. Only the line and catch-ups may move it.
import { tell } from "./tell.js";

const HOLE_PATIENCE = 1_000;
const ASK_AGAIN = 5_000;

const states = new WeakMap();

export const positionOf = (log) => Number(log.dataset.position);

/** A frame of the live line made this revision; it counts as soon as all before it are here. */
export function heard(log, revision) {
  if (revision > positionOf(log)) stateOf(log).ahead.add(revision);
  advance(log);
  expect(log, revision);
}

/** Everything up to this revision is here. */
export function caughtUp(log, revision) {
  if (revision > positionOf(log)) log.dataset.position = revision;
  const { ahead } = stateOf(log);
  for (const seen of ahead) if (seen <= positionOf(log)) ahead.delete(seen);
  advance(log);
  expect(log, revision);
}

/** The server is known to be at this revision; what is still missing after a while is asked for by "log:hole". */
export function expect(log, revision) {
  const state = stateOf(log);
  state.known = Math.max(state.known, revision);
  if (positionOf(log) >= state.known) {
    clearTimeout(state.timer);
    state.timer = null;
  } else {
    state.timer ??= setTimeout(ask, HOLE_PATIENCE, log, state);
  }
}

/** Nothing is here, and nothing is known of the server. */
export function startAnew(log) {
  clearTimeout(stateOf(log).timer);
  states.delete(log);
  log.dataset.position = 0;
}

function ask(log, state) {
  state.timer = setTimeout(ask, ASK_AGAIN, log, state);
  tell(log, "log:hole");
}

function advance(log) {
  const { ahead } = stateOf(log);
  let position = positionOf(log);
  while (ahead.delete(position + 1)) position += 1;
  if (position !== positionOf(log)) log.dataset.position = position;
}

function stateOf(log) {
  if (!states.has(log)) states.set(log, { ahead: new Set(), known: 0, timer: null });
  return states.get(log);
}
