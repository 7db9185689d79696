// A bot written for this test with grammY, which ships no examples of its own: keyboards, edits, uploads, quizzes, albums.
const { Bot, InlineKeyboard, InputFile, InputMediaBuilder, Keyboard } = require("grammy");

const bot = new Bot(""); // <-- place your bot token in this string
const picture = Buffer.from(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAAIAAgBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAf/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAA/AKpgA//Z",
  "base64",
);

bot.command("start", (ctx) => ctx.reply(`Payload: ${ctx.match || "none"}`, { reply_markup: new InlineKeyboard().text("Count", "n:1").url("Site", "https://grammy.dev") }));
bot.callbackQuery(/^n:(\d+)$/, async (ctx) => {
  const n = Number(ctx.match[1]);
  await ctx.answerCallbackQuery({ text: `Counted ${n}` });
  await ctx.editMessageText(`<b>Count ${n}</b>`, { parse_mode: "HTML", reply_markup: new InlineKeyboard().text("Count", `n:${n + 1}`) });
});
bot.command("photo", (ctx) => ctx.replyWithPhoto(new InputFile(picture, "dot.jpg"), { caption: "A dot" }));
bot.command("album", (ctx) => ctx.replyWithMediaGroup([1, 2].map((n) => InputMediaBuilder.photo(new InputFile(picture, `${n}.jpg`), { caption: `Dot ${n}` }))));
bot.command("where", (ctx) => ctx.reply("Where?", { reply_markup: new Keyboard().requestLocation("Here").resized() }));
bot.on("message:location", (ctx) => ctx.reply(`At ${ctx.message.location.latitude}`, { reply_markup: { remove_keyboard: true } }));
bot.command("quiz", (ctx) => ctx.replyWithPoll("2+2?", ["5", "4"], { type: "quiz", correct_option_ids: [1], is_anonymous: false }));
bot.on("poll_answer", (ctx) => ctx.api.sendMessage(ctx.pollAnswer.user.id, `Chose ${ctx.pollAnswer.option_ids}`));
bot.start();
