// Times as the person reads them: their zone, their language, their 12 or 24 hours.

const DAY = 86_400_000;
const format = (options) => new Intl.DateTimeFormat(undefined, options);
const hours = format({ hour: "2-digit", minute: "2-digit" });
const whole = format({ dateStyle: "full", timeStyle: "medium" });
const dated = format({ dateStyle: "medium", timeStyle: "short" });
const weekday = format({ weekday: "long" });
const short = format({ day: "numeric", month: "short" });
const shortWithYear = format({ day: "numeric", month: "short", year: "numeric" });
const long = format({ weekday: "long", day: "numeric", month: "long" });
const longWithYear = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** The local day of a moment, as a number that grows by 1 each day. */
export const dayOf = (moment) => Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate()) / DAY;

/** The local day of a moment as `2026-11-22`. */
export const isoDay = (moment) => new Date(dayOf(moment) * DAY).toISOString().slice(0, 10);

/** `10:08` */
export const clockTime = (moment) => hours.format(moment);

/** Everything about a moment, for a tooltip. */
export const fullTime = (moment) => whole.format(moment);

/** `22 Nov 2026, 10:08` */
export const dayAndTime = (moment) => dated.format(moment);

/** What a day line says: Today, Yesterday, or the date. */
export function dayName(moment, now = new Date()) {
  const ago = dayOf(now) - dayOf(moment);
  if (ago === 0 || ago === 1) return capital(relative.format(-ago, "day"));
  return (moment.getFullYear() === now.getFullYear() ? long : longWithYear).format(moment);
}

/** What a line of the inbox says: the time today, Yesterday, the weekday for six days, then the date. */
export function rowTime(moment, now = new Date()) {
  const ago = dayOf(now) - dayOf(moment);
  if (ago === 0) return clockTime(moment);
  if (ago === 1) return capital(relative.format(-1, "day"));
  if (ago > 1 && ago <= 6) return weekday.format(moment);
  return (moment.getFullYear() === now.getFullYear() ? short : shortWithYear).format(moment);
}

/** Call back when the local day changes. */
export function onNewDay(callback) {
  const now = new Date();
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  setTimeout(() => {
    callback();
    onNewDay(callback);
  }, midnight - now + 50);
}

const capital = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);
