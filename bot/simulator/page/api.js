// Every call the page makes to the simulator. Nothing else fetches.

export class Failed extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, body) {
  const options = { method, headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  const response = await fetch(path, options);
  const text = await response.text();
  let answer = {};
  try {
    answer = text ? JSON.parse(text) : {};
  } catch {
    answer = { error: text.slice(0, 200) };
  }
  if (!response.ok) throw new Failed(response.status, answer.error || `${method} ${path}: ${response.status}`);
  return answer;
}

const query = (values) => {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return set.length ? `?${new URLSearchParams(set)}` : "";
};

const items = async (path) => (await call("GET", path)).items || [];

/** An answer the server may not have: null instead of an error where it says 404. */
async function perhaps(promise) {
  try {
    return await promise;
  } catch (problem) {
    if (problem instanceof Failed && problem.status < 500) return null;
    throw problem;
  }
}

export const api = {
  bots: () => items("/sim/bots"),
  users: () => items("/sim/users"),
  chats: () => items("/sim/chats"),
  messages: (chat, bot, user) => call("GET", `/sim/chats/${chat}/messages${query({ bot, user })}`),
  commands: (chat, bot, user) => perhaps(call("GET", `/sim/chats/${chat}/commands${query({ bot, user })}`)),
  send: (message) => call("POST", "/sim/messages", message),
  press: (press) => call("POST", "/sim/presses", press),
  callback: (id) => perhaps(call("GET", `/sim/callbacks/${id}`)),
  vote: (vote) => call("POST", "/sim/votes", vote),
  edit: (edit) => call("POST", "/sim/edits", edit),
  react: (reaction) => call("POST", "/sim/reactions", reaction),
  block: (user, bot, blocked) => call("POST", "/sim/blocks", { user, bot, blocked }),
  language: (id, language_code) => call("POST", "/sim/users", { id, language_code }),
  webapp: (bot, user, url) => call("GET", `/sim/webapp${query({ bot, user, url })}`),
  calls: (after) => items(`/sim/calls${query({ after })}`),
  lastCall: async () => (await call("GET", "/sim/calls?after=0&limit=1")).last ?? 0,
  queue: () => perhaps(call("GET", "/sim/queue")),
  clock: () => call("GET", "/sim/clock"),
  advance: (seconds) => call("POST", "/sim/clock", { advance: seconds }),
  fileUrl: (id) => `/sim/files/${encodeURIComponent(id)}`,
};

/** A chosen file as the simulator takes it: {name, data: base64}. */
export async function packed(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return { name: file.name, data: btoa(text), mime_type: file.type || undefined };
}
