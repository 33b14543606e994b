// Makes one element equal to another by touching only what differs, so that focus, selection and open menus stay.

// Put on by scripts, unknown to the server.
const OURS = new Set(["data-gap", "tabindex", "aria-current", "aria-live", "data-htmx-powered"]);
const OUR_CLASSES = ["message--current", "message--flash"];

/** Make `old` equal to `fresh`, except for what scripts keep on it and children marked `data-keep`. */
export function patch(old, fresh) {
  if (old.localName === "time" && old.dateTime === fresh.dateTime) return;
  patchAttributes(old, fresh);
  patchChildren(old, fresh);
}

function patchAttributes(old, fresh) {
  const stay = OUR_CLASSES.filter((name) => old.classList.contains(name));
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !OURS.has(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !OURS.has(name)) old.setAttribute(name, value);
  }
  if (stay.length) old.classList.add(...stay);
}

function patchChildren(old, fresh) {
  const left = [...old.childNodes].filter((node) => node.dataset?.keep === undefined);
  for (const child of [...fresh.childNodes]) {
    const at = left.findIndex((node) => alike(node, child));
    if (at === -1) {
      old.insertBefore(child, left[0] ?? null);
      continue;
    }
    for (const skipped of left.splice(0, at)) skipped.remove();
    patchNode(left.shift(), child);
  }
  for (const node of left) node.remove();
}

function patchNode(old, fresh) {
  if (old.nodeType === Node.ELEMENT_NODE) patch(old, fresh);
  else patchText(old, fresh.data);
}

function alike(one, other) {
  return one.nodeName === other.nodeName && one.id === other.id && one.classList?.[0] === other.classList?.[0];
}

// A selection survives in the parts of a text that stay, so only the middle is replaced.
function patchText(node, text) {
  const old = node.data;
  const shorter = Math.min(old.length, text.length);
  let start = 0;
  while (start < shorter && old[start] === text[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === text.at(-1 - end)) end += 1;
  if (old !== text) node.replaceData(start, old.length - start - end, text.slice(start, text.length - end));
}
