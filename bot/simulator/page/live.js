// News from the simulator: server-sent events, and asking every second and a half where they do not come.

const POLL = 1500; // ms

export class Live {
  /** onnews(event): what happened, or {} for "look again". onstate(live: boolean). */
  constructor(onnews, onstate) {
    this.onnews = onnews;
    this.onstate = onstate;
    this.listen();
  }

  listen() {
    if (!window.EventSource) { this.poll(true); return; }
    const source = new EventSource("/sim/events");
    source.onopen = () => { this.poll(false); this.onstate(true); this.onnews({}); };
    source.onerror = () => { this.poll(true); this.onstate(false); };
    source.onmessage = (event) => this.hear(event);
    this.source = source;
  }

  hear(event) {
    try {
      this.onnews(JSON.parse(event.data));
    } catch {
      this.onnews({});
    }
  }

  poll(on) {
    clearInterval(this.timer);
    if (on) this.timer = setInterval(() => this.onnews({}), POLL);
    if (on && this.source?.readyState === EventSource.CLOSED) setTimeout(() => { this.source.close(); this.listen(); }, 3000);
  }
}

/** f at once and then at most once in `gap` ms, the last call never lost. */
export function calmly(f, gap) {
  let timer = null;
  let again = false;
  const run = () => {
    again = false;
    timer = setTimeout(() => { timer = null; if (again) run(); }, gap);
    f();
  };
  return () => { if (timer === null) run(); else again = true; };
}
