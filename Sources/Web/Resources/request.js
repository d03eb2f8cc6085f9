// What is asked of the server, and how its answer comes in.

import { events } from "./events.js";
import { Lost, Problem } from "./problems.js";

export const newSeed = () => crypto.getRandomValues(new Uint32Array(1))[0];

// What is left of an order when its first pictures are there: each picture has a seed of its own, or with a variation a
// variation seed of its own.
export const rest = (order, from) => ({
  ...order, n: order.n - from,
  ...(order.variationSeed === undefined ? { seed: order.seed + from } : { variationSeed: order.variationSeed + from }),
});

// The prompt as it is sent: in the style's words, if one was chosen.
export const worded = (order) => (order.style ? order.style.prompt.replace("{prompt}", () => order.prompt) : order.prompt);

// An order to enlarge a picture, which draws nothing.
const enlargement = ({ image, scale }) => JSON.stringify({ image, scale });

function body(order) {
  if (order.scale) return enlargement(order);
  const negative = [order.negative, order.style?.negative_prompt].filter(Boolean).join(", ");
  const painted = order.image && order.mask;
  return JSON.stringify({
    model: order.model,
    prompt: worded(order),
    negative_prompt: negative || undefined,
    n: order.n,
    width: order.width,
    height: order.height,
    previews: 10,
    seed: order.seed,
    variation_seed: order.variationSeed,
    variation_strength: order.variationStrength,
    steps: order.steps,
    guidance_scale: order.guidance,
    sampler: order.sampler,
    background: order.background,
    image: order.image,
    strength: order.image ? order.strength : undefined,
    mask: painted ? order.mask : undefined,
    mask_blur: painted ? order.maskBlur : undefined,
    mask_padding: painted && order.onlyMasked ? 32 : undefined,
  });
}

// What happens to an order: `begun` when the server has taken it, then its own events up to `done`.
export async function* ask(order, signal) {
  let begun = false;
  let done = false;
  try {
    const response = await fetch(order.scale ? "/api/upscale" : "/api/pictures", {
      method: "POST", headers: { "Content-Type": "application/json" }, credentials: "omit", cache: "no-store",
      redirect: "error", signal, body: body(order),
    });
    if (!response.ok) throw new Problem(await response.json().catch(() => null), response.status);
    begun = true;
    for await (const event of events(response.body)) {
      if (event.name === "error") throw new Problem(event.data);
      done ||= event.name === "done";
      yield event;
    }
  } catch (error) {
    if (error instanceof Problem || error.name === "AbortError") throw error;
    throw new Lost(begun);
  }
  if (!done) throw new Lost(true);
}
