// Small builders for the page: elements, icons, initials. No innerHTML anywhere, so nothing a bot sends can become markup.

const SVG = "http://www.w3.org/2000/svg";

/** h("button", {class: "x", onclick: f, "aria-label": "y"}, child, "text") -> Element. Null children are left out. */
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "style") Object.assign(node.style, value);
    else if (name in node && typeof value === "boolean" && !name.startsWith("aria")) node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  put(node, children);
  return node;
}

export function put(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren();
  return put(node, children);
}

/** An icon of the sprite in index.html; hidden from assistive technology: the button around it has the name. */
export function icon(name, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${extra}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function iconButton(name, label, onclick, extra = "") {
  return h("button", { type: "button", class: `icon-button ${extra}`, "aria-label": label, title: label, onclick }, icon(name));
}

export function initials(name) {
  const words = (name || "?").trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters.map((word) => [...word][0] || "").join("").toUpperCase();
}

export function avatar(name, id, extra = "") {
  const tone = Math.abs(Number(id) || 0) % 7;
  return h("span", { class: `avatar tone-${tone} ${extra}`, "aria-hidden": "true" }, initials(name));
}

export function fullName(person) {
  if (!person) return "";
  return [person.first_name, person.last_name].filter(Boolean).join(" ") || person.title || person.username || String(person.id);
}

/** Arrow keys, Home and End move the focus among the entries of a menu. */
export function walkMenu(event, entries) {
  const at = entries.indexOf(document.activeElement);
  const { length } = entries;
  const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at < 0 ? length - 1 : at - 1, ArrowLeft: at < 0 ? length - 1 : at - 1, Home: 0, End: length - 1 }[event.key];
  if (to === undefined || !length) return;
  event.preventDefault();
  entries[(to + length) % length].focus();
}

/** Close `node` on Escape or on a press outside; answers a function that closes it now. */
export function dismissable(node, onclose) {
  const away = (event) => {
    if (event.type === "keydown" ? event.key === "Escape" : !node.contains(event.target)) close();
  };
  const close = () => {
    document.removeEventListener("pointerdown", away, true);
    document.removeEventListener("keydown", away, true);
    onclose();
  };
  document.addEventListener("pointerdown", away, true);
  document.addEventListener("keydown", away, true);
  return close;
}
