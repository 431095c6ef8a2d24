// Follows a run by its events. The browser reconnects by itself and says what it saw last.
import { get } from "./service.js";

const AGAIN_MILLISECONDS = 3000;
const LONGEST_MILLISECONDS = 30000;

export class Watching {
  // `listener`: call(call), ended(run), lost(), failed(trouble)
  constructor(runId, listener) {
    Object.assign(this, { runId, listener, pause: AGAIN_MILLISECONDS });
    this.path = `/runs/${encodeURIComponent(runId)}`;
    this.open();
  }

  open() {
    this.source = new EventSource(`${this.path}/events`);
    this.source.addEventListener("call", ({ data }) => {
      this.pause = AGAIN_MILLISECONDS;
      this.listener.call(JSON.parse(data));
    });
    this.source.addEventListener("run", ({ data }) => this.end(JSON.parse(data)));
    this.source.addEventListener("error", () => this.lose());
  }

  end(run) {
    this.source.close();
    // It broke off, or the service stops: whoever takes it up again is followed too.
    if (run.status === "running") this.later();
    this.listener.ended(run);
  }

  // Either the browser connects again, or it was refused and gives up: then somebody has to ask why.
  async lose() {
    if (this.source.readyState !== EventSource.CLOSED) return this.listener.lost();
    try {
      await get(this.path);
      this.listener.lost();
      this.later();
    } catch (trouble) {
      if (this.isClosed) return;
      if (trouble.status === 404) return this.listener.failed(trouble);
      this.listener.lost();
      this.later();
    }
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.isClosed || this.open(), this.pause);
    this.pause = Math.min(2 * this.pause, LONGEST_MILLISECONDS);
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.source.close();
  }
}
