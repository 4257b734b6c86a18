// How two lists of lines differ.

const AROUND = 3;

// Returns steps from one list to the other: {kind: "same" | "removed" | "added", line}, `line` counted in the list that
// has it (for "same" in the second).
export function difference(before, after) {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const middle = walk(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [
    ...same(0, start),
    ...middle.map(({ kind, line }) => ({ kind, line: line + start })),
    ...same(after.length - end, after.length),
  ];
}

// Returns the steps with those far from any change folded: {kind: "skipped", count}.
export function folded(steps) {
  const near = steps.map(() => false);
  steps.forEach(({ kind }, number) => {
    if (kind !== "same") near.fill(true, Math.max(0, number - AROUND), number + AROUND + 1);
  });
  const found = [];
  steps.forEach((step, number) => {
    if (near[number]) found.push(step);
    else if (found.at(-1)?.kind === "skipped") found.at(-1).count++;
    else found.push({ kind: "skipped", count: 1 });
  });
  return found;
}

function same(from, to) {
  return Array.from({ length: to - from }, (_, number) => ({ kind: "same", line: from + number }));
}

// The longest common subsequence by the table of lengths; files have a few hundred lines at most.
function walk(before, after) {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1));
  for (let b = before.length - 1; b >= 0; b--) {
    for (let a = after.length - 1; a >= 0; a--) {
      lengths[b][a] = before[b] === after[a] ? lengths[b + 1][a + 1] + 1 : Math.max(lengths[b + 1][a], lengths[b][a + 1]);
    }
  }
  const steps = [];
  for (let b = 0, a = 0; b < before.length || a < after.length;) {
    if (b < before.length && a < after.length && before[b] === after[a]) {
      steps.push({ kind: "same", line: a++ });
      b++;
    } else if (b < before.length && (a === after.length || lengths[b + 1][a] >= lengths[b][a + 1])) {
      steps.push({ kind: "removed", line: b++ });
    } else {
      steps.push({ kind: "added", line: a++ });
    }
  }
  return steps;
}
