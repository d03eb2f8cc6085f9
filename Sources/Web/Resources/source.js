// The picture to start from. It stays in this document's memory, and goes nowhere but into a request; one that is larger
// than pictures may be is made smaller before.

import { base64, blobOf, canvas, element, make, say } from "./dom.js";
import { onSpeak, t } from "./locale.js";
import { Problem } from "./problems.js";

const most = 64 << 20; // bytes of a file; more would hold up the browser for long

export const source = { current: null, mask: null, limits: null, onChange: () => {}, onProblem: () => {}, onPaint: () => {} };

// The size in which a picture is made anew: its own, or the nearest that may be asked for in its proportions.
export function suitableSize(width, height) {
  const { minimum, maximum } = source.limits?.limits.side ?? { minimum: 64, maximum: 2048 };
  const scale = Math.min(Math.max(1, minimum / Math.min(width, height)), maximum / Math.max(width, height));
  const side = (length) => Math.min(Math.max(Math.round(length * scale), minimum), maximum);
  return [side(width), side(height)];
}

// A file, or a picture that was made here, as a picture of a suitable size.
export async function prepare(blob) {
  if (blob.size > most) throw new Problem({ code: "pictureSize" });
  let picture;
  try {
    picture = await createImageBitmap(blob);
  } catch {
    throw new Problem({ code: "picture" });
  }
  try {
    const [width, height] = suitableSize(picture.width, picture.height);
    const drawn = canvas(width, height);
    const brush = drawn.getContext("2d");
    brush.fillStyle = "#fff"; // what is transparent
    brush.fillRect(0, 0, width, height);
    brush.imageSmoothingQuality = "high";
    // What does not fit the proportions is cut off on both sides, so that nothing is distorted.
    const scale = Math.max(width / picture.width, height / picture.height);
    const [w, h] = [picture.width * scale, picture.height * scale];
    brush.drawImage(picture, (width - w) / 2, (height - h) / 2, w, h);
    return { width, height, blob: await blobOf(drawn) };
  } finally {
    picture.close();
  }
}

export async function attach(blob) {
  try {
    const picture = await prepare(blob);
    detach();
    source.current = { ...picture, address: URL.createObjectURL(picture.blob) };
    show();
    say(t("attached"));
    return true;
  } catch (problem) {
    source.onProblem(problem);
    return false;
  }
}

export function detach() {
  if (source.current) URL.revokeObjectURL(source.current.address);
  source.current = null;
  setMask(null);
  for (const id of ["file", "shot"]) element(id).value = "";
}

export function setMask(mask) {
  if (source.mask) source.mask.canvas.width = source.mask.canvas.height = 0;
  source.mask = mask;
  show();
}

// The parts of a request that are pictures.
export async function pictures() {
  if (!source.current) return {};
  return {
    image: await base64(source.current.blob),
    mask: source.mask ? await base64(await blobOf(source.mask.canvas)) : undefined,
  };
}

function show() {
  const picture = source.current;
  const image = element("source");
  image.hidden = !picture;
  if (picture) image.src = picture.address;
  else image.removeAttribute("src");
  for (const id of ["paint", "detach", "source-settings"]) element(id).hidden = !picture;
  element("shapes").disabled = Boolean(picture);
  element("mask-settings").hidden = !source.mask;
  element("start-value").textContent = picture ? `${picture.width} × ${picture.height}` : "";
  element("attached").hidden = !picture;
  element("attached").replaceChildren(...(picture ? tag(picture) : []));
  source.onChange();
}

// The small picture under the prompt, which shows that one is used even when all else is folded.
function tag(picture) {
  const thumb = new Image();
  thumb.alt = "";
  thumb.src = picture.address;
  return [
    thumb, make("span", {}, t(source.mask ? "usesPart" : "usesPicture")),
    make("button", { type: "button", className: "quiet small", on: { click: source.onPaint } }, t("editPart")),
    make("button", {
      type: "button", className: "quiet small", on: { click: () => { detach(); element("prompt").focus(); } },
    }, t("removePicture")),
  ];
}

const first = (transfer) => [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/"));

function open() {
  element("start").open = true;
}

onSpeak(show);

export function wireSource() {
  element("start").hidden = false;
  element("attach").addEventListener("click", () => element("file").click());
  element("choose").addEventListener("click", () => element("file").click());
  element("camera").addEventListener("click", () => element("shot").click());
  element("detach").addEventListener("click", () => {
    detach();
    element("choose").focus();
  });
  element("paint").addEventListener("click", () => source.onPaint());
  for (const id of ["file", "shot"]) {
    element(id).addEventListener("change", async () => {
      const [file] = element(id).files;
      if (file && (await attach(file))) open();
    });
  }
  addEventListener("paste", (event) => {
    const file = first(event.clipboardData);
    if (!file) return;
    event.preventDefault();
    attach(file).then((done) => done && open());
  });
  let inside = 0;
  const mark = () => document.body.classList.toggle("dropping", inside > 0);
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", (event) => { if (carries(event)) { inside++; mark(); } });
  addEventListener("dragleave", (event) => { if (carries(event)) { inside--; mark(); } });
  addEventListener("dragover", (event) => carries(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    inside = 0;
    mark();
    if (!carries(event)) return;
    event.preventDefault();
    const file = first(event.dataTransfer);
    if (file) attach(file).then((done) => done && open());
    else source.onProblem(new Problem({ code: "picture" }));
  });
}
