// What all pages share: texts, requests, elements. Everything that comes from elsewhere is put in
// as text, never as HTML.

const LOG_LINES = 600;
const spoken = []; // called when the page speaks another language
let texts = {};
let language = "en";

export const $ = (id) => document.getElementById(id);
export const text = (key) => texts[language]?.[key] ?? key;
export const inLanguage = () => language;
export const moment = (at) => new Date(at).toLocaleString(language);
export const milliseconds = (seconds) => `${(seconds * 1000).toFixed(1)} ms`;

// What the browser keeps; where it may not keep anything, nothing is kept.
export const store = {
  get(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(name, JSON.stringify(value));
    } catch {}
  },
};

export function problemText({ problem, detail }) {
  return [text(problem), detail].filter(Boolean).join(" ");
}

// An object is sent as JSON, a file as it is.
export async function ask(path, body) {
  const options = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: body instanceof Blob ? body : JSON.stringify(body),
  };
  const response = await fetch(`api/${path}`, options);
  if (response.ok) return response.json();
  const found = await response.json().catch(() => ({ problem: `HTTP ${response.status}` }));
  throw Object.assign(new Error(problemText(found)), { column: found.column });
}

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function button(label, clicked, className = "") {
  const made = element("button", { type: "button", className, textContent: label });
  made.addEventListener("click", clicked);
  return made;
}

export function say(at, message, bad = false) {
  at.textContent = message;
  at.classList.toggle("wrong", bad);
}

export function addLines(pre, lines) {
  const atEnd = pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 8;
  for (const line of lines) {
    pre.append(element("span", { className: line.kind, textContent: `${line.text}\n` }));
  }
  while (pre.childElementCount > LOG_LINES) pre.firstChild.remove();
  if (atEnd) pre.scrollTop = pre.scrollHeight;
}

export function onLanguage(show) {
  spoken.push(show);
}

export function speak(code) {
  language = code;
  document.documentElement.lang = code === "zh" ? "zh-CN" : "en";
  for (const at of document.querySelectorAll("[data-text]")) at.textContent = text(at.dataset.text);
  for (const at of document.querySelectorAll("[data-label]")) {
    at.setAttribute("aria-label", text(at.dataset.label));
  }
  for (const at of document.querySelectorAll("[data-hint]")) at.placeholder = text(at.dataset.hint);
  $("language").textContent = code === "zh" ? "English" : "中文";
  for (const show of spoken) show();
}

export async function loadTexts() {
  const found = await ask("texts");
  texts = found.texts;
  return found.language;
}

// Let the arrow keys go through the buttons of a list, from the field above it too.
export function arrows(nav) {
  nav.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...nav.querySelectorAll("button[data-name]")];
    const at = buttons.indexOf(document.activeElement);
    buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
  });
}
