// Pictures on their way to whoever made them: as a file, to the clipboard, to another program, all as one file.

import { blobOf, canvas, make } from "./dom.js";
import { markJPEG, markOf, markWebP } from "./marks.js";
import { zip } from "./zip.js";

const suffix = { png: "png", jpeg: "jpg", webp: "webp" };
const nameOf = (result, kind) => `mystarion-${result.seed}.${suffix[kind]}`;

// PNG is the server's own file; the others are encoded here, with the server's mark copied over.
export async function fileOf(result, kind) {
  if (kind === "png") return result.blob;
  const png = new Uint8Array(await result.blob.arrayBuffer());
  const picture = await createImageBitmap(result.blob);
  const drawn = canvas(picture.width, picture.height);
  const brush = drawn.getContext("2d");
  if (kind === "jpeg") {
    brush.fillStyle = "#fff"; // a JPEG cannot be transparent
    brush.fillRect(0, 0, drawn.width, drawn.height);
  }
  brush.drawImage(picture, 0, 0);
  picture.close();
  const type = `image/${kind}`;
  const bytes = new Uint8Array(await (await blobOf(drawn, type, 0.95)).arrayBuffer());
  const mark = markOf(png);
  if (!mark) return new Blob([bytes], { type });
  return new Blob(kind === "jpeg" ? markJPEG(bytes, mark) : markWebP(bytes, mark, drawn.width, drawn.height), { type });
}

function download(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export const save = async (result, kind) => download(await fileOf(result, kind), nameOf(result, kind));

export async function saveAll(all) {
  const known = new Map();
  const files = await Promise.all(all.map(async (result) => {
    const times = (known.get(result.seed) ?? 0) + 1;
    known.set(result.seed, times);
    const name = times > 1 ? `mystarion-${result.seed}-${times}.png` : nameOf(result, "png");
    return { name, bytes: new Uint8Array(await result.blob.arrayBuffer()) };
  }));
  download(zip(files), "mystarion.zip");
}

export const canCopy = () => Boolean(navigator.clipboard?.write && window.ClipboardItem);

export const copy = (result) => navigator.clipboard.write([new ClipboardItem({ "image/png": result.blob })]);

const shareable = (result) => ({ files: [new File([result.blob], nameOf(result, "png"), { type: "image/png" })] });

export const canShare = (result) => Boolean(navigator.canShare?.(shareable(result)));

export const share = (result) => navigator.share(shareable(result)).catch((error) => {
  if (error.name !== "AbortError") throw error;
});
