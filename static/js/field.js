// The text of a field, when it is not the person who changes it.

/** Give a field another text; the caret of somebody who is in it stays where it is, or at the end. */
export function setText(field, text) {
  const { value, selectionStart, selectionEnd, selectionDirection } = field;
  const place = (old) => (old === value.length ? text.length : Math.min(old, text.length));
  if (value === text) return;
  field.value = text;
  if (document.activeElement !== field) return;
  field.setSelectionRange(place(selectionStart), place(selectionEnd), selectionDirection);
}
