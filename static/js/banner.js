// One banner at a time under the head; the worse news wins.

/** Which banner tells of a refusal that concerns the whole page. */
export const BANNER_OF = { 400: "stale", 401: "signed-out" };

const RANK = ["waiting", "stale", "gone", "signed-out"];
let shown = null;

/** Show the banner whose template is `banner-<name>`, unless worse is shown. */
export function showBanner(name) {
  if (RANK.indexOf(name) <= RANK.indexOf(shown)) return;
  const template = document.getElementById(`banner-${name}`);
  if (!template) return;
  shown = name;
  place()?.replaceChildren(template.content.cloneNode(true));
}

/** Take the banner away if it is this one. */
export function hideBanner(name) {
  if (shown !== name) return;
  shown = null;
  place()?.replaceChildren();
}

/** Let the banner's Reload button work. */
export function watchBanner() {
  place()?.addEventListener("click", ({ target }) => {
    if (target.closest("[data-act=reload]")) location.reload();
  });
}

const place = () => document.getElementById("banner");
