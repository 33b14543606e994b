// Who is here: this page says whether it is in view, and shows what the other person says of theirs.
import { clockTime, dayOf, rowTime } from "./clock.js";

const IDLE_AFTER = 60_000;
const AGAIN = 60_000;

/** Tell the server over the person's own line when this page has been out of view for a minute, and when it is back. */
export function startBeingHere(app, line) {
  let timer = null;
  const look = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") line.say("active");
    else timer = setTimeout(() => line.say("idle"), IDLE_AFTER);
  };
  document.addEventListener("visibilitychange", look);
  app.addEventListener("htmx:ws:after:connection", ({ target }) => {
    if (target === app && document.visibilityState === "hidden") line.say("idle");
  });
}

/** Show under the name whether the other person is here, or when they were. */
export function startPresence(log) {
  const place = document.getElementById("presence");
  if (!place) return;
  const { person } = place.dataset;
  const given = place.querySelector(`data.presence[data-person="${person}"]`);
  let known = { state: given?.dataset.state, at: Number(given?.value) };

  const show = () => {
    place.textContent = words(place, known);
    place.closest(".head__who")?.setAttribute("data-presence", known.state);
  };
  // What is no longer shown is not said again.
  log.addEventListener("htmx:ws:after:connection", () => { known = {}; show(); });
  log.addEventListener("log:presence", ({ detail }) => {
    if (detail.person !== person) return;
    known = { state: detail.state, at: detail.at || known.at };
    show();
  });
  setInterval(show, AGAIN);
  show();
}

function words({ dataset }, { state, at }) {
  if (state === "online" || state === "away") return dataset[state];
  if (!at) return "";
  const moment = new Date(at);
  const time = clockTime(moment);
  const when = dayOf(new Date()) === dayOf(moment) ? time : `${rowTime(moment)}, ${time}`;
  return dataset.seen.replace("{when}", when);
}
