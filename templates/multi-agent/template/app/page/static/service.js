// Asks the service, and says what went wrong in words for a person.
import { byId } from "./nodes.js";

const AWAY = "The service did not answer. If it slept, it needs up to a minute: try again then.";

function secondsUntil(retryAfter) {
  if (!retryAfter) return null;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : null;
}

// What kept the service from answering; `problem` is its application/problem+json.
export class Trouble extends Error {
  constructor(problem, retryAfter = null) {
    const fields = (problem.errors || []).map(({ field, message }) => `${field}: ${message}`);
    const seconds = secondsUntil(retryAfter);
    const again = seconds ? `Try again in ${seconds} s.` : "";
    super([problem.detail || problem.title, ...fields, again].filter(Boolean).join(" "));
    this.status = problem.status || 0;
    this.requestId = problem.request_id || "";
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
  const field = byId("api-key");
  field?.removeAttribute("aria-invalid");
  if (field?.value) options.headers["X-API-Key"] = asHeader(field.value);
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Trouble({ detail: AWAY });
  }
  if (!response.ok) throw await troubleOf(response);
  return response.json();
}

export function get(path) {
  return ask(path, { headers: {} });
}

export function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

// Where a key is missing or wrong, leads to the field for it. Returns whether there is one.
export function leadToKey(trouble) {
  const field = byId("api-key");
  if (trouble.status !== 401 || !field) return false;
  field.setAttribute("aria-invalid", "true");
  field.focus();
  return true;
}
