// The simulated clock in the top bar: shows it, runs it between answers, moves it.

import { api } from "./api.js";
import { h, icon } from "./dom.js";
import { clockDate, clockTime, showIn } from "./when.js";

const STEPS = [["+10 m", "inutes", 600], ["+1 h", "our", 3600], ["+1 d", "ay", 86400]];

/** Unix seconds of an answer of /sim/clock, whatever it calls them. */
const secondsOf = (answer) => {
  const value = answer.unix ?? answer.now;
  return typeof value === "number" ? value : Date.parse(value) / 1000;
};

export class ClockBar {
  /** onmove(): the clock was moved here, everything may have changed. */
  constructor(say, onmove) {
    this.say = say;
    this.onmove = onmove;
    this.base = Date.now() / 1000;
    this.read = performance.now();
    this.time = h("time", { class: "clock-time" });
    this.date = h("span", { class: "clock-date" });
    this.buttons = STEPS.map(([short, rest, seconds]) => h("button", { type: "button", class: "step", "aria-label": short + rest, onclick: () => this.move(seconds) }, short, h("span", { class: "rest" }, rest)));
    this.node = h("div", { class: "clock", role: "group", "aria-label": "Simulated clock" }, icon("clock"), h("span", { class: "clock-words" }, this.time, this.date), h("span", { class: "steps" }, this.buttons));
  }

  now() { return this.base + (performance.now() - this.read) / 1000; }

  set(answer) {
    showIn(answer.zone);
    const seconds = secondsOf(answer);
    if (!Number.isFinite(seconds)) return;
    this.base = seconds;
    this.read = performance.now();
    this.show();
  }

  async fetch() { this.set(await api.clock()); }

  async move(seconds) {
    this.busy(true);
    try {
      this.set(await api.advance(seconds));
      await this.fetch();
    } catch (problem) {
      this.say(problem.message);
    }
    this.busy(false);
    this.onmove();
  }

  busy(on) {
    for (const button of this.buttons) button.disabled = on;
    this.node.classList.toggle("busy", on);
    this.node.setAttribute("aria-busy", String(on));
  }

  show() {
    const now = this.now();
    this.time.dateTime = new Date(now * 1000).toISOString();
    this.time.textContent = clockTime(now);
    this.date.textContent = clockDate(now);
  }
}
