// Polls and quizzes: voting, bars, right and wrong marks, the explanation.

import { h, icon } from "./dom.js";
import { richText } from "./entities.js";
import { timeOf } from "./when.js";

/** Indexes this person chose: from the server where it says so, else what was voted on this page. */
export function choiceOf(poll, ctx) {
  const told = poll.chosen ?? poll.voted?.[ctx.me.id] ?? poll.chosen_option_ids;
  return told ?? ctx.votes.get(poll.id) ?? [];
}

function kindOf(poll, say, closed) {
  if (closed) return say("final");
  if (poll.type === "quiz") return say(poll.is_anonymous ? "anonymousQuiz" : "quiz");
  return say(poll.is_anonymous ? "anonymousPoll" : "poll");
}

function mark(poll, index, chosen) {
  if (poll.type !== "quiz" || !poll.correct_option_ids) return chosen ? "chosen" : "";
  if (poll.correct_option_ids.includes(index)) return "right";
  return chosen ? "wrong" : "";
}

function result(poll, option, index, choice, ctx) {
  const total = poll.total_voter_count || 0;
  const share = total ? Math.round((option.voter_count * 100) / total) : 0;
  const chosen = choice.includes(index);
  const kind = mark(poll, index, chosen);
  const signs = { right: "check", wrong: "cross", chosen: "check" };
  const said = [kind && kind !== "chosen" ? ctx.say(kind) : "", chosen ? ctx.say("chosen") : ""].filter(Boolean).join(", ");
  const fill = h("i", { style: { inlineSize: `${Math.max(share, 2)}%` } });
  return h(
    "li", { class: `result ${kind}` },
    h("span", { class: "share" }, `${share}%`, kind && (chosen || kind === "right") ? h("span", { class: "sign" }, icon(signs[kind])) : null),
    h("span", { class: "option-text", dir: "auto" }, richText(option.text, option.text_entities, ctx), said ? h("span", { class: "visually-hidden" }, ` (${said})`) : null),
    h("span", { class: "bar", "aria-hidden": "true" }, fill),
  );
}

function ballot(poll, ctx, block) {
  const many = poll.allows_multiple_answers;
  const picked = new Set();
  const send = async (indexes) => {
    block.classList.add("busy");
    await ctx.onVote(poll, indexes);
    block.classList.remove("busy");
  };
  const vote = h("button", { type: "button", class: "poll-send", disabled: true, onclick: () => send([...picked].sort((a, b) => a - b)) }, ctx.say("vote"));
  const options = poll.options.map((option, index) => {
    const press = () => {
      if (!many) { button.classList.add("picking"); return send([index]); }
      if (picked.has(index)) picked.delete(index); else picked.add(index);
      button.setAttribute("aria-pressed", String(picked.has(index)));
      vote.disabled = picked.size === 0;
      return undefined;
    };
    const button = h(
      "button", { type: "button", class: `option ${many ? "many" : ""}`, "aria-pressed": many ? "false" : null, onclick: press },
      h("span", { class: "tick", "aria-hidden": "true" }, icon("check")), h("span", { dir: "auto" }, richText(option.text, option.text_entities, ctx)),
    );
    return h("li", {}, button);
  });
  return { list: options, foot: many ? vote : null };
}

/** The body of a poll message. */
export function pollBody(message, ctx) {
  const poll = message.poll;
  const due = poll.close_date && poll.close_date <= ctx.now();
  const closed = poll.is_closed || Boolean(due && poll.is_closed !== false);
  const choice = choiceOf(poll, ctx);
  const done = closed || choice.length > 0;
  const count = poll.total_voter_count || 0;
  const tally = count === 0 ? ctx.say("noVotes") : count === 1 ? ctx.say("oneVote") : ctx.say("votes", { n: count });
  const block = h("div", { class: "poll", role: "group", "aria-label": poll.question });
  const ask = done ? null : ballot(poll, ctx, block);
  const list = done ? poll.options.map((option, index) => result(poll, option, index, choice, ctx)) : ask.list;
  const lamp = done && poll.explanation
    ? h("button", { type: "button", class: "lamp", "aria-label": "Explanation", title: "Explanation", onclick: () => explanation.toggleAttribute("hidden") }, icon("lamp")) : null;
  const explanation = h("div", { class: "explanation", dir: "auto" }, richText(poll.explanation || "", poll.explanation_entities, ctx));
  if (!lamp) explanation.hidden = true;
  const retract = done && !closed && choice.length && poll.type !== "quiz" && poll.allows_revoting !== false
    ? h("button", { type: "button", class: "retract", onclick: () => ctx.onVote(poll, []) }, ctx.say("retract")) : null;
  const closes = !closed && poll.close_date ? ` · ${ctx.say("closes", { when: timeOf(poll.close_date, ctx) })}` : "";
  block.append(
    h("div", { class: "question", dir: "auto" }, richText(poll.question, poll.question_entities, ctx)),
    h("div", { class: "poll-kind" }, h("span", {}, kindOf(poll, ctx.say, closed)), lamp),
    h("ul", { class: "options" }, list),
    explanation,
    h("div", { class: "poll-foot" }, ask?.foot, retract, h("span", { class: "tally" }, tally + closes)),
  );
  return block;
}
