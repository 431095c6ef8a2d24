"use strict";

// Sends the form to /predict, says the answer and why, and sends what people think of it.
// Text only ever enters as text, never as HTML.
const REASONS_SHOWN = 4;
const SLOW_MILLISECONDS = 3000;
const byId = (id) => document.getElementById(id);
const form = byId("case");
const answer = byId("answer");
const feedback = byId("feedback");
let predictionId = null;

function element(name, text, className) {
  const node = document.createElement(name);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

function percent(share) {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
}

function valueOf(control) {
  if (control.value === "") return null;
  if (control.dataset.kind === "number") return Number(control.value);
  if (control.dataset.kind === "boolean") return control.value === "true";
  return control.value;
}

async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  const key = byId("api-key");
  if (key && key.value) headers["X-API-Key"] = key.value;
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  return { ok: response.ok, body: await response.json() };
}

function clear() {
  for (const node of form.querySelectorAll(".error")) node.remove();
  for (const node of form.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
  byId("why").hidden = true;
  feedback.hidden = true;
}

function markInvalid(control, message) {
  control.setAttribute("aria-invalid", "true");
  byId(`${control.id}-help`).append(element("strong", message, "error"));
}

function showProblem(problem) {
  const lines = [element("p", problem.detail || problem.title, "error")];
  for (const { field, message } of problem.errors || []) {
    const control = form.elements.namedItem(field);
    if (control) markInvalid(control, message);
    const label = control && control.labels[0] ? control.labels[0].textContent : field;
    lines.push(element("p", `${label}: ${message}`));
  }
  if (problem.status === 401 && byId("api-key")) markInvalid(byId("api-key"), "This key is not the one.");
  lines.push(element("p", `Request ${problem.request_id}`, "help"));
  answer.replaceChildren(...lines);
  const first = form.querySelector("[aria-invalid]");
  if (first) first.focus();
  else answer.scrollIntoView({ block: "nearest" });
}

function decisionLines(prediction) {
  const { yes, no, outcome } = form.dataset;
  const scale = document.createElement("meter");
  scale.min = 0;
  scale.max = 1;
  scale.value = prediction.probability;
  scale.setAttribute("aria-label", `Probability ${percent(prediction.probability)}`);
  const side = prediction.decision ? "reaches" : "is below";
  return [
    element("p", percent(prediction.probability), "output"),
    element("p", `probability of ${outcome}`),
    scale,
    element("p", prediction.decision ? yes : no, "decision"),
    element("p", `It ${side} the threshold of ${percent(prediction.threshold)}.`),
  ];
}

function valueLines(prediction) {
  const shown = prediction.value.toLocaleString("en", { maximumSignificantDigits: 4 });
  return [element("p", shown, "output"), element("p", form.dataset.outcome)];
}

function showAnswer(prediction) {
  const lines = "value" in prediction ? valueLines(prediction) : decisionLines(prediction);
  answer.replaceChildren(
    ...lines,
    element("p", `Model ${prediction.model_version}, request ${prediction.request_id}`, "help"),
  );
  predictionId = prediction.prediction_id;
  feedback.reset();
  byId("thanks").textContent = "";
  feedback.hidden = false;
  answer.scrollIntoView({ block: "nearest" });
}

function showReasons({ reasons, note }) {
  const items = reasons.map((reason) => element("li", reason.text));
  byId("reasons").replaceChildren(...items.slice(0, REASONS_SHOWN));
  byId("other-reasons").replaceChildren(...items.slice(REASONS_SHOWN));
  byId("other-reasons").start = REASONS_SHOWN + 1;
  byId("more").hidden = items.length <= REASONS_SHOWN;
  byId("note").textContent = items.length ? note : "Every field is typical already.";
  byId("why").hidden = false;
}

async function predict(event) {
  event.preventDefault();
  clear();
  const controls = form.querySelectorAll("[data-kind]");
  const features = Object.fromEntries(Array.from(controls, (control) => [control.name, valueOf(control)]));
  const slow = setTimeout(() => {
    answer.replaceChildren(element("p", "Still waiting. A free host that slept needs up to a minute.", "help"));
  }, SLOW_MILLISECONDS);
  try {
    const { ok, body } = await post("/predict", features);
    clearTimeout(slow);
    if (!ok) return showProblem(body);
    showAnswer(body);
    const why = await post("/explain", features);
    if (why.ok) showReasons(why.body);
  } catch {
    answer.replaceChildren(element("p", "The service did not answer. Try again in a minute.", "error"));
  } finally {
    clearTimeout(slow);
  }
}

function outcome() {
  const { value } = byId("actual");
  if (value === "") return null;
  return form.dataset.task === "classification" ? value === "true" : Number(value);
}

async function sendFeedback(event) {
  event.preventDefault();
  const thumb = feedback.querySelector("[name=thumb]:checked");
  const given = {
    prediction_id: predictionId,
    actual: outcome(),
    thumb: thumb ? thumb.value : null,
    comment: byId("comment").value || null,
  };
  const thanks = byId("thanks");
  try {
    const { ok, body } = await post("/feedback", given);
    const problem = ok ? "" : (body.errors || []).map((error) => error.message).join(" ") || body.detail;
    thanks.textContent = ok ? "Stored. Thank you." : `Not stored: ${problem}`;
    thanks.className = ok ? "" : "error";
  } catch {
    thanks.textContent = "Not stored: the service did not answer.";
    thanks.className = "error";
  }
}

if (form) {
  form.addEventListener("submit", predict);
  feedback.addEventListener("submit", sendFeedback);
}
