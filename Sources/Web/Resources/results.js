// The pictures that were made, which live in this tab's memory and go with it: those on the stage, and all in a strip.

import { bytesOf, element, make } from "./dom.js";
import { count, onSpeak, t } from "./locale.js";
import { Problem } from "./problems.js";

const kinds = { png: "image/png", jpeg: "image/jpeg", webp: "image/webp" };
const stage = element("pictures");

export const results = { all: [], chosen: null, onChoose: () => {}, onOpen: () => {} };

let shown = []; // what is on the stage, in its order; null for one that is being made

export function blobFrom({ b64, format }) {
  if (!(format in kinds)) throw new Problem();
  return new Blob([bytesOf(b64)], { type: kinds[format] });
}

// Makes room on the stage for pictures that are to come, and takes them as they do.
export function expect(number, { width, height }) {
  shown = Array(number).fill(null);
  results.chosen = null;
  const slots = shown.map(() => make("figure", { className: "slot waiting" }));
  for (const slot of slots) if (width && height) slot.style.setProperty("--ratio", `${width} / ${height}`);
  stage.dataset.count = number;
  stage.replaceChildren(...slots);
  element("chosen").hidden = true;
  const previews = [];
  const drop = (index) => {
    if (previews[index]) URL.revokeObjectURL(previews[index]);
    previews[index] = null;
  };
  return {
    preview(index, data) {
      if (shown[index] || !slots[index]) return;
      const image = slots[index].querySelector("img") ?? make("img", { className: "preview", alt: "" });
      drop(index);
      previews[index] = image.src = URL.createObjectURL(blobFrom(data));
      if (!image.isConnected) slots[index].replaceChildren(image);
    },
    finish(index, data, order) {
      if (shown[index] || !slots[index]) return;
      drop(index);
      const blob = blobFrom(data);
      const result = {
        blob, address: URL.createObjectURL(blob), width: data.width, height: data.height,
        ...(order.enlarges ? enlarged(order.enlarges) : drawn(order, data)),
      };
      results.all.push(result);
      shown[index] = result;
      fill(slots[index], result);
      showStrip();
    },
    // What did not come gets no place; the rest can be chosen.
    end() {
      slots.forEach((_, index) => drop(index));
      const made = shown.filter(Boolean);
      if (made.length) show(made, made[0]);
      else show(results.all.slice(-1), results.all.at(-1));
      return made;
    },
  };
}

// What is known of a picture that was drawn.
const drawn = (order, data) => ({
  drawn: data.drawn, seed: data.seed, seen: data.expanded_prompt, fromPicture: Boolean(order.image),
  order: {
    ...order, image: undefined, mask: undefined, seed: data.seed, variationSeed: data.variation_seed, width: data.width,
    height: data.height,
  },
});

// What is known of a picture that was enlarged is what was known of it before.
const enlarged = ({ drawn, seed, seen, order, width, height }) => (
  { drawn: drawn ?? { width, height }, seed, seen, order, fromPicture: true });

const name = (result) => t("pictureOf", { prompt: result.order.prompt });

function fill(slot, result) {
  const image = make("img", { alt: name(result), width: result.width, height: result.height, src: result.address });
  const pick = make("button", {
    type: "button", className: "pick", on: { click: () => (result === results.chosen ? results.onOpen(result) : choose(result)) },
  }, image);
  slot.className = "slot";
  slot.style.setProperty("--ratio", `${result.width} / ${result.height}`);
  slot.replaceChildren(pick);
}

// Puts pictures on the stage and chooses one of them.
export function show(some, chosen) {
  shown = some;
  stage.dataset.count = some.length || 1;
  stage.replaceChildren(...some.map((result) => {
    const slot = make("figure");
    fill(slot, result);
    return slot;
  }));
  choose(chosen);
}

export function choose(result) {
  results.chosen = result ?? null;
  const made = shown.filter(Boolean);
  [...stage.querySelectorAll(".pick")].forEach((pick, index) => {
    const isChosen = made[index] === result;
    if (shown.length > 1) pick.ariaPressed = String(isChosen);
    pick.ariaLabel = isChosen ? `${name(made[index])} – ${t("view")}` : name(made[index]);
  });
  showFacts();
  showStrip();
  results.onChoose(results.chosen);
}

// The picture before or after the chosen one, in the order in which they were made.
export function step(by) {
  const at = results.all.indexOf(results.chosen);
  const next = results.all[at + by];
  if (at >= 0 && next) pick(next);
  return next;
}

const pick = (result) => (shown.includes(result) ? choose(result) : show([result], result));

// How a picture's noise was moved away from its seed's own, in words; nothing where it was not.
export const variationOf = ({ variationSeed, variationStrength }) => (variationSeed === undefined ? null
  : t("variation", { seed: `${variationSeed}`, share: Math.round(100 * variationStrength) }));

function showFacts() {
  const result = results.chosen;
  element("chosen").hidden = !result;
  if (!result) return element("facts").replaceChildren();
  const { order } = result;
  element("facts").replaceChildren(
    make("span", { className: "quote", dir: "auto" }, order.prompt),
    ...(result.seen === undefined ? [] : [make("span", { className: "seen", dir: "auto" }, t("readAs", { prompt: result.seen }))]),
    [
      `${result.width} × ${result.height}`,
      result.drawn ? t("drawnAt", { size: `${result.drawn.width} × ${result.drawn.height}` }) : null,
      order.steps ? count("stepCount", order.steps) : null, `${t("seed")} ${result.seed}`, variationOf(order),
    ].filter(Boolean).join(" · "));
}

function showStrip() {
  element("kept").hidden = !results.all.length;
  element("save-all").hidden = results.all.length < 2;
  element("strip").replaceChildren(...results.all.map((result) => {
    const isChosen = result === results.chosen;
    const image = make("img", { alt: "", src: result.address });
    const thumb = make("button", {
      type: "button", "aria-label": `${name(result)}, ${t("seed")} ${result.seed}`, "aria-pressed": String(isChosen),
      on: { click: () => {
        pick(result);
        element("strip").children[results.all.length - 1 - results.all.indexOf(result)]?.firstChild.focus();
      } },
    }, image);
    return make("li", {}, thumb);
  }).reverse());
  const at = element("strip").querySelector('[aria-pressed="true"]');
  if (at) element("strip").scrollLeft = at.offsetLeft - element("strip").clientWidth / 2;
}

export function remove(result) {
  const at = results.all.indexOf(result);
  results.all.splice(at, 1);
  URL.revokeObjectURL(result.address);
  const rest = shown.filter((other) => other !== result);
  const next = rest[0] ?? results.all[Math.min(at, results.all.length - 1)];
  show(rest.length ? rest : next ? [next] : [], next);
}

export function forgetResults() {
  for (const result of results.all) {
    URL.revokeObjectURL(result.address);
    result.blob = result.order = null;
  }
  results.all = [];
  show([], null);
}

onSpeak(() => {
  if (!results.all.length) return;
  const made = shown.filter(Boolean);
  [...stage.querySelectorAll(".pick img")].forEach((image, index) => (image.alt = name(made[index])));
  choose(results.chosen);
});
