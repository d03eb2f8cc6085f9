// What can go wrong, and what to say and do then.

import { t } from "./locale.js";

// The server's own answer that something cannot be done (RFC 9457), or an answer that is not its own.
export class Problem extends Error {
  constructor(details, status) {
    super(details?.detail ?? "");
    this.code = details?.code ?? (status === 502 || status === 504 ? "unreachable" : "server_error");
    this.wait = details?.retry_after;
  }
}

// The connection broke: before anything came, or in the middle.
export class Lost extends Error {
  constructor(begun) {
    super();
    this.code = begun ? "lost" : navigator.onLine ? "unreachable" : "offline";
  }
}

// The codes by which the server says that what was asked for is wrong.
const mistakes = [
  "invalid_value", "invalid_type", "invalid_json", "invalid_form", "invalid_http", "missing_required_parameter",
  "unknown_parameter", "unsupported_value", "model_not_found",
];

const sentences = {
  rate_limit_exceeded: "problem.rate", queue_full: "problem.full", shutting_down: "problem.stopping", cancelled: "problem.stopping",
  content_policy_violation: "problem.refused", too_large: "problem.tooLarge", body_too_large: "problem.tooLarge",
  timed_out: "problem.timedOut", server_error: "problem.failed", lost: "problem.lost", offline: "problem.offline",
  unreachable: "problem.unreachable", picture: "problem.picture", pictureSize: "problem.pictureSize",
};

// In the reader's language what happened, and the server's own words where they say more.
export function explain(problem) {
  const code = problem.code in sentences ? problem.code : mistakes.includes(problem.code) ? "value" : "server_error";
  const says = code === "value" || code === "content_policy_violation" || code === "too_large";
  return { sentence: t(sentences[code] ?? "problem.value"), detail: says ? problem.message : "" };
}

// How often in a row it is tried again without being asked.
export const patience = 30;

const passing = ["rate_limit_exceeded", "queue_full", "shutting_down", "cancelled"];

// After how many seconds it is worth to try again without being asked; undefined when it is not. While a server is
// restarted (its last word was that it stops) it cannot be reached for a while.
export const waitOf = (problem, before) =>
  passing.includes(problem.code) ? Math.max(1, problem.wait ?? 5)
  : before === "shutting_down" && ["unreachable", "lost"].includes(problem.code) ? 5
  : undefined;
