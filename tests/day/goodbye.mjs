// A server that is asked to end says so to whoever follows it: the socket closes with 1012, so that a client comes
// back by itself.
//   node goodbye.mjs URL PID

import { Person } from "./client.mjs";

/// "Service restart", as the WebSocket registry of close codes names it.
const RESTART = 1012;
const [, , url, pid] = process.argv;

const resident = await Person.signIn(url, "13900000001", "huiyin-demo-2026");
const socket = resident.socket();
const closed = new Promise((tell) => socket.client.on("closed", (event) => tell(event.code)));
const connected = new Promise((tell) => socket.client.on("connected", tell));
socket.over = true;
socket.follow("subscription { myNotices { cursor } }", {});
await connected;
process.kill(Number(pid), "SIGTERM");
const code = await closed;
if (code !== RESTART) {
  console.error(`the socket was closed with ${code}, not with ${RESTART}`);
  process.exit(1);
}
console.log(`the server said goodbye with ${code}`);
