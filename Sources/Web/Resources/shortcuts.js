// Keys that do something without a button. Single letters can be switched off, for those who speak to their machine.

import { isOpen, openDialog } from "./dialogs.js";
import { make } from "./dom.js";
import { t } from "./locale.js";

let single = true; // whether single letters count; forgotten with the tab

const typing = (node) => node.closest?.("textarea, select, input:not([type=radio]):not([type=checkbox]):not([type=range])");

// Listens for keys; `deeds` has what each of them does, and `words` under which key it is explained.
export function listen(deeds) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return isOpen() || deeds.Escape?.();
    if (isOpen() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (event.target.type === "radio" || event.target.type === "range") {
      if (event.key.startsWith("Arrow")) return;
    }
    const deed = deeds[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!deed || (!single && event.key.length === 1)) return;
    if (deed() !== false) event.preventDefault();
  });
}

const keys = [
  ["Enter", "create"], ["Shift + Enter", "newLine"], ["Esc", "cancel"], ["/", "promptLabel"], ["←  →", "otherPicture"], ["s", "save"],
  ["c", "copy"], ["v", "vary"], ["g", "enlarge"], ["e", "editPart"], ["u", "use"], ["r", "sameAgain"], ["x", "compare"], ["f", "view"], ["d", "dice"], ["l", "lock"],
  ["Delete", "remove"], ["?", "shortcuts"],
];

export function showShortcuts() {
  const list = make("dl", { className: "keys" });
  for (const [key, word] of keys) {
    list.append(make("div", {}, make("dt", {}, ...key.split(" + ").flatMap((part, index) => [index ? " + " : "", make("kbd", {}, part)])),
      make("dd", {}, t(word))));
  }
  const box = make("input", { type: "checkbox", checked: single, on: { change: () => (single = box.checked) } });
  return openDialog("help", t("shortcuts"), list, make("label", { className: "check" }, box, " ", make("span", {}, t("singleKeys"))),
    make("p", { className: "hint" }, t("maskKeys"))).closed;
}
