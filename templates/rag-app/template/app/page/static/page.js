// The conversation: asks, shows what comes as it comes, stops, and begins anew.
import { plural } from "./facts.js";
import { eventsOf } from "./events.js";
import { byId } from "./nodes.js";
import { preparePassages } from "./passage.js";
import { post, Trouble } from "./service.js";
import { Turn } from "./turn.js";

const TURNS_SENT = 3;
const SLOW_MILLISECONDS = 3000;
const BROKEN = "The connection broke before the answer was whole. Your question is in the field again.";
const form = byId("ask");
const question = byId("question");
const buttons = { send: byId("send"), stop: byId("stop"), anew: byId("anew") };
let turns = [];
let asked = 0;
let busy = null;
let isFollowing = false;

function say(text, className = "") {
  byId("status").className = className;
  byId("status").textContent = text;
}

function setBusy(controller) {
  busy = controller;
  buttons.send.setAttribute("aria-disabled", String(Boolean(busy)));
  if (!busy && document.activeElement === buttons.stop) question.focus();
  buttons.stop.hidden = !busy;
  buttons.anew.hidden = !turns.length;
}

// The question stays at the top while its answer grows, unless the reader scrolls elsewhere.
function follow(turn) {
  if (isFollowing) turn.node.scrollIntoView({ block: "start" });
}

function leave(event) {
  if (event.target !== question) isFollowing = false;
}

function addTurn(text) {
  for (const turn of turns.filter((one) => one.isFailed)) turn.node.remove();
  turns = turns.filter((one) => !one.isFailed);
  asked += 1;
  const turn = new Turn(asked, text);
  turns.push(turn);
  byId("turns").append(turn.node);
  const examples = byId("examples");
  if (examples) examples.open = false;
  return turn;
}

function summary(reply) {
  if (reply.kind === "refused") return "There is no answer to this.";
  if (reply.kind === "quoted") return `${plural(reply.citations.length, "closest passage")} found.`;
  return reply.grounded === false ? "The answer is there. Sentences in it are marked." : "The answer is there.";
}

// Returns whether the event was the last.
function take(turn, { name, data }) {
  const content = JSON.parse(data);
  if (name === "error") throw new Trouble(content, content.retry_after && String(content.retry_after));
  if (name === "sources" && form.dataset.model) turn.showSources(content.citations);
  if (name === "token") {
    if (!turn.first) say("The answer is being written.");
    turn.addText(content.text);
  }
  if (name === "done") {
    turn.finish(content);
    say(summary(content));
  }
  follow(turn);
  return name === "done";
}

async function listen(turn, history, signal) {
  const slow = setTimeout(() => say("Still waiting. A free host that slept needs up to a minute."), SLOW_MILLISECONDS);
  try {
    const response = await post("/ask/stream", { question: turn.question, history }, signal);
    for await (const event of eventsOf(response.body)) {
      clearTimeout(slow);
      if (take(turn, event)) return;
    }
  } finally {
    clearTimeout(slow);
  }
  throw new Trouble({ detail: BROKEN });
}

function fail(turn, error) {
  const trouble = error instanceof Trouble ? error : new Trouble({ detail: BROKEN });
  turn.fail(trouble);
  say(trouble.message, "spoken");
  if (!question.value) question.value = turn.question;
  const key = byId("api-key");
  if (trouble.status === 401 && key) {
    key.setAttribute("aria-invalid", "true");
    key.focus();
  }
}

async function ask(text) {
  if (busy) return say("Wait for the answer, or stop it.");
  const history = turns.map((turn) => turn.asHistory).filter(Boolean).slice(-TURNS_SENT);
  const turn = addTurn(text);
  const controller = new AbortController();
  byId("api-key")?.removeAttribute("aria-invalid");
  isFollowing = true;
  question.value = "";
  say("Searching.");
  setBusy(controller);
  follow(turn);
  try {
    await listen(turn, history, controller.signal);
  } catch (error) {
    if (!turns.includes(turn)) return; // a new conversation has begun
    if (controller.signal.aborted) {
      turn.stop();
      say("Stopped.");
    } else fail(turn, error);
  } finally {
    if (busy === controller) setBusy(null);
    follow(turn);
  }
}

function begin() {
  busy?.abort();
  turns = [];
  byId("turns").replaceChildren();
  setBusy(null);
  say("A new conversation.");
  question.focus();
}

function submit(event) {
  event.preventDefault();
  const text = question.value.trim();
  if (text) ask(text);
  else question.focus();
}

function sendOnEnter(event) {
  // While somebody composes a sign (Japanese, Chinese...), Enter belongs to that.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
}

if (form) {
  preparePassages();
  form.addEventListener("submit", submit);
  question.addEventListener("keydown", sendOnEnter);
  buttons.stop.addEventListener("click", () => busy?.abort());
  buttons.anew.addEventListener("click", begin);
  for (const example of document.querySelectorAll(".example")) {
    example.addEventListener("click", () => ask(example.dataset.question));
  }
  for (const kind of ["wheel", "touchmove", "keydown"]) {
    addEventListener(kind, leave, { passive: true });
  }
}
