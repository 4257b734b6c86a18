// The page Outbox: mail, text messages and push that the data service has written down.

import { $, ask, element, moment, onLanguage, text } from "./shared.js";

const POLL = 2000;

function card(message) {
  const sent = message.sentAt ? `${text("sent")} ${moment(message.sentAt)}` : text("not-sent");
  return element(
    "article",
    {},
    element(
      "h2",
      {},
      element("span", { className: "pill", textContent: text(`channel-${message.channel}`) }),
      ` ${message.to}`,
    ),
    element("p", { className: "note", textContent: `${moment(message.createdAt)} · ${sent}` }),
    element("pre", { tabIndex: 0, textContent: message.message }),
  );
}

export function outboxPage() {
  let seen = "";

  async function load() {
    const found = await ask("outbox");
    const now = JSON.stringify(found);
    if (now === seen) return; // what is selected stays selected
    seen = now;
    $("outbox-note").textContent = found.messages.length ? "" : text(`outbox-${found.kind}`);
    $("messages").replaceChildren(...found.messages.map(card));
  }

  async function poll() {
    if ($("outbox").hidden) return;
    try {
      await load();
    } catch (error) {
      $("outbox-note").textContent = error.message;
    }
    clearTimeout(poll.timer);
    poll.timer = setTimeout(poll, POLL);
  }

  function anew() {
    seen = "";
    poll();
  }

  onLanguage(anew);
  return anew;
}
