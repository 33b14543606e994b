// Short words over the field about what was just done, with one thing to do about it at most.

const LASTING = 5_000;

/** Say what `name` stands for (`data-<name>` of the place). With `undo`, a button that calls it. */
export function toast(name, undo = null) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const box = document.createElement("div");
  box.className = undo ? "toast" : "toast toast--plain";
  box.append(place.dataset[name] ?? "");
  if (undo) box.append(button(place.dataset.undo, () => { box.remove(); undo(); }));
  place.replaceChildren(box);
  lasts(box);
}

/** What the page itself came with goes after a while like any other. */
export function startToasts() {
  for (const box of document.querySelectorAll(".toast")) lasts(box);
}

function button(words, act) {
  const made = document.createElement("button");
  made.className = "toast__button";
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

// It stays while somebody points at it or has the focus in it.
function lasts(box) {
  const go = () => (box.matches(":hover, :focus-within") ? setTimeout(go, LASTING) : box.remove());
  setTimeout(go, LASTING);
}
