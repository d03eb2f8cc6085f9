// What the model knows: completes the words of the prompt, and says which it does not know. Nothing typed leaves the page.

import { element, make, say } from "./dom.js";
import { language, onSpeak, t } from "./locale.js";

const prompt = element("prompt");
const most = 6; // completions
const joined = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々]+/u; // scripts without spaces between words
const plain = "a an the of on in at to and or with without for from by is are no not background".split(" ");

let names = []; // what can be completed: [folded, as it is written]
let known = new Set(); // single words, folded
let longest = 1; // of what has no spaces
let completing = null; // what the completions are for
let active = -1; // the completion that the arrow keys are at
let told = false; // whether it was said that there are completions
let waiting; // for a pause in typing

const fold = (text) => text.toLowerCase().replace(/’/g, "'").normalize("NFD").replace(/(?<!\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana})\p{M}/gu, "").normalize("NFC");
const wordsOf = (text) => fold(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];

const list = make("ul", { id: "completions", className: "completions", role: "listbox", hidden: true });
const hint = make("p", { id: "unknown", className: "hint", hidden: true, "aria-live": "polite" });

// The model's words and those of the reader's language: parts with an empty line between, of which the last cannot be completed.
async function load() {
  const answer = await fetch(`/vocabulary/${language().split("-")[0]}.txt`, { credentials: "omit" });
  if (!answer.ok) throw new Error("no vocabulary");
  const [own, others, small] = (await answer.text()).split("\n\n").map((part) => part.split("\n").filter(Boolean));
  names = [...own, ...others].map((name) => [fold(name), name]);
  known = new Set([...plain, ...names.flatMap(([folded]) => wordsOf(folded)), ...small.flatMap(wordsOf)]);
  longest = Math.max(1, ...[...known].filter((word) => joined.test(word)).map((word) => word.length));
}

// MARK: What is not known

// Whether a word is one of the model's, or another form of one.
function isKnown(word) {
  if (known.has(word) || /^\p{N}+$/u.test(word)) return true;
  for (let cut = 1; cut <= 3 && word.length - cut >= 3; cut += 1) {
    const stem = word.slice(0, -cut);
    if (known.has(stem) || ["e", "a", "o"].some((end) => known.has(stem + end))) return true;
  }
  return /^ال/.test(word) && word.length > 3 && isKnown(word.slice(2));
}

// The parts of what has no spaces that are in no word.
function strangers(text) {
  const parts = [""];
  for (let at = 0; at < text.length; ) {
    let length = Math.min(longest, text.length - at);
    while (length > 0 && !known.has(text.slice(at, at + length))) length -= 1;
    if (!length) parts[parts.length - 1] += text[at];
    else if (parts[parts.length - 1]) parts.push("");
    at += length || 1;
  }
  return parts.filter(Boolean);
}

function unknownWords() {
  const found = new Set();
  // What is being completed may still become one.
  const text = completing ? `${prompt.value.slice(0, completing.from)} ${prompt.value.slice(completing.to)}` : prompt.value;
  for (const [word] of text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    for (const part of word.split(new RegExp(`(${joined.source})`, "u")).filter(Boolean)) {
      if (joined.test(part)) strangers(fold(part)).forEach((stranger) => found.add(stranger));
      else if (part.length > 1 && !isKnown(fold(part))) found.add(part);
    }
  }
  return [...found].slice(0, most);
}

function showUnknown() {
  const unknown = unknownWords();
  hint.hidden = !unknown.length;
  if (hint.hidden) return hint.replaceChildren();
  hint.replaceChildren(`${t("unknownWords", { words: unknown.join(", ") })} ${t("smallModel")} `,
    make("a", { href: "/about#other-models", target: "_blank", rel: "noopener" }, t("otherModels")));
}

// MARK: Completing

// What is being written before the caret: the longest end of it with which something begins.
function completions() {
  const caret = prompt.selectionStart;
  if (caret !== prompt.selectionEnd || /^[\p{L}\p{M}\p{N}]/u.test(prompt.value.slice(caret))) return null;
  const before = prompt.value.slice(0, caret);
  const run = before.match(/[\p{L}\p{M}\p{N}]+(?:[ '’-][\p{L}\p{M}\p{N}]+)*$/u)?.[0] ?? "";
  const starts = joined.test(run) ? [...Array(run.length).keys()] : [...run.matchAll(/(?<![\p{L}\p{M}\p{N}])[\p{L}\p{N}]/gu)].map((match) => match.index);
  for (const start of starts.slice(-8)) {
    const written = run.slice(start);
    const folded = fold(written);
    if (written.length < (joined.test(written) ? 1 : 2)) continue;
    const found = names.filter(([name]) => name.startsWith(folded) && name !== folded).sort((one, other) => one[0].length - other[0].length);
    if (found.length) return { from: caret - written.length, to: caret, names: [...new Set(found.map(([, name]) => name))].slice(0, most) };
    if (names.some(([name]) => name === folded)) return null; // it is one already
  }
  return null;
}

function close() {
  list.hidden = true;
  completing = null;
  active = -1;
  prompt.removeAttribute("aria-activedescendant");
}

function open() {
  // While pictures are made, it is told how that goes, and Escape cancels it.
  const isMaking = document.body.dataset.state === "working";
  const found = document.activeElement === prompt && !isMaking ? completions() : null;
  if (!found) return close();
  active = -1;
  prompt.removeAttribute("aria-activedescendant");
  list.ariaLabel = t("completions");
  list.replaceChildren(...found.names.map((name, index) => make("li", {
    id: `completion-${index}`, role: "option", dir: "auto", "aria-selected": "false",
    // The prompt keeps the focus.
    on: { pointerdown: (event) => event.preventDefault(), click: () => complete(found, name) },
  }, name)));
  list.hidden = false;
  completing = found;
  if (!told) say(t("completions"));
  told = true;
}

prompt.form.addEventListener("submit", close);

function complete({ from, to }, name) {
  prompt.setRangeText(joined.test(name) ? name : `${name} `, from, to, "end");
  close();
  prompt.dispatchEvent(new Event("input", { bubbles: true }));
  close();
}

function choose(index) {
  const options = [...list.children];
  active = (index + options.length + 1) % (options.length + 1); // the last is none: back in the text
  if (active === options.length) active = -1;
  options.forEach((option, at) => (option.ariaSelected = String(at === active)));
  if (active < 0) prompt.removeAttribute("aria-activedescendant");
  else prompt.setAttribute("aria-activedescendant", options[active].id);
}

function press(event) {
  if (list.hidden || event.isComposing) return;
  const deed = {
    ArrowDown: () => choose(active + 1), ArrowUp: () => choose(active < 0 ? list.children.length - 1 : active - 1),
    Enter: active < 0 || event.shiftKey ? null : () => list.children[active].click(), Escape: close,
  }[event.key];
  if (!deed) return event.key === "Enter" || event.key.startsWith("Arrow") ? close() : undefined;
  event.preventDefault();
  event.stopImmediatePropagation();
  deed();
}

function update(event) {
  clearTimeout(waiting);
  waiting = setTimeout(showUnknown, 500);
  if (!event?.isComposing) open();
}

// Begins to help; called when somebody types for the first time.
export async function help() {
  await load();
  prompt.after(make("div", { className: "completing" }, list));
  element("hint").after(hint);
  prompt.setAttribute("aria-autocomplete", "list");
  prompt.setAttribute("aria-controls", "completions");
  prompt.setAttribute("aria-describedby", "hint unknown");
  prompt.addEventListener("input", update);
  prompt.addEventListener("keydown", press, { capture: true });
  prompt.addEventListener("blur", close);
  element("request").addEventListener("reset", () => setTimeout(update));
  element("request").addEventListener("submit", () => {
    close();
    showUnknown();
  });
  onSpeak(() => load().then(showUnknown, () => {}));
  update();
}
