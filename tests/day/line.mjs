// A line that drops: it stands between a device and the server and cuts every connection after so many bytes or so much
// time, drawn from a seeded generator. What is cut may be a request on its way, an answer, or either in the middle.

import { createServer, connect } from "node:net";

/// How much comes through before a cut, in bytes, and how long a connection lives, in milliseconds: from, to.
const BYTES = [200, 20_000];
const LIFE = [50, 1_500];

/// Numbers from 0 to 1 that are the same for the same seed (mulberry32).
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export class Line {
  cuts = 0;
  #open = new Set();

  constructor(url, seed) {
    this.target = new URL(url);
    this.draw = dice(seed);
    this.server = createServer((device) => this.#carry(device));
  }

  async open() {
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  async close() {
    for (const socket of this.#open) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  /// Small as often as large: the powers are drawn evenly.
  #between([from, to]) {
    return Math.round(from * (to / from) ** this.draw());
  }

  #carry(device) {
    const server = connect(Number(this.target.port), this.target.hostname);
    let left = this.#between(BYTES);
    let over = false;
    const end = () => {
      over = true;
      clearTimeout(timer);
      for (const socket of [device, server]) {
        this.#open.delete(socket);
        socket.destroy();
      }
    };
    const cut = () => {
      if (!over) this.cuts += 1;
      end();
    };
    const timer = setTimeout(cut, this.#between(LIFE));
    for (const [from, to] of [[device, server], [server, device]]) {
      this.#open.add(from);
      from.on("error", end);
      from.on("close", end);
      from.on("data", (bytes) => {
        if (over) return;
        to.write(bytes.subarray(0, left));
        left -= bytes.length;
        // What was written last is given the time to arrive: what is cut then is the answer.
        if (left <= 0) setImmediate(cut);
      });
    }
  }
}
