// What modules say to each other: "log:changed", "log:seen", "log:typing", "log:presence", "log:beyond", "log:hole", "log:reset", "rows:changed", "rows:typing", "rows:presence", "rows:named", "rows:unsure", "draft:heard", "line:up".

/** Dispatch a bubbling event with a detail. */
export function tell(element, name, detail = {}) {
  element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
}
