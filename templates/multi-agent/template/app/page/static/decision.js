// What a person is asked: exactly what will happen, and whether it may.
import { MemoForm } from "./editing.js";
import { field } from "./fields.js";
import { exceptionList } from "./memo.js";
import { button, element, inside } from "./nodes.js";
import { leadToKey, post } from "./service.js";
import { plural } from "./words.js";

const NOBODY = "Nobody can decide here: this service listens to others and has no key. Whoever runs it must set API_KEY.";

export class Decision {
  // `done` gets the run when it is decided; `stale` is called when somebody else was faster.
  constructor(run, { isAllowed, done, stale }) {
    Object.assign(this, { run, isAllowed, done, stale });
    this.memo = run.request.action_requests[0].args.memo;
    this.node = element("div", "", "decision");
    this.told = element("div", "", "told");
    this.told.setAttribute("role", "alert");
    this.told.tabIndex = -1;
    this.ask();
  }

  show(...nodes) {
    this.tell();
    this.node.replaceChildren(...nodes.filter(Boolean));
  }

  will() {
    const { title, lines, exceptions } = this.memo;
    const count = exceptions.length;
    const memo = `The memo above, "${title}" with ${plural(lines.length, "sentence")}, goes on record as the answer to this question.`;
    const records = count ? `${plural(count, "exception")} ${count === 1 ? "goes" : "go"} on record:` : "No exception goes on record.";
    const list = count && exceptionList(exceptions, this.run.evidence, (at) => `Record ${this.run.run_id}-${at + 1}`);
    const steps = inside(element("ul", "", "will"), element("li", memo), inside(element("li", records), list));
    return [this.heading(), steps, element("p", "Nothing else happens.", "help")];
  }

  heading() {
    const node = element("h3", "Exactly this happens when you approve");
    node.id = "deciding";
    node.tabIndex = -1;
    return node;
  }

  // The first view: what will happen, and the three ways to answer.
  ask(focus = "") {
    if (!this.isAllowed) return this.show(...this.will(), element("p", NOBODY, "notice"));
    const count = this.memo.exceptions.length;
    const words = count ? `Approve: memo and ${plural(count, "exception")}` : "Approve the memo";
    const ways = {
      approve: button(words, "", () => this.send({ type: "approve" })),
      edit: button("Edit", "plain", () => this.edit()),
      reject: button("Reject", "plain", () => this.reject()),
    };
    this.show(...this.will(), this.told, inside(element("div", "", "buttons"), ...Object.values(ways)));
    if (focus) ways[focus].focus();
  }

  edit() {
    this.form = new MemoForm(this.memo, this.run.evidence);
    const publish = () => this.send({ type: "edit", memo: this.form.memo });
    this.showForm("Publish what I edited", publish, "edit", this.form.nodes);
    this.form.title.input.focus();
  }

  reject() {
    const help = "It is kept with the run. Nothing is published, and no exception goes on record.";
    const reason = field("Why do you reject it?", "", { most: 2000, rows: 3, help });
    const send = () => {
      if (reason.input.value.trim()) return this.send({ type: "reject", reason: reason.input.value.trim() });
      this.tell("Say why, for whoever reads this run later.", "error");
      return reason.input.focus();
    };
    this.showForm("Reject the memo", send, "reject", [reason.node]);
    reason.input.focus();
  }

  showForm(words, act, way, nodes) {
    const form = inside(element("form"), ...nodes);
    const send = Object.assign(element("button", words), { type: "submit" });
    const back = button("Back", "plain", () => {
      if (this.isBusy) return;
      this.form = null;
      this.ask(way);
    });
    form.noValidate = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      act();
    });
    this.show(inside(form, this.told, inside(element("div", "", "buttons"), send, back)));
  }

  tell(text = "", className = "", ...more) {
    this.told.replaceChildren(...(text ? [element("p", text, className), ...more] : []));
  }

  async send(decision) {
    if (this.isBusy) return;
    this.isBusy = true;
    this.tell("Being carried out...", "help");
    this.setBusy(true);
    try {
      this.done(await post(`/runs/${this.run.run_id}/decision`, decision));
    } catch (trouble) {
      this.fail(trouble);
    } finally {
      this.isBusy = false;
      this.setBusy(false);
    }
  }

  setBusy(isBusy) {
    for (const node of this.node.querySelectorAll(".buttons button")) node.setAttribute("aria-disabled", String(isBusy));
  }

  // What was typed stays, whatever the service says.
  fail(trouble) {
    const again = trouble.status === 409 ? button("Show what became of it", "plain", () => this.stale()) : null;
    const id = trouble.requestId ? element("p", `Request ${trouble.requestId}`, "help") : null;
    this.tell(trouble.message, "error", ...[again, id].filter(Boolean));
    this.form?.mark(trouble.message);
    if (!leadToKey(trouble)) this.told.focus();
  }
}
