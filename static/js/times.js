// Puts local times on the page and keeps them right.
import { clockTime, dayAndTime, fullTime, onNewDay, rowTime } from "./clock.js";
import { markDays } from "./days.js";

let shown = new WeakMap();

/** Show local times in the log and in the list of chats, now and after every change. */
export function startTimes(log, list) {
  const showLog = () => {
    for (const time of log?.querySelectorAll(".message__time") ?? []) show(time, clockTime);
    if (log) markDays(log);
  };
  const showRows = () => {
    for (const time of list?.querySelectorAll(".row__time") ?? []) show(time, rowTime);
  };
  const showAll = () => {
    showLog();
    showRows();
    for (const time of document.querySelectorAll(".moment")) show(time, dayAndTime);
  };
  log?.addEventListener("log:changed", showLog);
  list?.addEventListener("rows:changed", showRows);
  const again = () => {
    shown = new WeakMap();
    showAll();
  };
  onNewDay(again);
  document.addEventListener("visibilitychange", again);
  showAll();
}

function show(time, text) {
  if (shown.get(time) === time.dateTime) return;
  shown.set(time, time.dateTime);
  const moment = new Date(time.dateTime);
  if (Number.isNaN(moment.valueOf())) return;
  time.textContent = text(moment);
  time.title = fullTime(moment);
}
