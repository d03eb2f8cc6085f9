// Windows above the page. While one is open, what is told aloud is told inside it.

import { element, icon, make } from "./dom.js";
import { t } from "./locale.js";

let open = null;

// Opens a window with a title; the promise is kept when it is closed.
export function openDialog(kind, title, ...content) {
  open?.close();
  const before = document.activeElement;
  const close = make("button", { type: "button", className: "round", "aria-label": t("close"), on: { click: () => dialog.close() } }, icon("close"));
  const dialog = make("dialog", { className: kind, "aria-labelledby": "dialog-title" },
    make("header", {}, make("h2", { id: "dialog-title" }, title), close), ...content);
  document.body.append(dialog);
  const status = element("status");
  const place = status.nextSibling;
  const parent = status.parentNode;
  dialog.append(status);
  status.textContent = "";
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  const closed = new Promise((resolve) => dialog.addEventListener("close", () => {
    parent.insertBefore(status, place);
    status.textContent = "";
    dialog.remove();
    open = null;
    if (before?.isConnected) before.focus();
    resolve();
  }, { once: true }));
  dialog.showModal();
  open = dialog;
  return { dialog, closed, close: () => dialog.close() };
}

export const isOpen = () => open !== null;

export function closeAll() {
  open?.close();
}
