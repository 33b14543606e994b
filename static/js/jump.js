// Jumping to a date: the day is the one of the person's own clock.
import { isoDay } from "./clock.js";

/** Wire the form that asks for the day; without a script it means the day of UTC. */
export function startJump(form) {
  const field = form.elements.namedItem("on");
  form.addEventListener("focusin", () => { field.max = isoDay(new Date()); });
  form.addEventListener("formdata", ({ formData }) => {
    formData.set(field.name, new Date(`${field.value}T00:00`).toISOString());
  });
}
