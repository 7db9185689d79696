// What a newcomer can try in the demo, in this order: shown only where the four people of the demo are.

import { dismissable, fill, fullName, h, icon } from "./dom.js";

const CAST = ["worker", "supervisor", "trainer", "manager"];
const STEPS = [
  ["worker", "has today's lesson: start it, read, answer three questions."],
  ["worker", "sends a sample hazard photo (paper clip) and presses the first button: one tap is enough."],
  ["supervisor", "has it at once. Press Acknowledge; or let ten minutes pass at the top and see who is called next."],
  ["trainer", "types /template, or sends quizzes/bad/many.xlsx and gets it back with the wrong cells marked."],
  ["manager", "types /desk and opens the link: open dangers, and who took part today."],
  [null, "+1 day: the next lesson comes, once. The call log shows every call the bot made."],
];

export class Tour {
  constructor() {
    this.button = h("button", { type: "button", class: "drawer-button", hidden: true, "aria-expanded": "false", "aria-haspopup": "dialog", onclick: () => this.open() }, icon("lamp"), h("span", {}, "What to try"));
    this.people = [];
  }

  /** people: those who have a phone on the page. */
  know(people) {
    this.people = people;
    this.button.hidden = !CAST.every((label) => people.some((one) => one.label === label));
  }

  step([label, words]) {
    const who = this.people.find((one) => one.label === label);
    return h("li", {}, who ? h("b", {}, fullName(who)) : null, who ? h("span", { class: "faint" }, ` (${label}) `) : null, words);
  }

  open() {
    if (this.node) { this.close(); return; }
    if (performance.now() - this.closed < 300) return; // the same press has just closed it
    this.node = h("div", { class: "tour", role: "dialog", "aria-label": "What to try" }, h("h2", {}, "What to try"), fill(h("ol", {}), STEPS.map((each) => this.step(each))));
    document.body.append(this.node);
    this.button.setAttribute("aria-expanded", "true");
    this.close = dismissable(this.node, () => {
      this.node.remove();
      this.node = null;
      this.closed = performance.now();
      this.button.setAttribute("aria-expanded", "false");
    });
  }
}
