// Reads `tour.graphql`: its operations, what each of them gives, and what a later one needs of that.

/// A step begins with `# 1. …`; `# variables: {…}` are sent with it, and `# keeps name: path` says what to keep.
export function tabs(tour) {
  const steps = tour.split(/^(?=# \d+\. )/m).filter((part) => /^# \d+\. /.test(part));
  return steps.map((step) => {
    const variables = step.match(/^# variables: (.*)$/m)?.[1];
    const query = step.replace(/^# variables: .*\n/m, "").trim();
    return { query, variables: variables && JSON.stringify(JSON.parse(variables), null, 2) };
  });
}

/// What an answer gives to be kept. A part of a path is a field, a position, or `field=value`: the item that has it.
export function keep(document, data) {
  const kept = {};
  for (const [, name, path] of document.matchAll(/^# keeps (\w+): (\S+)$/gm)) {
    const found = path.split(".").reduce(into, data);
    if (found !== undefined && found !== null) kept[name] = found;
  }
  return kept;
}

function into(value, part) {
  const [field, wanted] = part.split("=");
  return wanted ? value?.find((item) => item[field] === wanted) : value?.[part];
}

/// Whoever signs in gives their ids under the names of their roles.
export function signedIn(viewer) {
  const kept = {};
  for (const { role, teamId } of viewer?.roles ?? []) {
    if (viewer.id) kept[`${role}.id`] = viewer.id;
    if (teamId) kept[`${role}.teamId`] = teamId;
  }
  return kept;
}

/// Variables with each `"<name>"` replaced by what was kept under it.
export function fill(variables, kept) {
  const missing = [];
  const replace = (key, value) => {
    const name = typeof value === "string" && value.match(/^<([\w.]+)>$/)?.[1];
    if (!name) return value;
    if (!(name in kept)) missing.push(name);
    return kept[name];
  };
  const filled = variables && JSON.parse(JSON.stringify(variables, replace));
  return { variables: filled, missing };
}
