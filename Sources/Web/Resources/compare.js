// Two pictures above each other, with a slider between them, and one picture as large as the window.

import { openDialog } from "./dialogs.js";
import { element, icon, make } from "./dom.js";
import { percent, t } from "./locale.js";
import { results, step } from "./results.js";

const facts = (result) => `${t("seed")} ${result.seed}`;

export function compare(one, other) {
  const below = make("img", { className: "below", alt: "", src: one.address });
  const above = make("img", { className: "above", alt: "", src: other.address });
  const slider = make("input", { type: "range", min: "0", max: "100", value: "50", "aria-label": t("compareSlider") });
  const frame = make("div", { className: "frame" }, below, above, make("span", { className: "divider" }), slider);
  frame.style.setProperty("--ratio", `${one.width} / ${one.height}`);
  const left = make("span", {}, facts(one));
  const right = make("span", {}, facts(other));
  const move = () => {
    frame.style.setProperty("--at", `${slider.value}%`);
    slider.ariaValueText = percent(slider.value / 100);
  };
  slider.addEventListener("input", move);
  move();
  const others = results.all.filter((result) => result !== one).map((result) =>
    make("button", {
      type: "button", "aria-label": `${t("compareWith")} ${result.order.prompt}, ${facts(result)}`, "aria-pressed": String(result === other),
      on: {
        click: (event) => {
          above.src = result.address;
          right.textContent = facts(result);
          for (const pick of event.currentTarget.parentNode.children) pick.ariaPressed = String(pick === event.currentTarget);
        },
      },
    }, make("img", { alt: "", src: result.address })));
  const { closed } = openDialog("compare", t("compare"), frame, make("p", { className: "ends" }, left, right),
    make("div", { className: "strip", role: "group", "aria-label": t("compareWith") }, ...others));
  slider.focus();
  return closed;
}

export function view() {
  const image = make("img", { className: "large" });
  const caption = make("p", { className: "facts" });
  const turn = (by, drawing, word) => make("button", {
    type: "button", className: `round ${drawing}`, "aria-label": word, on: { click: () => { step(by); show(); } },
  }, icon("chevron"));
  const buttons = [turn(-1, "previous", t("previous")), turn(1, "next", t("next"))];
  const show = () => {
    const { chosen, all } = results;
    image.src = chosen.address;
    image.alt = t("pictureOf", { prompt: chosen.order.prompt });
    image.style.setProperty("--ratio", chosen.width / chosen.height);
    caption.textContent = `${chosen.order.prompt} · ${facts(chosen)}`;
    buttons[0].disabled = all[0] === chosen;
    buttons[1].disabled = all.at(-1) === chosen;
  };
  const { dialog, closed } = openDialog("view", t("view"), make("div", { className: "turning" }, buttons[0], image, buttons[1]), caption);
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    step(element("stage").matches(":dir(rtl)") ? -by : by);
    show();
  });
  show();
  return closed;
}
