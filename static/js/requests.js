// Chats that wait to be accepted: how many there are, and whether the open one is one of them.

/** Follow over the line of a list what waits. */
export function startRequests(list, log) {
  const link = document.getElementById("requests");
  const request = document.getElementById("request");

  // Browsers that know commands would do so by themselves.
  request?.addEventListener("click", (event) => {
    const dialog = document.getElementById(event.target.closest("[commandfor]")?.getAttribute("commandfor"));
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
  });
  list.addEventListener("rows:requests", ({ detail: { count } }) => {
    if (!link) return;
    const words = link.querySelector("[data-words]");
    words.textContent = words.dataset.words.replace("{n}", count);
    link.hidden = count === 0;
  });
  list.addEventListener("rows:changed", ({ detail }) => {
    const row = detail.rows.find(({ id }) => id === `chat-${log?.dataset.topic}`);
    if (row && request) request.hidden = row.dataset.waits !== "requests";
  });
}
