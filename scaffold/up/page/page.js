// The function console. Everything that it shows is put in as text, never as HTML.

const $ = (id) => document.getElementById(id);
const HISTORY = 50;
const KEPT = 20000; // characters of an answer in the history
const LOG_LINES = 600;
const POLL = 1000;

let texts = {};
let language = "en";
let functions = [];
let selected = null;
let lastLine = 0;
let starts = null;
let project = "";
let state = { status: "starting", detail: "" };
const drafts = new Map(); // what was typed for each function

// What the browser keeps; where it may not keep anything, nothing is kept.
const store = {
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
const historyName = () => `history:${project}`;

const text = (key) => texts[language]?.[key] ?? key;

async function ask(path, body) {
  const options = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(`api/${path}`, options);
  if (response.ok) return response.json();
  const { problem, detail } = await response.json().catch(() => ({ problem: `HTTP ${response.status}` }));
  throw new Error([text(problem), detail].filter(Boolean).join(" "));
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// Words

function speak(code) {
  language = code;
  document.documentElement.lang = code === "zh" ? "zh-CN" : "en";
  for (const at of document.querySelectorAll("[data-text]")) at.textContent = text(at.dataset.text);
  for (const at of document.querySelectorAll("[data-label]")) at.setAttribute("aria-label", text(at.dataset.label));
  for (const at of document.querySelectorAll("[data-hint]")) at.placeholder = text(at.dataset.hint);
  $("language").textContent = code === "zh" ? "English" : "中文";
  showState();
  showList();
  if (selected) showFunction();
  showHistory();
}

function paint(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}

// The app, and its log

function showState() {
  $("status").dataset.status = state.status;
  $("status").textContent = [text(`status-${state.status}`), state.detail].filter(Boolean).join(" · ");
}

function addLines(pre, lines) {
  const atEnd = pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 8;
  for (const line of lines) pre.append(element("span", { className: line.kind, textContent: `${line.text}\n` }));
  while (pre.childElementCount > LOG_LINES) pre.firstChild.remove();
  if (atEnd) pre.scrollTop = pre.scrollHeight;
}

async function poll() {
  try {
    const found = await ask(`state?after=${lastLine}`);
    const healthier = found.status === "healthy" && (state.status !== "healthy" || found.starts !== starts);
    if (!project) {
      project = found.name;
      showHistory();
    }
    starts = found.starts;
    state = found;
    $("name").textContent = found.name;
    document.title = `${found.name} · scaffold up`;
    $("address").href = found.url;
    $("address").textContent = found.url;
    addLines($("log"), found.lines);
    lastLine = found.lines.at(-1)?.number ?? lastLine;
    showState();
    if (healthier) await loadFunctions();
  } catch {
    state = { status: "gone", detail: "" };
    showState();
  }
  setTimeout(poll, POLL);
}

// The list

async function loadFunctions() {
  const found = await ask("functions");
  functions = found.functions;
  $("problem").dataset.answer = found.problem;
  selected = functions.find((one) => one.name === selected?.name) ?? null;
  showList();
  if (!selected && functions.length) select(functions[0].name);
}

function showList() {
  const wanted = $("filter").value.toLowerCase();
  $("list").replaceChildren();
  for (const kind of ["function", "hook", "realtime"]) {
    const some = functions.filter((one) => one.kind === kind && one.title.toLowerCase().includes(wanted));
    if (!some.length) continue;
    $("list").append(element("h2", { textContent: text(`kind-${kind}`) }));
    for (const one of some) {
      const button = element("button", { type: "button", textContent: one.title });
      button.dataset.name = one.name;
      button.setAttribute("aria-current", String(one.name === selected?.name));
      button.addEventListener("click", () => {
        select(one.name);
        $("body").focus();
      });
      $("list").append(button);
    }
  }
  const problem = $("problem").dataset.answer;
  $("problem").hidden = functions.length > 0 || state.status !== "healthy";
  $("problem").textContent = problem ? `${text("no-sdk")} (${problem})` : text("no-functions");
  $("call").hidden = !selected;
  $("nothing").hidden = Boolean(selected);
}

function select(name) {
  if (selected) drafts.set(selected.name, [$("body").value, $("user").value]);
  selected = functions.find((one) => one.name === name);
  const [body, user] = drafts.get(name) ?? [JSON.stringify(selected.body, null, 2), ""];
  $("body").value = body;
  $("user").value = user;
  $("result").hidden = true;
  $("curl-text").hidden = true;
  $("told").textContent = "";
  showList();
  showFunction();
}

function showFunction() {
  const called = selected.kind === "function";
  $("title").textContent = selected.title;
  $("path").textContent = `POST ${selected.path}`;
  $("about").textContent = text(`about-${selected.kind}`);
  $("signers").hidden = !called;
  $("session-field").hidden = !called;
  $("user-field").hidden = selected.kind !== "hook";
  $("body-label").textContent = text(selected.kind === "hook" ? "object" : "arguments");
}

// A call

function asked() {
  const called = selected.kind === "function";
  return {
    name: selected.name,
    body: $("body").value.trim() || "{}",
    user: selected.kind === "hook" ? $("user").value.trim() : "",
    signer: called ? document.querySelector("[name=signer]:checked").value : "hook",
    session: called ? $("session").value.trim() : "",
  };
}

function showAnswer(answer) {
  const good = answer.status >= 200 && answer.status < 300;
  $("code").textContent = answer.status || "—";
  $("code").className = `pill ${good ? "good" : "bad"}`;
  $("time").textContent = answer.seconds === undefined ? "" : `${(answer.seconds * 1000).toFixed(1)} ms`;
  $("answer").textContent = answer.status ? answer.body : answer.problem;
  $("call-log").replaceChildren();
  addLines($("call-log"), answer.lines);
  if (!answer.lines.length) $("call-log").append(element("span", { className: "note", textContent: text("no-lines") }));
  $("result").hidden = false;
}

async function send() {
  if (!selected || $("send").disabled) return;
  const question = asked();
  $("send").disabled = true;
  $("told").textContent = text("calling");
  $("curl-text").hidden = true;
  try {
    const answer = await ask("call", question);
    $("told").textContent = "";
    showAnswer(answer);
    const { session, ...kept } = question; // a session token is a login: it is not kept
    const entry = { ...kept, ...answer, body: question.body, answer: answer.body.slice(0, KEPT), when: Date.now() };
    store.set(historyName(), [entry, ...store.get(historyName(), [])].slice(0, HISTORY));
    showHistory();
  } catch (error) {
    $("told").textContent = error.message;
  } finally {
    $("send").disabled = false;
  }
}

async function copyCurl() {
  try {
    const { curl } = await ask("curl", asked());
    $("curl-text").textContent = curl;
    $("curl-text").hidden = false;
    try {
      await navigator.clipboard.writeText(curl);
      $("told").textContent = text("copied");
    } catch {
      $("told").textContent = text("copy-yourself");
    }
  } catch (error) {
    $("told").textContent = error.message;
  }
}

// The history

function showHistory() {
  const entries = project ? store.get(historyName(), []) : [];
  $("history").replaceChildren();
  for (const entry of entries) {
    const good = entry.status >= 200 && entry.status < 300;
    const title = functions.find((one) => one.name === entry.name)?.title ?? entry.name;
    const button = element(
      "button",
      { type: "button" },
      element("span", { className: `pill ${good ? "good" : "bad"}`, textContent: entry.status || "—" }),
      element("span", { className: "name", textContent: title }),
      element("span", { className: "note", textContent: `${(entry.seconds * 1000).toFixed(1)} ms` }),
      element("span", { className: "note", textContent: new Date(entry.when).toLocaleTimeString(language) }),
    );
    button.addEventListener("click", () => recall(entry));
    $("history").append(element("li", {}, button));
  }
  $("clear").hidden = !entries.length;
  $("no-history").hidden = entries.length > 0;
}

function recall(entry) {
  if (!functions.some((one) => one.name === entry.name)) {
    $("told").textContent = text("not-there");
    return;
  }
  select(entry.name);
  $("body").value = entry.body;
  $("user").value = entry.user;
  const signer = document.querySelector(`[name=signer][value="${CSS.escape(entry.signer)}"]`);
  if (signer) signer.checked = true;
  showAnswer({ ...entry, body: entry.answer });
  $("call").scrollIntoView({ block: "nearest" });
}

// Hands

function move(step) {
  const buttons = [...$("list").querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=radio]), textarea");
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    send();
  } else if (event.key === "Escape" || (event.key === "/" && !typing)) {
    event.preventDefault();
    $("filter").focus();
    $("filter").select();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!event.target.closest("nav")) return;
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  }
});
$("call").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
$("curl").addEventListener("click", copyCurl);
$("filter").addEventListener("input", showList);
$("clear").addEventListener("click", () => {
  store.set(historyName(), []);
  showHistory();
});
$("language").addEventListener("click", () => {
  const other = language === "en" ? "zh" : "en";
  store.set("language", other);
  speak(other);
});
$("theme").addEventListener("click", () => {
  const dark = getComputedStyle(document.documentElement).colorScheme;
  const now = dark === "light dark" ? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light") : dark;
  const other = now === "dark" ? "light" : "dark";
  store.set("theme", other);
  paint(other);
});

paint(store.get("theme", ""));
const found = await ask("texts");
texts = found.texts;
speak(store.get("language", found.language));
poll();
