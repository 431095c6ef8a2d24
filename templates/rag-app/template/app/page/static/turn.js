// One question and what it gets, from the first sign to the feedback.
import { answerNodes, sourceList, tellUncited } from "./answer.js";
import { Feedback } from "./feedback.js";
import { element, inside } from "./nodes.js";

const MOST_HISTORY_SIGNS = 2000;

export class Turn {
  constructor(number, question) {
    Object.assign(this, { number, question, reply: null, isFailed: false, first: 0, shown: "" });
    this.started = performance.now();
    this.heading = element("h3", question, "question");
    this.heading.tabIndex = -1;
    this.answer = inside(element("div", "", "answer"), element("p", "Searching...", "help"));
    this.columns = inside(element("div", "", "columns"), this.answer);
    this.node = inside(element("li", "", "turn"), this.heading, this.columns);
  }

  get elapsed() {
    return performance.now() - this.started;
  }

  // What a model is about to write from.
  showSources(citations) {
    this.answer.replaceChildren(element("p", "The passages are found. The model reads them.", "help"));
    this.drawSources(citations);
  }

  // What is there already stays, with the focus that may be in it.
  drawSources(citations) {
    const ids = citations.map((one) => one.id).join();
    if (this.shown === ids) return;
    this.shown = ids;
    this.aside?.remove();
    this.sources = sourceList(citations);
    this.aside = citations.length ? inside(element("div", "", "beside"), element("h4", "Sources"), this.sources) : null;
    if (this.aside) this.columns.append(this.aside);
  }

  addText(text) {
    if (!this.first) {
      this.first = this.elapsed;
      this.writing = element("p", "", "writing");
      this.answer.replaceChildren(element("p", "Being written; checked when it is whole.", "help"), this.writing);
    }
    this.writing.append(text);
  }

  // The reply is what counts: it takes the place of whatever has streamed.
  finish(reply) {
    this.reply = reply;
    const timing = { whole: this.elapsed, first: reply.kind === "written" ? this.first : 0 };
    this.answer.replaceChildren(...answerNodes(reply, timing));
    if (reply.searched && reply.searched !== reply.question) {
      this.answer.prepend(element("p", `Searched for: ${reply.searched}`, "help"));
    }
    this.drawSources(reply.kind === "written" ? reply.citations : []);
    if (reply.kind === "written") tellUncited(this.sources, reply);
    this.columns.append(new Feedback(reply.answer_id, this.number).node);
  }

  stop() {
    this.close(element("p", this.first ? "Stopped. What stands here was not checked." : "Stopped.", "help"));
  }

  // Nothing counts of a turn that failed; what has come stays to be read until the next question.
  fail(trouble) {
    this.isFailed = true;
    const again = trouble.seconds ? element("p", `Ask again in ${trouble.seconds} s.`, "again") : null;
    if (again) setTimeout(() => { again.textContent = "You can ask again now."; }, trouble.seconds * 1000);
    const id = trouble.requestId ? element("p", `Request ${trouble.requestId}`, "help") : null;
    this.close(element("p", trouble.message, "error"), again, id);
  }

  close(...lines) {
    this.writing?.classList.remove("writing");
    this.writing?.classList.add("unfinished");
    this.answer.replaceChildren(...[this.writing, ...lines].filter(Boolean));
  }

  // As the service wants to hear about turns of before; null where nothing was answered.
  get asHistory() {
    if (!this.reply) return null;
    const said = this.reply.text || this.reply.citations.map((one) => one.excerpt).filter(Boolean).join("\n");
    return { question: this.question, answer: Array.from(said).slice(0, MOST_HISTORY_SIGNS).join("") };
  }
}
