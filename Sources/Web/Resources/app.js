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
  let doing = "Sending";
  let left; // about so many seconds, when the server knows
  const clock = setInterval(() => {
    const rest = left > 0.5 ? ` · about ${Math.ceil(left)} s left` : "";
    element("elapsed").textContent = `${doing} · ${seconds()} s${rest}`;
  }, 100);
  element("elapsed").textContent = doing;
  element("progress").removeAttribute("value");
  status.textContent = "Working on it…";
  show("working");
  element("stage").scrollIntoView({ block: "nearest", behavior: "smooth" });

  const finished = [];
  try {
    for await (const { name, data } of events(running.signal)) {
      if (name === "queued") {
        doing = data.position > 0 ? `${data.position} before you` : "Starting";
        left = data.seconds;
      } else if (name === "progress") {
        doing = `Step ${data.completed} of ${data.total}`;
        left = data.seconds;
        element("progress").value = data.completed / data.total;
      } else if (name === "preview") {
        showPreview(data);
      } else if (name === "image") {
        finished.push(data);
      } else if (name === "error") {
        throw new Problem(data.detail);
      }
    }
    if (!finished.length) throw new Problem("The server ended without a picture.");
    forgetPictures();
    finished.sort((one, other) => one.index - other.index);
    pictures.dataset.count = finished.length;
    pictures.replaceChildren(...finished.map(figure));
    status.textContent = `${finished.length === 1 ? "1 picture" : `${finished.length} pictures`} in ${seconds()} s`;
    show("pictures");
  } catch (error) {
    const cancelled = error.name === "AbortError";
    status.textContent = cancelled ? "Cancelled." : "";
    element("problem").textContent = cancelled ? "" : explain(error);
    show(pictures.childElementCount ? "pictures" : "empty", !cancelled);
  } finally {
    clearInterval(clock);
    showPreview(null);
    running = null;
    element("create").disabled = false;
  }
}

// What happens to the request, as the server tells it (server-sent events).
async function* events(signal) {
  const fields = new FormData(form);
  const text = (name) => fields.get(name)?.trim() || undefined;
  const number = (name) => (text(name) === undefined ? undefined : Number(text(name)));
  const response = await fetch("/api/pictures", {
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
      previews: 10,
      seed: number("seed"),
      steps: number("steps"),
      guidance_scale: number("guidance_scale"),
    }),
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => null);
    throw new Problem(problem?.detail);
  }
  let pending = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    pending += value;
    const blocks = pending.split("\n\n");
    pending = blocks.pop();
    for (const block of blocks) {
      if (block.startsWith(":")) continue; // a comment, sent to keep the connection
      const [event, data] = block.split("\n");
      yield { name: event.slice("event: ".length), data: JSON.parse(data.slice("data: ".length)) };
    }
  }
}

// Shows how a picture looks by now, or nothing.
function showPreview(preview) {
  const image = element("preview");
  image.hidden = !preview;
  if (preview) image.src = `data:image/${preview.format};base64,${preview.b64}`;
  else image.removeAttribute("src");
}

class Problem extends Error {}

function explain(error) {
  if (error instanceof Problem) return error.message || "The server could not make this picture.";
  return "The server cannot be reached. Is it still running?";
}

function figure({ b64, format, width, height, seed: used }) {
  const bytes = Uint8Array.from(atob(b64), (character) => character.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: `image/${format}` }));
  addresses.push(address);

  const image = new Image(width, height);
  image.alt = "The generated picture";
  image.src = address;

  const facts = document.createElement("span");
  facts.className = "facts";
  facts.textContent = `${width} × ${height} · seed ${used}`;

  const download = document.createElement("a");
  download.className = "quiet";
  download.href = address;
  download.download = `mystarion-${used}.${format}`;
  download.textContent = "Download";

  const keep = document.createElement("button");
  keep.type = "button";
  keep.className = "quiet";
  keep.textContent = "Keep this seed";
  keep.addEventListener("click", () => {
    seed.value = used;
    status.textContent = `Seed ${used} is set for the next picture.`;
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

// Shows one of the stage's parts, and the problem when there is one.
function show(part, withProblem = false) {
  for (const id of ["empty", "working", "pictures"]) element(id).hidden = id !== part;
  element("problem").hidden = !withProblem;
  element("create").disabled = part === "working";
  if (withProblem) element("empty").hidden = true;
}
