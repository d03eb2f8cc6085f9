// The document's elements, by name and new. Text goes in as text, never as markup.

export const element = (id) => document.getElementById(id);

export function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role" || name === "for") made.setAttribute(name, value);
    else if (name === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else if (value !== undefined) made[name] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const drawing = document.querySelector("svg").namespaceURI;

export function icon(name) {
  const picture = document.createElementNS(drawing, "svg");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(drawing, "use");
  use.setAttribute("href", `#i-${name}`);
  picture.append(use);
  return picture;
}

// A button with a drawing and a word.
export function button(name, word, act, properties = {}) {
  return make("button", { type: "button", className: "quiet", on: { click: act }, ...properties }, icon(name), make("span", {}, word));
}

// Tells everyone, and those who listen instead of looking, what happened.
export function say(text) {
  element("status").textContent = text;
}

export const canvas = (width, height) => Object.assign(document.createElement("canvas"), { width, height });

export const blobOf = (drawn, type = "image/png", quality) =>
  new Promise((resolve, reject) =>
    drawn.toBlob((blob) => (blob?.type === type ? resolve(blob) : reject(new Error("unsupported"))), type, quality));

// The text that a request carries bytes as.
export async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(text);
}

export const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
