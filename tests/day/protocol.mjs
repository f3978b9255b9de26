// The protocols, by the libraries that define them, against a running demo:
//   node tests/day/protocol.mjs http://127.0.0.1:8080
// All server audits of graphql-http, and streams through the client of graphql-sse.

import { auditServer } from "graphql-http";
import { createClient } from "graphql-sse";
import { Person, until } from "./client.mjs";
import { mutation } from "./contract.mjs";
import { Tally } from "./tally.mjs";

/// How many audits there are: one that goes missing must not go unnoticed.
const AUDITS = 61;
const CASE = "subscription($id: ID!, $after: String) { complaintEvents(complaintId: $id, after: $after) { cursor kind } }";

async function audits(url, tally) {
  const results = await auditServer({ url: `${url}/graphql`, fetchFn: fetch });
  const failed = results.filter((result) => result.status !== "ok").map(({ id, name, reason }) => `${id} ${name}: ${reason}`);
  tally.is("every audit of GraphQL over HTTP", [results.length, failed], [AUDITS, []]);
  console.log(`${results.length - failed.length} of ${results.length} audits of GraphQL over HTTP passed`);
}

async function events(url, tally) {
  const resident = await Person.signIn(url, "13900000001", "huiyin-demo-2026");
  const client = createClient({
    url: `${url}/graphql`,
    headers: { authorization: `Bearer ${resident.token}` },
    retryAttempts: 0,
  });
  const once = client.iterate({ query: "{ viewer { name } }" });
  tally.is("a query by events", (await once.next()).value.data, { viewer: { name: resident.name } });
  tally.is("a query by events completes", (await once.next()).done, true);

  const { viewer } = await resident.ask("{ viewer { cursor units { id site { categories { id code } } } } }");
  const category = viewer.units[0].site.categories.find((one) => one.code === "WATER");
  const report = { kind: "REPAIR", categoryId: category.id, description: "水龙头滴水" };
  const filed = await resident.ask(mutation("fileComplaint").document, { input: { unitId: viewer.units[0].id, report } });
  const complaintId = filed.fileComplaint.complaint.id;
  const follow = (after, seen) =>
    client.subscribe(
      { query: CASE, variables: { id: complaintId, after } },
      { next: ({ data, errors }) => seen.push(data?.complaintEvents ?? errors), error: (error) => seen.push(error), complete() {} },
    );
  const add = (version) =>
    resident.ask(mutation("addToComplaint").document, { input: { complaintId, expectedVersion: version, text: "还在滴" } });
  const [first, second] = [[], []];
  const stop = follow(viewer.cursor, first);
  await add(1);
  await until(() => first.length === 2);
  stop();
  await add(2);
  follow(first[1].cursor, second);
  await until(() => second.length === 1);
  const kinds = [...first, ...second].map((event) => event.kind);
  tally.is("over two streams, everything once", kinds, ["COMPLAINT_RECEIVED", "COMPLAINT_ADDED_TO", "COMPLAINT_ADDED_TO"]);
  client.dispose();
}

const [, , url] = process.argv;
const tally = new Tally();
for (const part of [audits, events]) await part(url, tally).catch((error) => tally.broke(error));
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);
