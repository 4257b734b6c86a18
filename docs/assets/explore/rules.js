// Which answers go together: walks the graph that the build made of copier.yml.

const END = -1;

// Returns the nearest valid answers to what was wished for.
//
// `answers` has a value for every question; `asked` has, for each question in order, its node of the graph; `adjusted`
// tells which wishes could not be fulfilled, and why.
export function resolve(index, wishes) {
  const answers = {};
  const asked = [];
  const adjusted = [];
  for (let number = index.start; number !== END; number = node(index, number).answers[answers[asked.at(-1).question]]) {
    const here = node(index, number);
    const wish = wishes[here.question];
    const value = wish in here.answers ? wish : fallback(here);
    if (wish in here.refused) {
      adjusted.push({ question: here.question, wish, value, reason: index.reasons[here.refused[wish]] });
    }
    answers[here.question] = value;
    asked.push(here);
  }
  return { answers, asked, adjusted };
}

// Returns the wishes behind answers: those that are not what everybody gets. Others give way without a word.
export function wishesOf(index, answers) {
  const wishes = {};
  for (const { question, default: usual } of resolve(index, answers).asked) {
    if (question in answers && answers[question] !== usual) wishes[question] = answers[question];
  }
  return wishes;
}

// Returns the name of a combination, as the data calls it.
export function named(answers) {
  return Object.values(answers).join("/");
}

// Returns the reasons of a node, each with the answers that it refuses.
export function refusals(index, here) {
  const found = new Map();
  for (const [value, reason] of Object.entries(here.refused)) {
    found.set(reason, [...(found.get(reason) ?? []), value]);
  }
  return [...found].map(([reason, values]) => ({ reason: index.reasons[reason], values }));
}

function node(index, number) {
  return index.nodes[number];
}

function fallback(here) {
  return here.default in here.answers ? here.default : Object.keys(here.answers)[0];
}
