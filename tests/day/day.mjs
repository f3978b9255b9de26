// One working day from outside: two cases from report to archive, against a running demo server.
//
//   node day.mjs http://127.0.0.1:8080
//
// Ends with `N passed, 0 failed`, and with an exit status other than 0 unless everything was as listed.

import { assemble } from "./people.mjs";
import { bursting } from "./pipe.mjs";
import { Play } from "./play.mjs";
import { Screen } from "./streams.mjs";
import { Tally } from "./tally.mjs";
import { dripping } from "./tap.mjs";

async function day(url, tally) {
  const { people, at } = await assemble(url, tally);
  const screen = new Screen(people.head, people.head.post.departmentId, await people.head.cursor());

  const tap = new Play({ title: "A dripping tap", people, customer: "resident", tally });
  const phone = await dripping(tap, at);
  const pipe = new Play({ title: "A burst pipe", people, customer: "tenant", tally });
  await bursting(pipe, at);

  for (const play of [tap, pipe]) {
    tally.is(`the department's screen has shown the order of ${play.now.number}`, await screen.hasSeen(play.now), true);
  }
  await screen.socket.close();
  tally.is("the department's stream ran without a failure", screen.socket.failures, []);
  await heardEverythingOnce(tap, phone, tally);
  await tap.tell();
  await pipe.tell();
}

/// Over both lines the phone must have heard exactly the case's timeline: the same items, in order, none twice. Another
/// case has been played meanwhile, so a repeat would have come by now.
async function heardEverythingOnce(play, phone, tally) {
  const timeline = await play.timeline();
  tally.is("every event came over the socket", await phone.waitFor(timeline.length), true);
  const overTheFirst = phone.events.length;
  await phone.close();
  tally.is("both lines brought something", overTheFirst > 0 && overTheFirst < timeline.length, true);
  tally.is("over both lines, exactly the timeline", phone.events, timeline);
  const kinds = phone.notices.filter((one) => one.complaintId === play.now.id).map((one) => one.kind);
  tally.is("over both lines, exactly the notices", kinds, play.told);
  tally.is("no stream failed but by the cut", phone.failures, []);
}

const url = process.argv[2]?.replace(/\/$/, "");
if (!url) {
  console.error("usage: node day.mjs URL");
  process.exit(2);
}
const tally = new Tally();
await day(url, tally).catch((error) => tally.broke(error));
console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
// Sockets that a broken day left open must not keep the process.
process.exit(tally.failed === 0 ? 0 : 1);
