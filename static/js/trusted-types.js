// HTMX parses fragments from strings; what it may never get from one is a script.
window.trustedTypes?.createPolicy("default", {
  createHTML: (html) => html,
  createScript: () => null,
  createScriptURL: () => null,
});
