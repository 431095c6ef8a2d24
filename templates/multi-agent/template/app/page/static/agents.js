// Who does what: one card for each agent, with its calls as they begin and end.
import { byId, element, inside } from "./nodes.js";
import { duration, listed, plural } from "./words.js";

export class Agents {
  constructor() {
    this.calls = new Map();
    for (const list of document.querySelectorAll("#agents .calls")) list.replaceChildren();
    this.paint();
  }

  // The same call comes when it begins and again when it ends, and all of them after a reconnection.
  take(call) {
    const known = this.calls.get(call.n);
    const node = known?.node || this.add(call);
    this.calls.set(call.n, { ...call, node });
    const isOpen = call.seconds === null;
    node.className = isOpen ? "open" : call.status;
    const how = isOpen ? "..." : `${call.status === "done" ? "" : `${call.status}, `}${duration(call.seconds)}`;
    const name = call.kind === "tool" ? element("code", call.name) : "thinks";
    node.replaceChildren(name, " ", element("span", how, "help"));
    if (call.problem) node.append(element("p", call.problem, "problem"));
    this.paint();
  }

  add(call) {
    const node = element("li");
    this.card(call.agent).querySelector(".calls").append(node);
    return node;
  }

  card(agent) {
    const cards = [...byId("agents").children];
    const found = cards.find((one) => one.dataset.agent === agent);
    if (found) return found;
    const made = inside(element("li", "", "agent"), element("h4", agent), element("ol", "", "calls"));
    made.dataset.agent = agent;
    byId("agents").append(made);
    return made;
  }

  paint() {
    const working = new Set(this.working);
    for (const card of byId("agents").children) card.classList.toggle("working", working.has(card.dataset.agent));
  }

  get working() {
    const open = [...this.calls.values()].filter((one) => one.seconds === null);
    return [...new Set(open.map((one) => one.agent))].sort();
  }

  // Nobody works any more: what has no end was cut off.
  stop() {
    for (const { node, seconds } of this.calls.values()) {
      if (seconds !== null) continue;
      node.className = "failed";
      node.querySelector(".help").textContent = "cut off";
    }
    for (const card of byId("agents").children) card.classList.remove("working");
  }

  get words() {
    if (this.working.length) return `At work: ${listed(this.working)}.`;
    return this.calls.size ? `${plural(this.calls.size, "call")} so far.` : "The planner begins.";
  }
}
