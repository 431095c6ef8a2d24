// The desk: asks, follows the run that the address names, and shows how it stands.
import { Agents } from "./agents.js";
import { Decision } from "./decision.js";
import { prepareEvidence } from "./evidence.js";
import { Feedback } from "./feedback.js";
import { exceptionList, memoNodes, problemNodes } from "./memo.js";
import { button, byId, element, inside } from "./nodes.js";
import { listRuns } from "./runs.js";
import { leadToKey, post } from "./service.js";
import { facts, plural } from "./words.js";
import { Watching } from "./watching.js";

const BROKE_OFF = "Nobody works on this run now: it broke off. What was done is on record, and is not done again.";
const LOST = "The connection is lost. The run goes on without this page; trying again.";
const place = byId("run");
const question = byId("question");
const wide = matchMedia("(min-width: 56rem)");
let agents = null;
let watching = null;
let isAsking = false;

function say(id, text, className = "") {
  if (byId(id).textContent !== text) byId(id).textContent = text;
  byId(id).className = className;
}

function trouble(error, ...more) {
  const id = error.requestId ? element("p", `Request ${error.requestId}`, "help") : null;
  byId("trouble").replaceChildren(...[element("p", error.message, "error"), id, ...more].filter(Boolean));
}

function clear(title) {
  place.hidden = false;
  byId("run-title").textContent = title;
  for (const id of ["memo", "decision", "feedback", "trouble"]) byId(id).replaceChildren();
  byId("facts").textContent = "";
  byId("steps").open = true;
  agents = new Agents();
}

async function goOn(runId) {
  try {
    await post(`/runs/${runId}/resume`, {});
    follow(runId);
    byId("run-title").focus();
  } catch (error) {
    trouble(error, button("Go on with it", "", () => goOn(runId)));
    leadToKey(error);
  }
}

function showBroken(run) {
  if (byId("trouble").dataset.run === run.run_id && byId("trouble").hasChildNodes()) return;
  byId("trouble").dataset.run = run.run_id;
  const resume = button("Go on with it", "", () => goOn(run.run_id));
  byId("trouble").replaceChildren(inside(element("div", "", "notice"), element("p", BROKE_OFF), resume));
}

function published(run) {
  const { recorded, exceptions } = run.published;
  const heading = element("h3", "On record");
  heading.tabIndex = -1;
  const when = new Date(recorded).toLocaleString("en", { dateStyle: "long", timeStyle: "short" });
  const count = exceptions.length ? plural(exceptions.length, "exception") : "no exception";
  const key = (at) => `Record ${exceptions.find((one) => one.endsWith(`-${at + 1}`)) || "unknown"}`;
  const list = exceptions.length ? exceptionList(run.memo.exceptions, run.evidence, key) : null;
  return inside(element("div", "", "decision"), heading, element("p", `The memo and ${count}, since ${when}.`), list);
}

function closed(run) {
  const words = {
    refused: ["No answer", run.reason],
    rejected: ["Rejected: nothing is on record", `Reason: ${run.reason}`],
    partial: ["Not finished: nothing is on record", run.reason],
  }[run.outcome] || [run.outcome, run.reason];
  const heading = element("h3", words[0]);
  heading.tabIndex = -1;
  return inside(element("div", "", "notice closed"), heading, element("p", words[1]));
}

const STATES = {
  published: "The memo is published.",
  refused: "The desk does not answer this.",
  rejected: "The memo was rejected.",
  partial: "It could not be finished. What was found stands below.",
};

function showDecision(run) {
  const decision = new Decision(run, {
    isAllowed: Boolean(place.dataset.decides),
    done: (decided) => {
      show(decided);
      byId("decision").querySelector("h3")?.focus();
    },
    stale: () => follow(run.run_id),
  });
  byId("decision").replaceChildren(decision.node);
  say("state", "The memo is there. It waits for your decision.", "waits");
  // A long memo stands between here and what is asked.
  byId("state").append(" ", button("See what is asked", "cite", () => byId("deciding")?.focus()));
}

function show(run) {
  byId("run-title").textContent = run.question;
  byId("facts").textContent = facts(run, place.dataset.offline);
  const memo = run.request?.action_requests[0].args.memo || run.memo;
  const nodes = memo ? [...memoNodes(memo, run.evidence), ...problemNodes(run.problems)] : [];
  byId("memo").replaceChildren(...nodes);
  agents.stop();
  if (run.status === "running") {
    say("state", "This run has stopped on the way.");
    return showBroken(run);
  }
  byId("trouble").replaceChildren();
  byId("steps").open = wide.matches;
  byId("feedback").replaceChildren();
  if (run.status === "waiting") return showDecision(run);
  say("state", STATES[run.outcome] || run.outcome, run.outcome);
  byId("decision").replaceChildren(run.outcome === "published" ? published(run) : closed(run));
  byId("feedback").replaceChildren(new Feedback(run.run_id, Number(place.dataset.comment)).node);
}

function follow(runId, title = "A run") {
  watching?.close();
  clear(title);
  byId("trace").href = `/trace/${encodeURIComponent(runId)}`;
  say("state", agents.words);
  watching = new Watching(runId, {
    call: (call) => {
      byId("trouble").replaceChildren();
      agents.take(call);
      say("state", agents.words);
    },
    ended: show,
    lost: () => say("state", LOST),
    failed: (error) => {
      say("state", "");
      trouble(error);
    },
  });
}

// The address names the run, so that a page that is loaded again finds it.
function open() {
  const id = new URLSearchParams(location.hash.slice(1)).get("run");
  if (!id && watching) return history.replaceState(null, "", `#run=${watching.runId}`); // a link within the page
  if (id && id !== watching?.runId) follow(id);
  if (id) byId("run-title").focus();
}

async function ask(text) {
  if (isAsking) return;
  isAsking = true;
  byId("send").setAttribute("aria-disabled", "true");
  say("asked", "Being sent...");
  try {
    const { run_id: id } = await post("/runs", { question: text });
    question.value = "";
    say("asked", "");
    if (byId("examples")) byId("examples").open = false;
    follow(id, text);
    location.hash = `run=${id}`;
  } catch (error) {
    question.value ||= text;
    say("asked", error.message, "error");
    leadToKey(error);
  } finally {
    isAsking = false;
    byId("send").removeAttribute("aria-disabled");
  }
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
  byId("ask").requestSubmit();
}

prepareEvidence();
byId("ask").addEventListener("submit", submit);
question.addEventListener("keydown", sendOnEnter);
byId("list-runs").addEventListener("click", listRuns);
for (const example of document.querySelectorAll(".example")) {
  example.addEventListener("click", () => ask(example.dataset.question));
}
addEventListener("hashchange", open);
open();
