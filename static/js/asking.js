// Where notifications are turned on and off: the switches in the settings, and an offer in the list of chats.
import { chime } from "./chime.js";
import { canNotify, mayNotify, Wishes } from "./wishes.js";

/** Let the switches of the settings and the offer work, whichever is on the page. */
export function startAsking(person) {
  const wishes = new Wishes(person);
  const form = document.getElementById("notices");
  const offer = document.getElementById("notices-offer");
  if (form) startSwitches(form, wishes);
  if (offer && canNotify() && Notification.permission === "default" && !wishes.all.answered) startOffer(offer, wishes);
}

function startSwitches(form, wishes) {
  const status = document.getElementById("notices-status");
  const { shown, text, sound } = form.elements;

  function show() {
    const { all } = wishes;
    shown.checked = all.shown && mayNotify();
    text.checked = all.text;
    sound.checked = all.sound;
    shown.disabled = !canNotify() || Notification.permission === "denied";
    text.disabled = !shown.checked;
    sound.disabled = !canNotify();
    const problem = canNotify() ? shown.disabled && "denied" : "unable";
    status.textContent = problem ? status.dataset[problem] : "";
  }

  form.addEventListener("change", async ({ target }) => {
    if (target === shown && shown.checked) await wishes.turnOn();
    else wishes.set(target.name, target.checked);
    if (target === sound && sound.checked) chime();
    show();
  });
  addEventListener("focus", show);
  form.hidden = false;
  show();
}

function startOffer(offer, wishes) {
  offer.addEventListener("click", async ({ target }) => {
    const act = target.closest("[data-act]")?.dataset.act;
    if (!act) return;
    if (act === "on") await wishes.turnOn();
    wishes.set("answered", true);
    offer.remove();
  });
  offer.hidden = false;
}
