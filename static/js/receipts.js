// How far the other person has read: one word under the last of one's own messages that they have seen.
import { orderOf, placedIn } from "./placing.js";
import { steady } from "./scroll.js";

/** Show it now, and whenever the log or what they have seen changes. */
export function startReceipts(log, viewerSide) {
  const template = document.getElementById("receipt-template");
  const receipt = template?.content.firstElementChild.cloneNode(true);
  if (!receipt) return;
  const place = () => {
    const seen = Number(log.dataset.seen ?? 0);
    const last = placedIn(log).findLast((one) => one.dataset.side === viewerSide && orderOf(one) <= seen);
    if (last ? last.nextElementSibling === receipt : !receipt.isConnected) return;
    const restore = steady(log);
    if (last) last.after(receipt);
    else receipt.remove();
    restore();
  };
  log.addEventListener("log:changed", place);
  log.addEventListener("log:seen", ({ detail: { side, id } }) => {
    // 0 is said when one of the two has begun to keep it to themselves.
    if (side === viewerSide || (id && id <= Number(log.dataset.seen ?? 0))) return;
    log.dataset.seen = id;
    place();
  });
  place();
}
