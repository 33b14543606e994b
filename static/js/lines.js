// The lines of the page: the conversation's own, and the person's. One of them drives the banner.
import { ask } from "./ask.js";
import { hideBanner, showBanner } from "./banner.js";
import { Line } from "./line.js";
import { catchUp } from "./pages.js";
import { expect, positionOf } from "./position.js";
import { placeRows } from "./rows.js";
import { tell } from "./tell.js";

const BANNER_AFTER = 5_000;
const BEFORE_ASKING = 300;

/** Open the socket of the conversation; returns its line. */
export function openTopicLine(log) {
  const line = new Line(log, {
    address: (url) => withPosition(url, log),
    heard: (data) => compare(log, data),
    probe: () => catchUp(log),
    ...bannerHooks(),
  });
  line.start();
  return line;
}

/** Open the person's own socket and return its line; it drives the banner where no conversation is open. */
export function openInboxLine(app, list, driving) {
  const silent = { up: () => {}, down: () => {}, over: showBanner };
  const line = new Line(app, {
    address: (url) => url,
    heard: () => {},
    probe: () => pollRows(list),
    ...(driving ? bannerHooks() : silent),
  });
  let asking = null;
  list.addEventListener("rows:unsure", () => {
    asking ??= setTimeout(() => { asking = null; pollRows(list); }, BEFORE_ASKING);
  });
  line.start();
  return line;
}

function withPosition(address, log) {
  const url = new URL(address);
  url.searchParams.set("after", positionOf(log));
  return url.href;
}

// A heartbeat tells the revision the conversation has; what is missing is asked for.
function compare(log, data) {
  if (typeof data === "string" && data.startsWith("{")) expect(log, JSON.parse(data).revision ?? 0);
}

async function pollRows(list) {
  const answer = await ask("GET", "/chats");
  if (answer?.status === 200) {
    const page = new DOMParser().parseFromString(answer.text, "text/html");
    const { children, dataset } = page.getElementById("rows");
    placeRows(list, [...children], dataset.beyond);
    tell(list, "rows:requests", { count: Number(dataset.waiting) });
  }
  return answer?.status ?? null;
}

function bannerHooks() {
  let patience = null;
  return {
    up() {
      clearTimeout(patience);
      patience = null;
      hideBanner("waiting");
      tell(document, "line:up");
    },
    down() {
      patience ??= setTimeout(showBanner, BANNER_AFTER, "waiting");
    },
    over(name) {
      clearTimeout(patience);
      showBanner(name);
    },
  };
}
