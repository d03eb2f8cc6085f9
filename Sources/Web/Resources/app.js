// Puts the page's parts together. Nothing is stored: settings and pictures live in this document and go with it.

import { compare, view } from "./compare.js";
import { closeAll } from "./dialogs.js";
import { base64, button, element, make, say } from "./dom.js";
import * as form from "./form.js";
import { languages, onSpeak, preferred, speak, t } from "./locale.js";
import * as making from "./making.js";
import { paintMask } from "./mask.js";
import { newSeed } from "./request.js";
import * as results from "./results.js";
import * as saving from "./saving.js";
import { listen, showShortcuts } from "./shortcuts.js";
import { attach, detach, pictures, setMask, source, wireSource } from "./source.js";

const chosen = () => results.results.chosen;
const fail = (problem) => making.trouble(problem, null);

async function create() {
  if (making.isWorking()) return;
  if (form.isBlank()) {
    element("prompt").focus();
    return say(t("promptMissing"));
  }
  const order = form.readOrder();
  await making.create({ ...order, ...(await pictures()) });
}

let difference = 40; // how much a variation may differ, in percent: what the slider beside "Vary" says

// More like it: from the same noise, moved towards another seed's. What began with a picture, or is a variation itself,
// is no one seed's picture: there the start is the picture that is seen.
async function vary() {
  const { order, blob, width, height, fromPicture } = chosen();
  const n = Math.min(4, Math.max(1, form.readOrder().n));
  const amount = difference / 100;
  if (fromPicture || order.variationSeed !== undefined) {
    await making.create({
      ...order, image: await base64(blob), width, height, n, strength: amount, seed: newSeed(), variationSeed: undefined,
      variationStrength: undefined,
    });
  } else {
    await making.create({ ...order, n, variationSeed: newSeed(), variationStrength: amount });
  }
}

// "Vary", with the slider from a little to a lot.
function varying() {
  const slider = make("input", {
    type: "range", id: "difference", min: 5, max: 100, step: 5, value: difference, ariaLabel: t("varyAmount"),
    on: { input: () => (difference = Number(slider.value)) },
  });
  return make("div", { className: "varying" }, button("vary", t("vary"), vary),
    make("div", {}, slider, make("p", { className: "ends" }, make("span", {}, t("strengthLow")), make("span", {}, t("varyHigh")))));
}

// What the model's service can enlarge a picture to, as far as it says.
function scales({ width, height }) {
  const { upscaled } = source.limits ?? {};
  if (!upscaled) return [];
  const { minimum, maximum } = upscaled.scale;
  return Array.from({ length: maximum - minimum + 1 }, (_, index) => minimum + index)
    .filter((scale) => Math.max(width, height) * scale <= upscaled.side && width * height * scale * scale <= upscaled.pixels);
}

// "Enlarge", with how many times.
function enlarging(result) {
  const offered = scales(result);
  if (!offered.length) return null;
  const times = make("select", { ariaLabel: t("enlargeTimes") }, ...offered.map((scale) => make("option", { value: scale }, `× ${scale}`)));
  return make("div", { className: "enlarging" }, button("enlarge", t("enlarge"), () => enlarge(Number(times.value))), times);
}

async function enlarge(scale = scales(chosen())[0]) {
  const result = chosen();
  if (!scale) return;
  const { width, height, blob } = result;
  await making.create({ scale, n: 1, enlarges: result, image: await base64(blob), width: width * scale, height: height * scale });
}

// Makes a picture the one to start from.
async function use() {
  if (!(await attach(chosen().blob))) return;
  element("prompt").focus();
}

// Makes a picture the one to start from, and asks which part of it to draw anew.
async function edit() {
  const result = chosen();
  if (form.isBlank()) element("prompt").value = result.order.prompt;
  if (await attach(result.blob)) await paint();
}

async function paint() {
  if (!source.current) return;
  const mask = await paintMask(source.current, source.mask?.deeds);
  if (!mask) return;
  setMask(mask);
  element("prompt").focus();
  element("prompt").select();
  say(t("maskReady"));
}

function sameAgain() {
  form.restore(chosen().order);
  element("settings").open = true;
  element("prompt").focus();
  say(t("restored", { seed: `${chosen().seed}` }));
}

function removeChosen() {
  results.remove(chosen());
  if (!results.results.all.length && !making.isWorking()) making.forgetMaking();
  say(t("removed"));
  (chosen() ? element("pictures").querySelector(".pick") : element("prompt"))?.focus();
}

const comparable = () => results.results.all.length > 1;

function compareChosen() {
  const { all } = results.results;
  const at = all.indexOf(chosen());
  return compare(chosen(), all[at - 1] ?? all[at + 1]);
}

async function save(kind) {
  await saving.save(chosen(), kind);
  say(t("saved"));
}

const copy = () => saving.copy(chosen()).then(() => say(t("copied")), () => say(t("notCopied")));

// What can be done with the chosen picture; what this browser cannot do is not offered.
function showActions(result) {
  const list = element("actions");
  if (!result) return list.replaceChildren();
  const had = list.contains(document.activeElement) ? [...list.children].indexOf(document.activeElement.closest(".actions > *")) : -1;
  const kinds = ["jpeg", "webp"].map((kind) => make("button", { type: "button", className: "quiet", on: { click: () => save(kind) } }, kind === "jpeg" ? "JPEG" : "WebP"));
  list.replaceChildren(
    make("div", { className: "saving" }, button("save", t("save"), () => save("png"), { className: "quiet strong", "aria-keyshortcuts": "s" }), ...kinds),
    ...[
      saving.canCopy() && button("copy", t("copy"), copy),
      saving.canShare(result) && button("share", t("share"), () => saving.share(result)),
      varying(),
      enlarging(result),
      button("edit", t("editPart"), edit),
      button("use", t("use"), use),
      button("again", t("sameAgain"), sameAgain),
      comparable() && button("compare", t("compare"), compareChosen),
      button("view", t("view"), view),
      button("remove", t("remove"), removeChosen),
    ].filter(Boolean));
  if (had >= 0) {
    const place = list.children[had] ?? list.lastChild;
    (place.querySelector("button") ?? place).focus();
  }
}

// Everything that was typed, made, or given, at once.
function forget() {
  closeAll();
  making.forgetMaking();
  results.forgetResults();
  detach();
  form.forgetForm();
  for (const fold of document.querySelectorAll("details")) fold.open = false;
  say(t("forgotten"));
  scrollTo({ top: 0 });
  element("prompt").focus();
}

function offerLanguages() {
  const menu = element("language");
  menu.replaceChildren(...Object.entries(languages).map(([tag, name]) =>
    make("option", { value: tag, lang: tag, selected: tag === document.documentElement.lang }, name)));
  menu.addEventListener("change", () => speak(menu.value).catch(() => (menu.value = document.documentElement.lang)));
}

const withChosen = (act) => () => (chosen() ? void act() : false);

async function start() {
  const details = fetch("/api/model", { credentials: "omit" }).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
  results.results.onChoose = showActions;
  results.results.onOpen = view;
  source.onChange = form.summarise;
  source.onPaint = paint;
  source.onProblem = fail;
  onSpeak(() => showActions(chosen()));

  form.wireForm();
  wireSource();
  element("request").noValidate = true;
  element("request").addEventListener("submit", (event) => {
    event.preventDefault();
    create();
  });
  element("cancel").addEventListener("click", () => {
    making.cancel();
    element("prompt").focus();
  });
  element("forget").addEventListener("click", forget);
  element("help").addEventListener("click", showShortcuts);
  element("save-all").addEventListener("click", () => saving.saveAll(results.results.all).then(() => say(t("saved"))));
  element("understood").addEventListener("click", () => {
    element("notice").hidden = true;
    element("prompt").focus();
  });
  document.querySelector(".brand").addEventListener("click", (event) => {
    if (!results.results.all.length && form.isBlank()) return;
    event.preventDefault(); // the same page anew would lose what is there
    scrollTo({ top: 0 });
    element("prompt").focus();
  });
  listen({
    Escape: making.cancel, "?": () => void showShortcuts(), "/": () => element("prompt").focus(), s: withChosen(() => save("png")),
    c: withChosen(() => saving.canCopy() && copy()), v: withChosen(vary), g: withChosen(() => enlarge()), e: withChosen(edit), u: withChosen(use), r: withChosen(sameAgain),
    x: () => (chosen() && comparable() ? void compareChosen() : false), f: withChosen(view), Delete: withChosen(removeChosen),
    d: form.rollSeed, l: () => void form.toggleLock(),
    ArrowLeft: withChosen(() => results.step(document.dir === "rtl" ? -1 : 1)),
    ArrowRight: withChosen(() => results.step(document.dir === "rtl" ? 1 : -1)),
  });
  addEventListener("pagehide", forget);

  for (const part of document.querySelectorAll(".live")) part.hidden = false;
  await speak(preferred()).catch(() => {});
  offerLanguages();
  source.limits = await details;
  if (source.limits) form.offer(source.limits);
  document.body.dataset.state ??= "empty";
}

start();
