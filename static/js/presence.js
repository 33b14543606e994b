// Who is here: this page says whether it is in view, and shows whether the other person has one in view.
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
  let known = { online: given?.dataset.state === "online", at: Number(given?.value) };

  const show = () => {
    place.textContent = words(place, known);
    place.closest(".head")?.querySelector(".avatar")?.classList.toggle("avatar--online", known.online);
  };
  log.addEventListener("log:presence", ({ detail }) => {
    if (detail.person !== person) return;
    known = { online: detail.online, at: detail.at || known.at };
    show();
  });
  setInterval(show, AGAIN);
  show();
}

function words({ dataset }, { online, at }) {
  if (online) return dataset.online;
  if (!at) return "";
  const moment = new Date(at);
  const time = clockTime(moment);
  const when = dayOf(new Date()) === dayOf(moment) ? time : `${rowTime(moment)}, ${time}`;
  return dataset.seen.replace("{when}", when);
}
