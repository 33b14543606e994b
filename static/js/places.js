// Finding a person or a chat by keyboard.

/** Ctrl K or "/" leads to the search field, arrows through what it finds, Escape back. */
export function startPlaces(field) {
  let cameFrom = null;

  document.addEventListener("keydown", (event) => {
    if (opens(event)) {
      event.preventDefault();
      if (document.activeElement !== field) cameFrom = document.activeElement;
      field.focus();
      field.select();
    } else if (event.key === "Escape" && document.activeElement === field) {
      leave(field, cameFrom);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      step(event, field);
    }
  });
}

function opens({ key, ctrlKey, metaKey, altKey, shiftKey, target }) {
  if (key.toLowerCase() === "k") return (ctrlKey || metaKey) && !altKey && !shiftKey;
  return key === "/" && !ctrlKey && !metaKey && !altKey && !target.closest("input, textarea, select, [contenteditable]");
}

function leave(field, cameFrom) {
  if (field.value) {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (cameFrom?.isConnected && cameFrom !== document.body) {
    cameFrom.focus();
  } else {
    field.blur();
  }
}

function step(event, field) {
  const stops = [field, ...document.querySelectorAll("#people .row, #rows .row")];
  const at = stops.indexOf(document.activeElement);
  const next = at === -1 || event.altKey ? null : stops[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
