// What keys do in every menu.

/** Let a menu open at its first item, arrows, Home and End lead through its items, and Tab leave it. */
export function walk(menu) {
  menu.addEventListener("keydown", (event) => step(menu, event));
  menu.addEventListener("toggle", ({ newState }) => newState === "open" && items(menu)[0]?.focus());
}

const items = (menu) => [...menu.querySelectorAll("[role=menuitem]")].filter((item) => item.offsetParent);

function step(menu, event) {
  const all = items(menu);
  const at = all.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (next === undefined) return;
  event.preventDefault();
  all[next % all.length]?.focus();
}
