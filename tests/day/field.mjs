// A technician's day over a line that drops every second or so: orders are accepted, refused, taken away, worked on, quoted,
// signed and photographed, and in the end the device has what the server has, nothing is lost and nothing was done twice.
//
//   node field.mjs http://127.0.0.1:8080 [SEED]
//
// Ends with `N passed, 0 failed`, and with an exit status other than 0 unless everything was as listed.

import { randomUUID } from "node:crypto";
import { mutation, fitting } from "./contract.mjs";
import { Handheld, hash, shown } from "./handheld.mjs";
import { dice, Line } from "./line.mjs";
import { assemble } from "./people.mjs";
import { photo, signature } from "./png.mjs";
import { Tally } from "./tally.mjs";

const SEED = 20261126;
const ERRORS = "errors { code field message }";
const QUOTE = `mutation($input: CreateQuoteInput!) { createQuote(input: $input) {
  quote { id state version contentHash total { amount } } ${ERRORS} } }`;
const ACCEPT = `mutation($input: AcceptQuoteInput!) { acceptQuote(input: $input) { quote { id state } ${ERRORS} } }`;
const STOCK = `mutation($input: CreateStockItemInput!) { createStockItem(input: $input) { stockItem { id } ${ERRORS} } }`;
const RECEIVE = `mutation($input: ReceiveStockInput!) { receiveStock(input: $input) { stockItem { count } ${ERRORS} } }`;
const RATINGS = { quality: 5, attitude: 5, timeliness: 4, overall: 5 };
const GIVEN = ["COMPLAINT_RECEIVED", "COMPLAINT_DISPATCHED", "WORK_ORDER_ISSUED", "WORK_ORDER_ACKNOWLEDGED", "TEAM_ASSIGNED", "TECHNICIAN_ASSIGNED"];

/// An act of somebody at a desk, whose line holds.
async function act(person, name, input) {
  const { document } = mutation(name);
  const payload = (await person.ask(document, { input }))[name];
  if (payload.errors.length > 0) throw new Error(`${name} was refused: ${JSON.stringify(payload.errors)}`);
  return payload;
}

async function done(person, document, input) {
  const [payload] = Object.values(await person.ask(document, { input }));
  if (payload.errors.length > 0) throw new Error(`refused: ${JSON.stringify(payload.errors)}`);
  return payload;
}

/// A report of the resident that is issued and given to the technician; the order's and the case's ids.
async function given({ people, at }, description, more = {}) {
  const report = { kind: "REPAIR", categoryId: at.category("DRIP"), description };
  const filed = await act(people.resident, "fileComplaint", { unitId: people.resident.units[0].id, report });
  const { id: complaintId, version } = filed.complaint;
  const issued = await act(people.frontDesk, "issueWorkOrder", { complaintId, expectedVersion: version, task: description, ...more });
  const workOrderId = issued.workOrder.id;
  await act(people.head, "acknowledgeWorkOrder", { workOrderId, expectedVersion: 1 });
  await act(people.head, "assignTeam", { workOrderId, expectedVersion: 2, teamId: people.leader.post.teamId });
  await act(people.leader, "assignTechnician", { workOrderId, expectedVersion: 3, technicianId: people.technician.id });
  return { order: workOrderId, complaint: complaintId };
}

async function day(url, seed, tally) {
  const { people, at } = await assemble(url, tally);
  const { leader, companyLeader, technician, resident } = people;
  const teamId = leader.post.teamId;
  const { staff } = await leader.ask("query($s: ID!) { staff(siteId: $s) { id name roles { role teamId } } }", { s: at.site });
  const mate = staff.find((one) => one.id !== technician.id && one.roles.some((held) => held.role === "TECHNICIAN" && held.teamId === teamId));
  const { stockItem } = await done(leader, STOCK, { teamId, code: randomUUID().slice(0, 8), name: "陶瓷阀芯", unit: "个", minimum: "1" });
  await done(leader, RECEIVE, { stockItemId: stockItem.id, quantity: "10" });
  const { priceList } = await leader.ask("query($s: ID!) { priceList(siteId: $s) { items { id code } } }", { s: at.site });
  const price = (code) => priceList.items.find((item) => item.code === code).id;

  const tap = await given({ people, at }, "厨房水龙头滴水");
  const paid = await given({ people, at }, "加装净水器阀门", { pricing: "QUOTE_ON_SITE" });
  const unwanted = await given({ people, at }, "吊顶内强电改线");
  const taken = await given({ people, at }, "阳台地漏堵塞");

  const line = await new Line(url, seed).open();
  // Few at once, so that each order's acts go out in several batches; between these nothing is synced.
  const device = new Handheld(line.url, technician.token, 3);
  const draw = dice(seed + 1);
  const sign = (contentSha256) => ({ signature: { signerName: resident.name, png: signature() }, ratings: RATINGS, contentSha256 });
  await device.sync();
  for (const { order } of [tap, paid, unwanted, taken]) tally.is("the device has what was given", device.orders.has(order), true);

  console.log("\nOut of reach: a day's acts are kept, and sent over a line that drops");
  const work = { workDone: " 更换“陶瓷”阀芯 \"W02\" <厨房>\n试水 10 分钟，不滴 💧 ", cause: "阀芯磨损/老化 C:\\", materials: "   " };
  const expected = new Map();
  const did = (order, name, more, outcome = "DONE") => expected.set(device.did(order, name, more), outcome);
  did(unwanted.order, "refuseWorkOrder", { reason: "无高压电工证" });
  did(tap.order, "acceptWorkOrder");
  did(tap.order, "departForWorkOrder");
  did(tap.order, "recordArrival");
  did(taken.order, "acceptWorkOrder");
  did(tap.order, "useMaterials", { materials: [{ stockItemId: stockItem.id, quantity: "2" }] });
  // An act that the server does not know spoils nobody's batch but its own.
  expected.set(device.did(tap.order, "teleportToWorkOrder"), "BAD_REQUEST");
  did(tap.order, "completeWorkOrder", work);
  const pictures = [photo(160, 120, draw), photo(120, 160, draw)];
  const before = device.took(tap.order, "更换前.png", pictures[0]);
  const after = device.took(tap.order, "更换后.png", pictures[1]);
  did(tap.order, "signWorkOrder", sign(shown(device.orders.get(tap.order), work, pictures)));
  await device.flush();
  tally.is("what the server does not know was set aside", device.aside.map(({ act: kept }) => Object.keys(kept)), [["teleportToWorkOrder"]]);
  // What the leader takes away meanwhile is not the technician's any more, and holds up nothing else.
  const now = await leader.ask("query($id: ID!) { workOrder(id: $id) { version } }", { id: taken.order });
  await act(leader, "assignTechnician", { workOrderId: taken.order, expectedVersion: now.workOrder.version, technicianId: mate.id });
  did(taken.order, "departForWorkOrder", {}, "NOT_FOUND");
  did(paid.order, "acceptWorkOrder");
  did(paid.order, "departForWorkOrder");
  did(paid.order, "recordArrival");
  await device.flush();
  await device.sync();

  console.log("On site: a quote, the customer's word on the handheld, a photo, the work, the signature");
  const lines = [{ priceItemId: price("W02"), quantity: "2" }, { priceItemId: price("V01"), quantity: "1" }];
  const { complaint } = device.orders.get(paid.order);
  const { quote } = await device.once(QUOTE, { complaintId: complaint.id, expectedVersion: complaint.version, workOrderId: paid.order, lines });
  tally.is("the quote is exact", quote.total.amount, "101.00");
  const word = { quoteId: quote.id, expectedVersion: quote.version, contentHash: quote.contentHash };
  await device.once(ACCEPT, { ...word, signature: { signerName: resident.name, png: signature() } });
  const third = device.took(paid.order, "完工.png", photo(320, 240, draw));
  await device.flush();
  await device.sync();
  did(paid.order, "completeWorkOrder", { workDone: "加装阀门", cause: "客户新装", materials: null });
  await device.flush();
  await device.sync();
  did(paid.order, "signWorkOrder", sign(hash(device.orders.get(paid.order).contentToSign)));
  await device.flush();
  await device.sync();
  await line.close();

  console.log("In the end: the device has what the server has, nothing is lost, nothing was done twice");
  tally.is("the queue is empty", device.queue, []);
  for (const [id, outcome] of expected) {
    const answer = device.answers.get(id);
    const [error] = answer?.errors ?? [];
    const was = ["APPLIED", "ALREADY_APPLIED"].includes(answer?.outcome) ? "DONE" : error?.code ?? answer?.outcome;
    tally.is(`act ${id}: ${JSON.stringify(answer?.errors)}`, was, outcome);
  }
  const fresh = new Handheld(url, technician.token);
  await fresh.sync();
  const sorted = (rows) => [...rows.values()].sort((one, two) => (one.id < two.id ? -1 : 1));
  tally.is("the device has what the server has", sorted(device.orders), sorted(fresh.orders));
  tally.is("of the stock as well", sorted(device.stock), sorted(fresh.stock));
  tally.is("what was used is not there any more", device.stock.get(stockItem.id)?.count, "8");
  const look = fitting(`query($id: ID!) { workOrder(id: $id) { state technicianName photos { id }
    quotes { state total { amount } } stockMovements { kind change }
    complaint { timeline(first: 100) { kind } } } }`);
  const field = ["WORK_ORDER_ACCEPTED", "TECHNICIAN_DEPARTED", "TECHNICIAN_ARRIVED"];
  const ends = [
    [tap, "SIGNED", technician.name, [...GIVEN, ...field, "MATERIALS_USED", "WORK_ORDER_COMPLETED", "ATTACHMENT_ADDED",
      "ATTACHMENT_ADDED", "WORK_ORDER_SIGNED"]],
    [paid, "SIGNED", technician.name, [...GIVEN, ...field, "QUOTE_OFFERED", "QUOTE_ACCEPTED", "ATTACHMENT_ADDED", "WORK_ORDER_COMPLETED",
      "WORK_ORDER_SIGNED", "WORK_CHARGED"]],
    [unwanted, "TEAM_ASSIGNED", null, [...GIVEN, "WORK_ORDER_REFUSED"]],
    [taken, "TECHNICIAN_ASSIGNED", mate.name, [...GIVEN, "WORK_ORDER_ACCEPTED", "TECHNICIAN_ASSIGNED"]],
  ];
  const ofTheDay = new Set([...ends.flatMap(([, , , kinds]) => kinds), "WORK_ORDER_RELEASED", "MATERIALS_RETURNED", "SIGNATURE_REFUSED"]);
  for (const [{ order }, state, name, kinds] of ends) {
    const { workOrder } = await companyLeader.ask(look, { id: order });
    tally.is(`${order} stands`, [workOrder.state, workOrder.technicianName], [state, name]);
    // Whatever else is told of a case, as that a neighbour has reported the same, is not of the day.
    const happened = workOrder.complaint.timeline.map(({ kind }) => kind).filter((kind) => ofTheDay.has(kind));
    tally.is(`${order}: each thing happened once`, happened, kinds);
    const photos = new Map([[tap.order, [before, after]], [paid.order, [third]]]).get(order) ?? [];
    tally.is(`${order}: its photos`, workOrder.photos.map(({ id }) => id), photos.map((kept) => device.answers.get(kept)));
    tally.is(`${order}: its quotes`, workOrder.quotes.map(({ state: answer, total }) => [answer, total.amount]), order === paid.order ? [["ACCEPTED", "101.00"]] : []);
    tally.is(`${order}: its materials`, workOrder.stockMovements.map(({ change }) => change), order === tap.order ? ["-2"] : []);
  }
  tally.is("the line has dropped often enough to mean something", line.cuts >= 20, true);
  console.log(`  ${line.cuts} cuts, ${device.retries} requests sent again, seed ${seed}`);
}

const url = process.argv[2]?.replace(/\/$/, "");
if (!url) {
  console.error("usage: node field.mjs URL [SEED]");
  process.exit(2);
}
const tally = new Tally();
await day(url, Number(process.argv[3] ?? SEED), tally).catch((error) => tally.broke(error));
console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
process.exit(tally.failed === 0 ? 0 : 1);
