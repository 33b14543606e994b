// Day lines between messages of different local days, and the gaps that end a run of bubbles.
import { dayName, dayOf, isoDay } from "./clock.js";

const GAP = 5 * 60_000;

/** Bring the day lines and gaps of a log up to date; touches only what is not right yet. */
export function markDays(log) {
  let before = null;
  let lines = [];
  for (const node of [...log.children]) {
    if (node.matches(".day, .unread")) {
      lines.push(node);
    } else if (node.matches(".message")) {
      before = markMessage(node, before, lines);
      lines = [];
    }
  }
  for (const line of lines.filter(isDay)) line.remove();
}

function markMessage(message, before, lines) {
  const moment = new Date(message.querySelector("time").dateTime);
  const newDay = !before || dayOf(moment) !== dayOf(before);
  message.toggleAttribute("data-gap", Boolean(before) && (newDay || Math.abs(moment - before) >= GAP));
  const [line, ...extra] = lines.filter(isDay);
  for (const one of newDay ? extra : [line, ...extra]) one?.remove();
  if (newDay) name(line ?? message.parentNode.insertBefore(newLine(), lines[0] ?? message), moment);
  return moment;
}

function name(line, moment) {
  const time = line.querySelector("time");
  const text = dayName(moment);
  const day = isoDay(moment);
  if (time.dateTime !== day) time.dateTime = day;
  if (time.textContent !== text) time.textContent = text;
}

function newLine() {
  const line = document.createElement("h2");
  line.className = "day";
  line.setAttribute("aria-live", "off");
  line.append(document.createElement("time"));
  return line;
}

const isDay = (node) => node.matches(".day");
