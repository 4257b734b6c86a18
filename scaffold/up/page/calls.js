// The page of cloud functions and hooks.

import {
  $, addLines, arrows, ask, element, inLanguage, milliseconds, onLanguage, say as sayAt, store, text,
} from "./shared.js";

const HISTORY = 50;
const KEPT = 20000; // characters of an answer in the history

let functions = [];
let selected = null;
let project = "";
let status = "starting";
const drafts = new Map(); // what was typed for each function
const historyName = () => `history:${project}`;

// The list

export async function loadFunctions() {
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
  $("problem").hidden = functions.length > 0 || status !== "healthy";
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
  $("message").textContent = "";
  showList();
  showFunction();
}

function showFunction() {
  const called = selected.kind === "function";
  $("title").textContent = selected.title;
  $("path").textContent = `POST ${selected.path}`;
  $("about").textContent = text(`about-${selected.kind}`);
  $("doc").textContent = selected.doc;
  $("doc").hidden = !selected.doc;
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
  $("time").textContent = answer.seconds === undefined ? "" : milliseconds(answer.seconds);
  $("answer").textContent = answer.status ? answer.body : answer.problem;
  $("call-log").replaceChildren();
  addLines($("call-log"), answer.lines);
  if (!answer.lines.length) $("call-log").append(element("span", { className: "note", textContent: text("no-lines") }));
  $("result").hidden = false;
}

const say = (message, bad = false) => sayAt($("message"), message, bad);

async function send() {
  if (!selected || $("send").disabled) return;
  const question = asked();
  $("send").disabled = true;
  $("result").hidden = true; // the answer to the call before
  say(text("calling"));
  $("curl-text").hidden = true;
  try {
    const answer = await ask("call", question);
    say(answer.hint ? text(answer.hint) : "", true);
    showAnswer(answer);
    const { session, ...kept } = question; // a session token is a login: it is not kept
    const entry = { ...kept, ...answer, body: question.body, answer: answer.body.slice(0, KEPT), when: Date.now() };
    store.set(historyName(), [entry, ...store.get(historyName(), [])].slice(0, HISTORY));
    showHistory();
  } catch (error) {
    say(error.message, true);
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
      say(text("copied"));
    } catch {
      say(text("copy-yourself"));
    }
  } catch (error) {
    $("result").hidden = true;
    say(error.message, true);
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
      element("span", { className: "note", textContent: milliseconds(entry.seconds) }),
      element("span", { className: "note", textContent: new Date(entry.when).toLocaleTimeString(inLanguage()) }),
    );
    button.addEventListener("click", () => recall(entry));
    $("history").append(element("li", {}, button));
  }
  $("clear").hidden = !entries.length;
  $("no-history").hidden = entries.length > 0;
}

function recall(entry) {
  if (!functions.some((one) => one.name === entry.name)) {
    $("message").textContent = text("not-there");
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

// The project, and how its app is

export function knowApp(name, now) {
  const isNew = name !== project;
  project = name;
  status = now;
  if (isNew) showHistory();
}

// Calls are made with this session from now on, until its field is changed.
export function useSession(token, name) {
  $("session").value = token;
  $("as-user").textContent = `${text("as-user")} ${name}`;
}


// Hands

arrows($("calls").querySelector("nav"));
$("calls").addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    send();
  }
});
$("call").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
$("curl").addEventListener("click", copyCurl);
$("filter").addEventListener("input", showList);
$("session").addEventListener("input", () => {
  $("as-user").textContent = "";
});
$("clear").addEventListener("click", () => {
  store.set(historyName(), []);
  showHistory();
});
onLanguage(() => {
  showList();
  if (selected) showFunction();
  showHistory();
});
