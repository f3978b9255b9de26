// Somebody who is signed in: asks over HTTP, follows over a socket.

import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { fitting, mutation } from "./contract.mjs";

/// How long one request may take.
const PATIENCE = 30_000;
/// How often and how long something is waited for that comes over a socket.
const [LOOK_EVERY, LOOKS] = [20, 1500];

export class Person {
  /// Nobody yet: a stranger, who can only sign in and look at what is published.
  constructor(url) {
    this.url = url;
  }

  static async signIn(url, phone, password) {
    const person = new Person(url);
    const { document } = mutation("signIn");
    const { signIn } = await person.ask(document, { input: { phone, password } });
    if (signIn.errors.length > 0) throw new Error(`${phone} cannot sign in: ${JSON.stringify(signIn.errors)}`);
    return Object.assign(person, signIn.viewer, { phone, token: signIn.accessToken });
  }

  /// The whole answer to a document.
  async response(document, variables = {}) {
    const headers = { "content-type": "application/json", accept: "application/graphql-response+json" };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    const body = JSON.stringify({ query: fitting(document), variables });
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(`${this.url}/graphql`, { method: "POST", headers, body, signal });
    return answer.json();
  }

  /// The data of an answer that must have come without errors.
  async ask(document, variables) {
    const { data, errors } = await this.response(document, variables);
    if (errors) throw new Error(`${this.name ?? "a stranger"}: ${JSON.stringify(errors)}\n${document}`);
    return data;
  }

  /// Where the log stands for this person: the cursor from which a stream tells only what is to come.
  async cursor() {
    return (await this.ask("{ viewer { cursor } }")).viewer.cursor;
  }

  socket() {
    return new Socket(this);
  }
}

/// A socket of somebody, on which several streams run.
export class Socket {
  constructor(person) {
    this.failures = [];
    this.client = createClient({
      url: `${person.url.replace(/^http/, "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${person.token}` },
      // A socket that breaks unasked is a failure here, not something to get over in silence.
      retryAttempts: 0,
    });
    this.client.on("connected", (socket) => {
      this.raw = socket;
    });
  }

  /// Follows a stream; the list fills as the items come in.
  follow(document, variables) {
    const items = [];
    const field = fitting(document).match(/\{\s*(\w+)/)[1];
    const failed = (what) => {
      if (!this.over) this.failures.push(`${field}: ${what}`);
    };
    this.client.subscribe(
      { query: document, variables },
      {
        next: ({ data, errors }) => (errors ? failed(JSON.stringify(errors)) : items.push(data[field])),
        error: (error) => failed(error?.message ?? `closed with ${error?.code} ${error?.reason}`),
        complete: () => failed("it has ended"),
      },
    );
    return items;
  }

  /// Cuts the line without a word, as when a phone loses its network.
  cut() {
    this.over = true;
    this.raw?.terminate();
  }

  /// Says goodbye.
  async close() {
    this.over = true;
    await this.client.dispose();
  }
}

/// Waits until something holds; false when it has not come to hold in half a minute.
export async function until(holds) {
  for (let look = 0; look < LOOKS; look += 1) {
    if (holds()) return true;
    await new Promise((wake) => setTimeout(wake, LOOK_EVERY));
  }
  return holds();
}
