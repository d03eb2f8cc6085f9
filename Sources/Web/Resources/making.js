// One request from its start to its end, whichever that is: pictures, a cancel, or a problem with a way out.

import { button, element, say } from "./dom.js";
import { remember } from "./form.js";
import { count, onSpeak, seconds, t } from "./locale.js";
import { explain, Lost, patience, waitOf } from "./problems.js";
import { ask, rest } from "./request.js";
import * as results from "./results.js";

// Problems after which the same may well be made.
const remediable = [
  "lost", "offline", "unreachable", "server_error", "timed_out", "shutting_down", "cancelled", "queue_full", "rate_limit_exceeded",
];

let running = null; // the AbortController of the request on its way
let retry = null; // what makes the order of a problem again
let told = null; // the problem that is shown

export const isWorking = () => running !== null;

export function cancel() {
  running?.abort();
}

// Makes an order's pictures; when the server is full or restarted it waits and tries again by itself, a number of times.
export async function create(order) {
  if (running) return;
  running = new AbortController();
  const { signal } = running;
  retry = told = null;
  settle("working");
  say(t("working"));
  reveal();
  const places = results.expect(order.n, order);
  const done = new Set();
  let problem = null;
  let tries = 0; // in a row, without a picture
  let passing = null; // what the last of them was refused for
  try {
    while (done.size < order.n) {
      const had = done.size;
      try {
        await attempt(order, done, places, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        const wait = waitOf(error, passing?.code);
        tries = done.size > had ? 1 : tries + 1;
        if (wait === undefined || tries > patience) throw error;
        // Of a server that is restarted it is said until it answers.
        if (error.code !== "unreachable" && error.code !== "lost") passing = error;
        await pause(wait, explain(passing).sentence, signal);
      }
    }
  } catch (error) {
    problem = signal.aborted ? null : error;
  }
  const made = places.end();
  const cancelled = signal.aborted;
  running = null;
  const from = firstMissing(done);
  if (problem) trouble(problem, () => create(rest(order, from)), order);
  else settle(made.length || results.results.all.length ? "pictures" : "empty");
  if (made.length) remember(made.at(-1).seed);
  if (cancelled) say(t("cancelled"));
  else if (!problem) say(`${count("made", made.length)} ${t("in", { time: seconds(made.at(-1).time ?? 0, 1) })}`);
}

function firstMissing(done) {
  let index = 0;
  while (done.has(index)) index++;
  return index;
}

// Asks for the pictures that are not there yet: a broken request goes on where it broke, with the same seeds.
async function attempt(order, done, places, signal) {
  const started = performance.now();
  const from = firstMissing(done);
  const clock = showTime(started);
  try {
    for await (const { name, data } of ask(rest(order, from), signal)) {
      if (name === "queued") {
        clock.says = () => (data.position > 0 ? count("before", data.position) : t("starting"));
        clock.left = data.seconds;
        if (data.position > 0) say(count("before", data.position));
      } else if (name === "progress") {
        clock.says = () => t("step", { step: data.completed, steps: data.total });
        clock.left = data.seconds;
        element("progress").value = data.completed / data.total;
      } else if (name === "preview") {
        places.preview(from + data.index, data);
      } else if (name === "image") {
        const index = from + data.index;
        if (done.has(index)) continue;
        places.finish(index, data, order);
        done.add(index);
        results.results.all.at(-1).time = (performance.now() - started) / 1000;
        if (order.n > 1 && done.size < order.n) say(t("ready", { done: done.size, all: order.n }));
      }
    }
  } finally {
    clock.stop();
  }
}

// Tells, ten times a second, what happens and how long it took and will take.
function showTime(started) {
  const clock = { says: () => t("sending"), left: undefined };
  element("progress").removeAttribute("value");
  const tell = () => {
    const past = seconds((performance.now() - started) / 1000, 1);
    const left = clock.left > 0.5 ? t("left", { time: seconds(Math.ceil(clock.left)) }) : null;
    element("elapsed").textContent = [clock.says(), past, left].filter(Boolean).join(" · ");
  };
  const timer = setInterval(tell, 100);
  tell();
  clock.stop = () => clearInterval(timer);
  return clock;
}

// Waits before it is tried again, and says so; ends at once when the signal does.
async function pause(wait, sentence, signal) {
  element("progress").removeAttribute("value");
  say(`${sentence} ${t("retryIn", { time: seconds(wait) })}`);
  for (let left = wait; left > 0; left--) {
    element("elapsed").textContent = `${sentence} ${t("retryIn", { time: seconds(left) })}`;
    await new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, 1000);
      signal.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
    });
  }
}

// Tells of a problem, with what can be done about it.
export function trouble(problem, again, order) {
  told = [problem, again, order];
  const { sentence, detail } = explain(problem);
  const text = element("problem");
  text.replaceChildren(sentence);
  if (detail) {
    const said = document.createElement("span");
    said.className = "detail";
    said.lang = "en";
    said.textContent = detail;
    text.append(said);
  }
  const ways = [];
  if (again && remediable.includes(problem.code)) {
    retry = again;
    ways.push(button("again", t(order ? "trySameSeed" : "tryAgain"), () => retry?.()));
  }
  ways.push(button("edit", t("changePrompt"), () => element("prompt").focus()));
  element("remedies").replaceChildren(...ways);
  settle(results.results.all.length ? "pictures" : "nothing", true);
  say("");
  reveal();
}

// Brings the stage to where it can be seen, which on a phone it is not.
function reveal() {
  const { top } = element("stage").getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) element("stage").scrollIntoView();
}

onSpeak(() => document.body.dataset.state === "trouble" && told && trouble(...told));

// As soon as the network is back, what it kept from being made is made.
addEventListener("online", () => {
  if (!running && told?.[0] instanceof Lost) retry?.();
});

export function forgetMaking() {
  cancel();
  retry = told = null;
  element("problem").replaceChildren();
  element("remedies").replaceChildren();
  settle("empty");
}

// Shows what belongs to a state: empty, working, pictures, or nothing but a problem.
function settle(state, isTrouble = false) {
  document.body.dataset.state = isTrouble ? "trouble" : state;
  element("empty").hidden = state !== "empty";
  element("working").hidden = state !== "working";
  element("trouble").hidden = element("problem").hidden = !isTrouble;
  if (state !== "working") element("elapsed").textContent = "";
  element("create").disabled = state === "working";
}
