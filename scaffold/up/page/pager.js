// Going through what a table shows one page of.

import { button, element, text } from "./shared.js";

export function pager(at, load) {
  let page = 0;

  function turn(step) {
    page += step;
    load();
  }

  const back = button("", () => turn(-1));
  const forth = button("", () => turn(1));
  const range = element("span");
  at.append(back, range, forth);

  // Show where one is: how much there is, how much a page has, how much this one has.
  function show(count, size, length) {
    const first = page * size;
    range.textContent = length ? `${first + 1}–${first + length} / ${count}` : `0 / ${count}`;
    back.textContent = text("previous");
    forth.textContent = text("next");
    back.disabled = page === 0;
    forth.disabled = first + length >= count;
    at.hidden = page === 0 && count <= size;
  }

  return {
    show,
    number: () => page,
    first: () => {
      page = 0;
    },
  };
}
