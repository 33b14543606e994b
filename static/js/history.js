// Scrolling to the ends of what is loaded loads more; the pill leads back to the newest message.
import { loadNewer, loadNewest, loadOlder } from "./pages.js";
import { newestIn, orderOf } from "./placing.js";
import { isAtBottom, ownAnchoring, toBottom } from "./scroll.js";

const EDGE = 600;
const PAUSE_AFTER_FAILURE = 2_000;

/** Load older and newer pages of the log as they are wanted. */
export function startHistory(log) {
  const scroll = log.closest(".scroll");
  if (!scroll) return;
  let busy = false;

  async function check() {
    const load = busy ? null : wanted(log, scroll);
    if (!load) return;
    busy = true;
    const status = await load(log);
    if (status !== 200 && status !== 204) await new Promise((resume) => setTimeout(resume, PAUSE_AFTER_FAILURE));
    busy = false;
    if (status === 200) check();
  }

  ownAnchoring(log);
  scroll.addEventListener("scroll", check, { passive: true });
  addEventListener("resize", check);
  if (scroll.scrollHeight <= scroll.clientHeight) check();
}

function wanted(log, scroll) {
  const below = -scroll.scrollTop;
  const above = scroll.scrollHeight - scroll.clientHeight - below;
  if (log.dataset.oldest === "no" && above < EDGE) return loadOlder;
  if (log.dataset.newest === "no" && below < EDGE) return loadNewer;
  return null;
}

/** Show the pill while the newest message is out of view, with the number of messages that came meanwhile. */
export function startPill(pill, log, viewerSide) {
  const count = new Set();
  let newest = orderAt(newestIn(log));

  const update = () => {
    const there = isAtBottom(log);
    if (there) count.clear();
    pill.hidden = there;
    label(pill, count.size);
  };
  log.addEventListener("log:changed", ({ detail }) => {
    const live = detail.source === "socket" || detail.source === "catchup" ? detail.added : [];
    const others = [...live, ...detail.above].filter((message) => message.dataset.side !== viewerSide && !isRemoved(message));
    for (const message of [...detail.changed, ...detail.above].filter(isRemoved)) count.delete(message.id);
    const news = others.filter((message) => orderOf(message) > newest);
    if (!isAtBottom(log)) for (const { id } of news) count.add(id);
    newest = Math.max(newest, orderAt(newestIn(log)), ...news.map(orderOf));
    update();
  });
  log.closest(".scroll")?.addEventListener("scroll", update, { passive: true });
  pill.addEventListener("click", async () => {
    if (log.dataset.newest === "no") await loadNewest(log);
    toBottom(log);
    update();
  });
  update();
}

const isRemoved = (message) => message.matches(".message--removed");
const orderAt = (message) => (message ? orderOf(message) : 0);

function label(pill, count) {
  const { one, many, plain } = pill.dataset;
  const text = (count === 1 ? one : many)?.replace("{n}", count) ?? "";
  const place = pill.querySelector(".pill__text");
  place.textContent = count ? text : "";
  pill.classList.toggle("pill--plain", !count);
  if (count) pill.removeAttribute("aria-label");
  else pill.setAttribute("aria-label", plain ?? "");
}
