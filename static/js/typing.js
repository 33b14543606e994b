// Who is typing: said over the line at most every three seconds, shown for six, and never stored.

const AGAIN = 3_000;
/** How long a sign of typing counts. */
export const LASTING = 6_000;

/** Show that the other person types; the function returned tells them that this one does. */
export function startTyping(log, field, line) {
  const place = document.getElementById("typing");
  const side = log.closest("[data-viewer-side]").dataset.viewerSide;
  let told = 0;
  let timer = null;

  const show = (shown) => {
    clearTimeout(timer);
    for (const part of place.children) part.hidden = !shown;
    if (shown) timer = setTimeout(show, LASTING, false);
  };
  log.addEventListener("log:typing", ({ detail }) => detail.side !== side && show(true));
  log.addEventListener("log:changed", ({ detail }) => {
    if (detail.added.some((message) => message.dataset.side !== side)) show(false);
  });
  field.addEventListener("input", () => {
    if (!field.value || Date.now() - told < AGAIN) return;
    told = Date.now();
    line?.say("typing");
  });
  field.form.addEventListener("submit", () => { told = 0; });
}
