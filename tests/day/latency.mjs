// How long after an act the resident's open socket shows it, against a running demo:
//   node tests/day/latency.mjs http://127.0.0.1:8080
// The time runs from before the act is sent to when its event is received, so it holds the act itself.

import { Person, until } from "./client.mjs";
import { mutation } from "./contract.mjs";

const ROUNDS = 100;
const PASSWORD = "huiyin-demo-2026";
const [, , url] = process.argv;

const resident = await Person.signIn(url, "13900000001", PASSWORD);
const { viewer } = await resident.ask("{ viewer { cursor units { id site { categories { id code } } } } }");
const category = viewer.units[0].site.categories.find((one) => one.code === "WATER");
const report = { kind: "REPAIR", categoryId: category.id, description: "测量:水龙头滴水" };
const { fileComplaint } = await resident.ask(mutation("fileComplaint").document, {
  input: { unitId: viewer.units[0].id, report },
});
const complaintId = fileComplaint.complaint.id;

const socket = resident.socket();
const events = socket.follow(
  "subscription($id: ID!, $after: String) { complaintEvents(complaintId: $id, after: $after) { cursor kind } }",
  { id: complaintId, after: viewer.cursor },
);
await until(() => events.length === 1);

const times = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const input = { complaintId, expectedVersion: round + 1, text: `测量 ${round}` };
  const seen = events.length;
  const start = performance.now();
  const sent = resident.ask(mutation("addToComplaint").document, { input });
  while (events.length === seen) await new Promise((wake) => setImmediate(wake));
  times.push(performance.now() - start);
  await sent;
}
await socket.close();
times.sort((a, b) => a - b);
const at = (share) => times[Math.min(times.length - 1, Math.floor(share * times.length))].toFixed(1);
console.log(`from act to screen, ${ROUNDS} acts: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`);
