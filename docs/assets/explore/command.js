// The command that makes a project.

// Returns the command line for some answers. Which Python runs scaffold would decide on `--python`, so it is always said.
export function command(index, answers) {
  const parts = ["scaffold new", index.project, "--defaults"];
  for (const [question, value] of Object.entries(answers)) {
    if (value !== usual(index, answers, question) || question === "starter" || question === "python") {
      parts.push(option(index.flags[question], question, value));
    }
  }
  return parts.join(" ");
}

function option(flag, question, value) {
  if (!flag) return `-d ${question}=${value}`;
  if (value === "true") return flag;
  return value === "false" ? flag.replace("--", "--no-") : `${flag} ${value}`;
}

function usual(index, answers, wanted) {
  let here = index.nodes[index.start];
  while (here.question !== wanted) here = index.nodes[here.answers[answers[here.question]]];
  return here.default;
}
