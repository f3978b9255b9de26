// A technician's handheld, written by nothing but the README's guide: what the server has for the technician, kept by id
// with a cursor, and a queue of what was done. Whatever is not answered is sent again. Photos go by a tus client of others.

import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Upload } from "tus-js-client";
import { fitting } from "./contract.mjs";

/// The query of the sync loop, word for word as the guide has it, but in smaller pages, so that there are several.
const SYNC = guided(/```graphql\n(query\(\$after: String, \$now: DateTime!\) \{\n {2}sync\([^`]*)```/).replace("first: 20", "first: 5");
const SUBMIT = `mutation($input: SubmitActsInput!) { submitActs(input: $input) {
  acts { id outcome workOrder { id state version } errors { code field message } } errors { code field message } } }`;
const UPLOAD = `mutation($input: CreateUploadInput!) { createUpload(input: $input) {
  uploadPath attachment { id } errors { code field message } } }`;

/// How often something is tried, and how long is waited in between, in milliseconds: a phone waits longer.
const TRIES = 400;
const WAIT = 10;
/// How long an answer is waited for.
const PATIENCE = 10_000;
/// So much of a photo goes at once, so that a line that drops loses little.
const PIECE = 4_096;
/// How many acts go at once, at most.
const MOST = 50;

/// What the README's guide has between some words.
function guided(pattern) {
  const found = pattern.exec(readFileSync(new URL("../../README.md", import.meta.url), "utf8"));
  if (!found) throw new Error(`README.md has nothing like ${pattern}`);
  return found[1];
}

export class Handheld {
  orders = new Map();
  stock = new Map();
  cursor = null;
  queue = [];
  answers = new Map();
  retries = 0;

  constructor(url, token) {
    Object.assign(this, { url, token });
  }

  /// Tries until it is done: whoever calls makes sure that it is done once.
  async #until(attempt) {
    for (let tries = 0; tries < TRIES; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof Refused) throw error;
        this.retries += 1;
        await new Promise((wake) => setTimeout(wake, WAIT));
      }
    }
    throw new Error(`nothing came through in ${TRIES} tries`);
  }

  /// The data of an answer; the same request again until one comes.
  async ask(document, variables) {
    const body = JSON.stringify({ query: fitting(document), variables });
    const headers = { "content-type": "application/json", authorization: `Bearer ${this.token}` };
    const { data, errors } = await this.#until(async () => {
      const signal = AbortSignal.timeout(PATIENCE);
      return (await fetch(`${this.url}/graphql`, { method: "POST", headers, body, signal })).json();
    });
    if (errors) throw new Refused(JSON.stringify(errors));
    return data;
  }

  /// Does a mutation that takes an idempotency key.
  async once(document, input) {
    const data = await this.ask(document, { input: { ...input, idempotencyKey: randomUUID() } });
    const [payload] = Object.values(data);
    if (payload.errors.length > 0) throw new Refused(JSON.stringify(payload.errors));
    return payload;
  }

  /// Reads on until there is nothing more.
  async sync() {
    for (;;) {
      const { sync } = await this.ask(SYNC, { after: this.cursor, now: new Date().toISOString() });
      for (const order of sync.orders) this.orders.set(order.id, order);
      for (const id of sync.gone) this.orders.delete(id);
      if (sync.stock?.whole) this.stock.clear();
      for (const item of sync.stock?.items ?? []) {
        if (item.retiredAt) this.stock.delete(item.id);
        else this.stock.set(item.id, item);
      }
      this.cursor = sync.cursor;
      if (!sync.hasMore) return;
    }
  }

  /// Keeps an act; nothing is sent.
  did(order, name, more = {}) {
    const input = { workOrderId: order, expectedVersion: this.orders.get(order).version, ...more };
    const id = randomUUID();
    this.queue.push({ id, occurredAt: new Date().toISOString(), act: { [name]: input } });
    return id;
  }

  /// Sends the queue in order, whole, so that acts on one order may name one version; what is answered comes off it.
  async flush() {
    while (this.queue.length > 0) {
      const acts = this.queue.slice(0, MOST);
      const input = { deviceTime: new Date().toISOString(), cursor: this.cursor, acts };
      const { submitActs } = await this.ask(SUBMIT, { input });
      if (submitActs.errors.length > 0) throw new Refused(JSON.stringify(submitActs.errors));
      for (const answer of submitActs.acts) this.answers.set(answer.id, answer);
      this.queue = this.queue.filter((act) => !this.answers.has(act.id));
    }
  }

  /// Sends a photo of the work, on from where it stands; its id.
  async photo(order, name, bytes) {
    const complaintId = this.orders.get(order).complaint.id;
    const announced = await this.once(UPLOAD, { complaintId, workOrderId: order, name, size: bytes.length });
    await new Promise((onSuccess, onError) => {
      const uploadUrl = `${this.url}${announced.uploadPath}`;
      const onShouldRetry = () => (this.retries += 1) > 0;
      new Upload(bytes, { uploadUrl, chunkSize: PIECE, retryDelays: Array(TRIES).fill(WAIT), onShouldRetry, onSuccess, onError }).start();
    });
    return announced.attachment.id;
  }
}

/// The server has answered, and said no.
class Refused extends Error {}

/// The hash of what the customer is shown, made of what the device knows: sorted keys and no spaces, as the guide says.
export function shown(order, work) {
  const content = {
    cause: work.cause, complaint: order.complaint.number, materials: work.materials, photos: order.photos.map((photo) => photo.sha256),
    place: order.place, pricing: order.pricing, quotes: order.quotes.filter((quote) => quote.state === "ACCEPTED").map((quote) => quote.contentHash),
    task: order.task, workDone: work.workDone, workOrder: order.number,
  };
  return hash(JSON.stringify(content));
}

export function hash(text) {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
