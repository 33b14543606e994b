// The menu of the conversation. Its items open dialogs: browsers that know commands would do so by themselves.
import { walk } from "./menu-keys.js";

/** Wire the menu, if the page has one. */
export function startChatMenu() {
  const menu = document.getElementById("chat-menu");
  if (!menu) return;
  walk(menu);
  menu.addEventListener("click", (event) => {
    const dialog = document.getElementById(event.target.closest("[commandfor]")?.getAttribute("commandfor"));
    if (!dialog) return;
    event.preventDefault();
    menu.hidePopover(); // the focus goes back to the menu's button first, and so comes back there from the dialog
    dialog.showModal();
  });
}
