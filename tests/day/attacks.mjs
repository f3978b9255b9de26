// What attacks cost a running server, in CPU time and in bytes of the answer:
//   node tests/day/attacks.mjs http://127.0.0.1:8080 PID
// An attacker's allowance may end meanwhile; what is refused for that has been read all the same.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const [, , url, pid] = process.argv;
const ROUNDS = 200;
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"]));

/// CPU time that the server has used, in milliseconds.
function used() {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}

const times = (count, piece) => Array.from({ length: count }, (_, n) => piece(n)).join(" ");
const bomb = (levels) =>
  `{ ...F0 } ${times(levels, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F${levels} on Query { __typename }`;
const attacks = {
  "nothing but a name": "{ __typename }",
  "a fragment bomb, 22 levels": bomb(22),
  "fragments in a circle": "{ ...F } fragment F on Query { ...F ...F }",
  "a thousand aliases": `{ ${times(1000, (n) => `a${n}: __typename`)} }`,
  "5000 unknown fields": `{ viewer { ${times(5000, (n) => `x${n}`)} } }`,
  "1000 unknown fields": `{ viewer { ${times(1000, (n) => `x${n}`)} } }`,
  "1000 times one field with other arguments": `{ ${times(15, () => `sites(organizationCode: "x") { ${times(60, () => "name")} }`)} }`,
  "a line that cannot be parsed": `{ ${times(2500, () => "a")}`,
  "brackets inside brackets": `{ a(x: ${"[".repeat(4000)} }`,
  "a page of pages": "{ complaints(page: { first: 100 }) { nodes { workOrders { complaint { workOrders { complaint { id } } } } } } }",
};

const ask = async (body) => {
  const answer = await fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body });
  return answer.text();
};

console.log("CPU ms a request, CPU ms a KB of attack, bytes of the answer, attack");
for (const [name, query] of Object.entries(attacks)) {
  const body = JSON.stringify({ query });
  for (let round = 0; round < 20; round += 1) await ask(body);
  const before = used();
  let size = 0;
  for (let round = 0; round < ROUNDS; round += 1) size = (await ask(body)).length;
  const each = (used() - before) / ROUNDS;
  const perKilobyte = each / Math.max(1, body.length / 1024);
  console.log(`${each.toFixed(2).padStart(8)} ${perKilobyte.toFixed(2).padStart(8)} ${String(size).padStart(6)}  ${name} (${body.length} bytes)`);
}
