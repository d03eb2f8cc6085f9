// The form: what it says as an order, and an order put back into it.

import { element, make } from "./dom.js";
import { count, knows, language, nameOf, onSpeak, t } from "./locale.js";
import { newSeed } from "./request.js";
import { variationOf } from "./results.js";
import { source } from "./source.js";

const form = element("request");
const prompt = element("prompt");
const seed = element("seed");
let model = null; // what /api/model says
let lastSeed; // of the newest picture
let variation = {}; // of the picture whose settings were put back, for as long as its seed is in the form
let ideas = 0; // how many suggestions were shown before those shown now

const chosen = (name) => form.querySelector(`input[name="${name}"]:checked`);
const number = (id) => (element(id).value.trim() === "" ? undefined : Number(element(id).value));
const text = (id) => element(id).value.trim() || undefined;

export const isBlank = () => prompt.value.trim() === "";

// What is to be made, as the form stands.
export function readOrder() {
  const [width, height] = (chosen("size")?.value ?? "").split("x").map(Number);
  const picture = source.current;
  return {
    model: form.dataset.model,
    prompt: prompt.value,
    style: model?.styles.find((style) => style.name === chosen("style")?.value),
    negative: text("negative"),
    n: Number(chosen("n")?.value ?? 1),
    width: picture?.width ?? (width || undefined),
    height: picture?.height ?? (height || undefined),
    steps: number("steps") ?? (chosen("quality") ? Number(chosen("quality").value) : undefined),
    guidance: number("guidance"),
    sampler: text("sampler"),
    seed: number("seed") ?? newSeed(),
    ...(seed.value ? variation : {}),
    strength: Number(element("strength").value) / 100,
    background: element("cutout").checked ? "transparent" : undefined,
    maskBlur: number("mask-blur"),
    onlyMasked: element("only-masked").checked,
  };
}

// Puts a picture's order back, with its seed, so that the same order gives the same picture.
export function restore(order) {
  prompt.value = order.prompt;
  element("negative").value = order.negative ?? "";
  element("guidance").value = order.guidance ?? "";
  element("sampler").value = order.sampler ?? "";
  choose("style", order.style?.name ?? "");
  choose("size", `${order.width}x${order.height}`);
  choose("n", "1");
  element("cutout").checked = order.background === "transparent";
  element("steps").value = choose("quality", `${order.steps}`) ? "" : order.steps ?? "";
  setSeed(order.seed, order);
}

function choose(name, value) {
  const input = [...form.querySelectorAll(`input[name="${name}"]`)].find((input) => input.value === value);
  if (input) input.checked = true;
  summarise();
  return Boolean(input);
}

export function setSeed(value, { variationSeed, variationStrength } = {}) {
  seed.value = value ?? "";
  variation = variationSeed === undefined ? {} : { variationSeed, variationStrength };
  summarise();
}

export const rollSeed = () => setSeed(newSeed());

// A seed that is there holds for every picture; without one, each has its own.
export function toggleLock() {
  if (seed.value) setSeed();
  else setSeed(lastSeed ?? newSeed());
  return Boolean(seed.value);
}

export function remember(newest) {
  lastSeed = newest;
}

// Says in the folded settings' own line what they are.
export function summarise() {
  element("lock").ariaPressed = String(Boolean(seed.value));
  element("lock").querySelector("use").setAttribute("href", seed.value ? "#i-locked" : "#i-unlocked");
  element("strength-value").textContent = `${element("strength").value} %`;
  const word = (input) => input?.parentElement.querySelector("[data-t]")?.textContent;
  const style = chosen("style")?.value;
  const pictures = Number(chosen("n")?.value ?? 1);
  element("settings-value").textContent = [
    style ? styleName(style) : null, source.current ? null : word(chosen("size")), pictures > 1 ? count("pictures", pictures) : null,
    element("cutout").checked ? t("cutOut") : null,
    element("steps").value ? `${t("steps")} ${element("steps").value}` : word(chosen("quality")),
    seed.value ? `${t("seed")} ${seed.value}` : null, seed.value ? variationOf(variation) : null,
  ].filter(Boolean).join(" · ");
}

const styleKey = (name) => `style.${name.toLowerCase().replaceAll(" ", "")}`;
const styleName = (name) => (knows(styleKey(name)) ? t(styleKey(name)) : name);

function showStyles() {
  const kept = chosen("style")?.value ?? "";
  const names = ["", ...model.styles.map((style) => style.name)];
  element("styles").querySelector(".pills").replaceChildren(...names.map((name) =>
    make("label", {},
      make("input", { type: "radio", name: "style", value: name, checked: name === kept }),
      make("span", {}, name ? styleName(name) : t("style.none")))));
  element("styles").hidden = !model.styles.length;
}

function showIdeas() {
  const all = model.suggested_prompts;
  const some = Array.from({ length: Math.min(6, all.length) }, (_, index) => all[(ideas + index) % all.length]);
  element("suggestions").replaceChildren(...some.map((idea) => make("button", { type: "button", dir: "auto" }, idea)));
}

// The prompt is best in the model's language, which the reader of another may not expect.
function showHint() {
  const known = model.prompt_language;
  const hint = element("hint");
  hint.hidden = !known || known.split("-")[0] === language().split("-")[0];
  hint.textContent = hint.hidden ? "" : t("promptLanguage", { language: nameOf(known) });
}

// Takes up what the model offers; without it, the form stays as the server wrote it.
export function offer(details) {
  model = details;
  showStyles();
  showIdeas();
  showHint();
  element("more-ideas").hidden = model.suggested_prompts.length <= 6;
  // Words to complete from are loaded when somebody types.
  if (model.vocabulary_size) prompt.addEventListener("input", () => import("./words.js").then((words) => words.help()).catch(() => {}), { once: true });
}

export function forgetForm() {
  form.reset();
  variation = {};
  lastSeed = undefined;
  summarise();
}

onSpeak(() => {
  if (model) {
    showStyles();
    showHint();
  }
  summarise();
});

export function wireForm() {
  seed.addEventListener("input", () => (variation = {}));
  form.addEventListener("input", summarise);
  element("suggestions").addEventListener("click", (event) => {
    const idea = event.target.closest("button");
    if (!idea) return;
    prompt.value = idea.textContent;
    form.requestSubmit();
  });
  element("more-ideas").addEventListener("click", () => {
    ideas += 6;
    showIdeas();
  });
  element("dice").addEventListener("click", rollSeed);
  element("lock").addEventListener("click", toggleLock);
  prompt.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
