// Asks the service, and says what went wrong in words for a person.
import { byId } from "./nodes.js";

const AWAY = "The service did not answer. If it slept, it needs up to a minute: ask again then.";

function secondsUntil(retryAfter) {
  if (!retryAfter) return null;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : null;
}

// What kept the service from answering; `problem` is its application/problem+json.
export class Trouble extends Error {
  constructor(problem, retryAfter = null) {
    const fields = (problem.errors || []).map(({ field, message }) => `${field}: ${message}`);
    super([problem.detail || problem.title, ...fields].filter(Boolean).join(" "));
    this.status = problem.status || 0;
    this.requestId = problem.request_id || "";
    this.seconds = secondsUntil(retryAfter);
  }
}

async function troubleOf(response) {
  let problem = {};
  try {
    problem = await response.json();
  } catch {
    // Something between here and the service answered, and it is not JSON: the status has to do.
  }
  const told = { title: `The service answered ${response.status}.`, status: response.status, ...problem };
  return new Trouble(told, response.headers.get("Retry-After"));
}

// A header carries bytes; this way a key of any signs arrives as the UTF-8 that it is compared as.
function asHeader(text) {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

async function ask(path, options) {
  const key = byId("api-key")?.value;
  if (key) options.headers["X-API-Key"] = asHeader(key);
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    throw error.name === "AbortError" ? error : new Trouble({ detail: AWAY });
  }
  if (!response.ok) throw await troubleOf(response);
  return response;
}

export function get(path) {
  return ask(path, { headers: {} });
}

export function post(path, body, signal) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}
