// The page's behaviour. Nothing is stored: settings and pictures live in this document and go with it.

const element = (id) => document.getElementById(id);
const form = element("request");
const prompt = element("prompt");
const seed = element("seed");
const pictures = element("pictures");
const status = element("status");

let running = null; // the AbortController of the request on its way
let addresses = []; // blob: addresses of the pictures shown

for (const id of ["suggestions", "dice"]) element(id).hidden = false;

element("suggestions").addEventListener("click", (event) => {
  const suggestion = event.target.closest("button");
  if (!suggestion) return;
  prompt.value = suggestion.textContent;
  form.requestSubmit();
});

element("dice").addEventListener("click", () => {
  seed.value = crypto.getRandomValues(new Uint32Array(1))[0];
});

prompt.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") running?.abort();
});
element("cancel").addEventListener("click", () => running?.abort());

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!running) create();
});

addEventListener("pagehide", forgetPictures);

async function create() {
  running = new AbortController();
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
  const clock = setInterval(() => showElapsed(seconds()), 100);
  showElapsed("0.0");
  show("working");
  status.textContent = "Drawing…";
  try {
    const answer = await request(running.signal);
    forgetPictures();
    pictures.dataset.count = answer.data.length;
    pictures.replaceChildren(...answer.data.map((picture) => figure(picture, answer)));
    const what = answer.data.length === 1 ? "1 picture" : `${answer.data.length} pictures`;
    status.textContent = `${what} in ${seconds()} s`;
    show("pictures");
  } catch (error) {
    const cancelled = error.name === "AbortError";
    status.textContent = cancelled ? "Cancelled." : "";
    element("problem").textContent = cancelled ? "" : explain(error);
    show(pictures.childElementCount ? "pictures" : "empty", !cancelled);
  } finally {
    clearInterval(clock);
    running = null;
    element("create").disabled = false;
  }
}

async function request(signal) {
  const fields = new FormData(form);
  const text = (name) => fields.get(name)?.trim() || undefined;
  const number = (name) => (text(name) === undefined ? undefined : Number(text(name)));
  const response = await fetch("/v1/images/generations", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    credentials: "omit",
    cache: "no-store",
    signal,
    body: JSON.stringify({
      model: form.dataset.model,
      prompt: fields.get("prompt"),
      negative_prompt: text("negative_prompt"),
      n: number("n"),
      size: text("size"),
      seed: number("seed"),
      steps: number("steps"),
      guidance_scale: number("guidance_scale"),
      response_format: "b64_json",
    }),
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Problem(answer?.error?.message);
  if (!answer) throw new Problem("The server’s answer could not be read.");
  return answer;
}

class Problem extends Error {}

function explain(error) {
  if (error instanceof Problem) return error.message || "The server could not make this picture.";
  return "The server cannot be reached. Is it still running?";
}

function figure(picture, answer) {
  const bytes = Uint8Array.from(atob(picture.b64_json), (character) => character.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: `image/${answer.output_format}` }));
  addresses.push(address);
  const [width, height] = answer.size.split("x").map(Number);

  const image = new Image(width, height);
  image.alt = "The generated picture";
  image.src = address;

  const facts = document.createElement("span");
  facts.className = "facts";
  facts.textContent = `${width} × ${height} · seed ${picture.seed}`;

  const download = document.createElement("a");
  download.className = "quiet";
  download.href = address;
  download.download = `mystarion-${picture.seed}.${answer.output_format}`;
  download.textContent = "Download";

  const keep = document.createElement("button");
  keep.type = "button";
  keep.className = "quiet";
  keep.textContent = "Keep this seed";
  keep.addEventListener("click", () => {
    seed.value = picture.seed;
    status.textContent = `Seed ${picture.seed} is set for the next picture.`;
  });

  const caption = document.createElement("figcaption");
  caption.append(facts, download, keep);
  const result = document.createElement("figure");
  result.append(image, caption);
  return result;
}

function forgetPictures() {
  for (const address of addresses) URL.revokeObjectURL(address);
  addresses = [];
  pictures.replaceChildren();
}

function showElapsed(seconds) {
  element("elapsed").textContent = `Drawing… ${seconds} s`;
}

// Shows one of the stage's parts, and the problem when there is one.
function show(part, withProblem = false) {
  for (const id of ["empty", "working", "pictures"]) element(id).hidden = id !== part;
  element("problem").hidden = !withProblem;
  element("create").disabled = part === "working";
  if (withProblem) element("empty").hidden = true;
}
