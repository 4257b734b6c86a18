// The console of `scaffold up`: how the app is, its log, and which page is shown.

import { knowApp, loadFunctions } from "./calls.js";
import { dataPage } from "./data.js";
import { outboxPage } from "./outbox.js";
import {
  $, addLines, ask, inLanguage, loadTexts, onLanguage, speak, store, text,
} from "./shared.js";
import { timersPage } from "./timers.js";
import { usersPage } from "./users.js";

const POLL = 1000;
// Where `/` leads on each page.
const FILTERS = { calls: "filter", data: "where", users: "user-filter" };

let lastLine = 0;
let starts = null;
let state = { status: "starting", detail: "" };

// The app, and its log

function showState() {
  const words = [text(`status-${state.status}`), state.detail];
  $("status").dataset.status = state.status;
  $("status").textContent = words.filter(Boolean).join(" · ");
}

async function poll() {
  try {
    const found = await ask(`state?after=${lastLine}`);
    const isNew = state.status !== "healthy" || found.starts !== starts;
    starts = found.starts;
    state = found;
    $("name").textContent = found.name;
    document.title = `${found.name} · scaffold up`;
    $("address").href = found.url;
    $("address").textContent = found.url;
    addLines($("log"), found.lines);
    lastLine = found.lines.at(-1)?.number ?? lastLine;
    knowApp(found.name, found.status);
    if (found.status === "healthy" && isNew) await loadFunctions();
  } catch {
    state = { status: "gone", detail: "" };
  }
  showState();
  setTimeout(poll, POLL);
}

// The pages

const pages = {};

function shown() {
  return $("pages").querySelector("[aria-selected=true]").dataset.page;
}

function show(name) {
  for (const tab of $("pages").children) {
    const isShown = tab.dataset.page === name;
    tab.setAttribute("aria-selected", String(isShown));
    tab.tabIndex = isShown ? 0 : -1;
    $(tab.dataset.page).hidden = !isShown;
  }
  document.querySelector("footer").hidden = name !== "calls";
  history.replaceState(null, "", name === "calls" ? location.pathname : `#${name}`);
  pages[name]?.();
}

function nextTab(step) {
  const tabs = [...$("pages").children].filter((tab) => !tab.hidden);
  const at = tabs.indexOf(document.activeElement);
  const next = tabs[(at + step + tabs.length) % tabs.length];
  next.focus();
  show(next.dataset.page);
}

// Hands

$("pages").addEventListener("click", (event) => {
  const tab = event.target.closest("[data-page]");
  if (tab) show(tab.dataset.page);
});
$("pages").addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  nextTab(step);
});
document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return; // Escape closes it
  const typing = event.target.matches("input:not([type=radio]), textarea");
  const filter = FILTERS[shown()];
  if (filter && (event.key === "Escape" || (event.key === "/" && !typing))) {
    event.preventDefault();
    $(filter).focus();
    $(filter).select();
  }
});
$("language").addEventListener("click", () => {
  const other = inLanguage() === "en" ? "zh" : "en";
  store.set("language", other);
  speak(other);
});
$("theme").addEventListener("click", () => {
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  const preferred = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const other = (scheme === "light dark" ? preferred : scheme) === "dark" ? "light" : "dark";
  store.set("theme", other);
  document.documentElement.dataset.theme = other;
});

const theme = store.get("theme", "");
if (theme) document.documentElement.dataset.theme = theme;
const language = await loadTexts();
Object.assign(pages, {
  data: dataPage(),
  users: usersPage(() => show("calls")),
  outbox: outboxPage(),
});
timersPage();
onLanguage(showState);
speak(store.get("language", language));
const asked = location.hash.slice(1);
if (Object.hasOwn(pages, asked) || asked === "timers") show(asked);
poll();
