// The mask editor: paints over the part of a picture that is to be drawn anew. With a mouse, a pen, a finger, or the
// arrow keys and Space. Strokes are kept as points and drawn again, which is what undoing is made of.

import { openDialog } from "./dialogs.js";
import { button, canvas, make, say } from "./dom.js";
import { percent, t } from "./locale.js";

// Draws what was done onto a canvas: white where it was painted, black elsewhere.
function draw(brush, deeds, scale, paint, ground) {
  const { width, height } = brush.canvas;
  const wipe = (color) => {
    brush.globalCompositeOperation = "source-over";
    brush.clearRect(0, 0, width, height);
    if (color) {
      brush.fillStyle = color;
      brush.fillRect(0, 0, width, height);
    }
  };
  wipe(ground);
  for (const deed of deeds) {
    if (deed.kind === "clear") wipe(ground);
    else if (deed.kind === "invert") invert(brush, paint, ground);
    else {
      brush.globalCompositeOperation = deed.erases && !ground ? "destination-out" : "source-over";
      brush.strokeStyle = deed.erases && ground ? ground : paint;
      brush.lineWidth = deed.size * scale;
      brush.lineCap = brush.lineJoin = "round";
      brush.beginPath();
      for (const [x, y] of deed.points) brush.lineTo(x * scale, y * scale);
      if (deed.points.length === 1) brush.lineTo(deed.points[0][0] * scale + 0.01, deed.points[0][1] * scale);
      brush.stroke();
    }
  }
}

function invert(brush, paint, ground) {
  const { width, height } = brush.canvas;
  if (ground) {
    brush.globalCompositeOperation = "difference"; // white on black
    brush.fillStyle = "#fff";
  } else {
    brush.globalCompositeOperation = "source-out"; // paint on nothing
    brush.fillStyle = paint;
  }
  brush.fillRect(0, 0, width, height);
}

// Opens the editor above a picture; gives the deeds and the mask as a canvas, or null when it is closed without one.
export async function paintMask(picture, deeds = []) {
  let past = [...deeds];
  let future = [];
  let stroke = null;
  let erases = false;
  let size = Math.round(Math.max(picture.width, picture.height) / 6);
  let cursor = [picture.width / 2, picture.height / 2];
  let held = false; // whether Space is
  let outcome = null;

  // Fine enough for a smooth edge on the screen, whatever the picture's own size.
  const fine = Math.max(1, 768 / Math.max(picture.width, picture.height));
  const layer = canvas(Math.round(picture.width * fine), Math.round(picture.height * fine));
  layer.className = "layer";
  layer.tabIndex = 0;
  layer.setAttribute("role", "application");
  layer.ariaLabel = t("maskCanvas");
  layer.setAttribute("aria-describedby", "mask-help");
  const ring = make("span", { className: "ring", "aria-hidden": "true" });
  const board = make("div", { className: "board" }, make("img", { alt: "", src: picture.address }), layer, ring);
  board.style.setProperty("--ratio", picture.width / picture.height);
  const brush = layer.getContext("2d");

  const redraw = () => {
    draw(brush, stroke ? [...past, stroke] : past, fine, "#5b2eff", null);
    undoing.disabled = !past.length;
    redoing.disabled = !future.length;
  };
  const showRing = () => {
    const scale = layer.clientWidth / picture.width || 1;
    ring.style.setProperty("--size", `${size * scale}px`);
    ring.style.translate = `${cursor[0] * scale}px ${cursor[1] * scale}px`;
    ring.classList.toggle("erasing", erases);
  };
  const act = (deed) => {
    past.push(deed);
    future = [];
    redraw();
  };
  const begin = () => (stroke = { kind: "stroke", erases, size, points: [[...cursor]] });
  const finish = () => {
    if (stroke) act(stroke);
    stroke = null;
    redraw();
  };
  const undo = () => {
    if (past.length) future.push(past.pop());
    redraw();
  };
  const redo = () => {
    if (future.length) past.push(future.pop());
    redraw();
  };
  const resize = (to) => {
    size = Math.min(Math.max(1, Math.round(to)), Math.max(picture.width, picture.height));
    slider.value = size;
    showRing();
  };
  const setErases = (value) => {
    erases = value;
    erasing.ariaPressed = String(erases);
    say(t(erases ? "erasing" : "painting"));
    showRing();
  };

  const at = (event) => {
    const box = layer.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * picture.width, ((event.clientY - box.top) / box.height) * picture.height];
  };
  layer.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    layer.setPointerCapture(event.pointerId);
    cursor = at(event);
    begin();
    redraw();
    showRing();
  });
  layer.addEventListener("pointermove", (event) => {
    for (const move of event.getCoalescedEvents?.() ?? [event]) {
      cursor = at(move);
      stroke?.points.push([...cursor]);
    }
    if (stroke) redraw();
    showRing();
  });
  for (const end of ["pointerup", "pointercancel"]) layer.addEventListener(end, finish);
  layer.addEventListener("keydown", (event) => {
    const step = Math.max(picture.width, picture.height) / (event.shiftKey ? 8 : 32);
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (move) {
      cursor = [
        Math.min(Math.max(0, cursor[0] + move[0] * step), picture.width),
        Math.min(Math.max(0, cursor[1] + move[1] * step), picture.height),
      ];
      stroke?.points.push([...cursor]);
      say(t("cursorAt", { x: percent(cursor[0] / picture.width), y: percent(cursor[1] / picture.height) }));
    } else if (event.key === " ") {
      if (!held) begin();
      held = true;
    } else if (event.key === "[" || event.key === "]") {
      resize(size * (event.key === "[" ? 0.8 : 1.25));
    } else return;
    event.preventDefault();
    redraw();
    showRing();
  });
  layer.addEventListener("keyup", (event) => {
    if (event.key !== " ") return;
    held = false;
    finish();
  });

  const slider = make("input", {
    type: "range", min: "1", max: `${Math.max(picture.width, picture.height)}`, value: `${size}`, id: "brush-size",
    on: { input: () => resize(Number(slider.value)) },
  });
  const erasing = button("remove", t("erase"), () => setErases(!erases), { "aria-pressed": "false" });
  const undoing = button("undo", t("undo"), undo, { "aria-keyshortcuts": "Control+Z" });
  const redoing = button("redo", t("redo"), redo, { "aria-keyshortcuts": "Control+Y" });
  const tools = make("div", { className: "tools", role: "group", "aria-label": t("maskTools") },
    make("label", { className: "size" }, make("span", {}, t("brushSize")), slider), erasing, undoing, redoing,
    button("vary", t("invert"), () => act({ kind: "invert" })), button("forget", t("clear"), () => act({ kind: "clear" })));
  const { dialog, closed, close } = openDialog("mask", t("maskTitle"), make("p", { id: "mask-help", className: "hint" }, t("maskHelp")),
    board, tools, make("footer", { className: "buttons" },
      make("button", { type: "button", className: "primary", on: { click: () => {
        outcome = isPainted();
        if (outcome) close();
        else say(t("maskEmpty"));
      } } }, t("maskDone"))));
  dialog.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) {
      if (event.key.toLowerCase() === "e" && !event.altKey) setErases(!erases);
      return;
    }
    const key = event.key.toLowerCase();
    if (key === "z") event.shiftKey ? redo() : undo();
    else if (key === "y") redo();
    else return;
    event.preventDefault();
  });

  // The mask at the picture's own size; null when nothing of it is white.
  function isPainted() {
    const mask = canvas(picture.width, picture.height);
    const ink = mask.getContext("2d", { willReadFrequently: true });
    draw(ink, past, 1, "#fff", "#000");
    return ink.getImageData(0, 0, mask.width, mask.height).data.some((value, index) => index % 4 === 0 && value > 127) ? { canvas: mask, deeds: past } : null;
  }

  redraw();
  layer.focus();
  showRing();
  const watch = new ResizeObserver(showRing);
  watch.observe(layer);
  await closed;
  watch.disconnect();
  layer.width = layer.height = 0;
  return outcome;
}
