// Somebody is shown under another name, or with another picture, from now on: whatever on the page carries the old one follows.
import { rowsOf } from "./rows.js";

const OF_THE_OTHER = ":is(.head__name, .start__name, .typing__words, #clear-text) bdi";
const NAMING = { "aria-label": "#messages", placeholder: "#body" };

/** Follow what is said over the line of a list; `me` is the id of whose page this is. */
export function startNames(list, me) {
  list.addEventListener("rows:named", ({ detail: { person, name, face } }) => {
    const row = rowsOf(list).find(({ dataset }) => dataset.person === person);
    if (row) write(row, ".row__name > bdi", name, ".avatar", face);
    if (person === me) write(document, ".list-foot__name bdi", name, ":is(.list-foot, .page) .avatar", face);
    nameInConversation(document.querySelector("[data-viewer-side]"), person, me, name, face);
  });
}

function nameInConversation(sheet, person, me, name, face) {
  if (!sheet || (person !== me && person !== sheet.dataset.other)) return;
  const mine = sheet.dataset.viewerSide;
  const side = person === me ? mine : String(3 - Number(mine));
  const blank = document.getElementById("message-template")?.content ?? sheet;
  for (const page of [sheet, blank]) write(page, `.message[data-side="${side}"] .message__sender bdi`, name);
  if (person !== me) nameOther(sheet, name, face);
}

function nameOther(sheet, name, face) {
  const old = sheet.querySelector(".head__name bdi").textContent;
  const renamed = (text) => text.replace(old, () => name);
  document.title = renamed(document.title);
  for (const [attribute, selector] of Object.entries(NAMING)) {
    const element = sheet.querySelector(selector);
    element?.setAttribute(attribute, renamed(element.getAttribute(attribute)));
  }
  const label = sheet.querySelector("label[for=body]");
  if (label) label.textContent = renamed(label.textContent);
  write(sheet, OF_THE_OTHER, name, ":is(.head__who, .start) .avatar", face);
}

function write(place, names, name, avatars, face) {
  for (const element of place.querySelectorAll(names)) element.textContent = name;
  if (avatars) for (const element of place.querySelectorAll(avatars)) element.replaceChildren(...face.map((node) => node.cloneNode(true)));
}
