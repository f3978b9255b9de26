// A technician's handheld, written by nothing but the README's guide: what the server has for the technician, kept by id
// with a cursor, and a queue of what was done. Whatever is not answered is sent again. Photos go by a tus client of others.

import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { Upload } from "tus-js-client";
import { fitting } from "./contract.mjs";

/// The query of the sync loop, word for word as the guide has it, but in smaller pages, so that there are several.
const SYNC = guided(/```graphql\n(query\(\$after: String, \$now: DateTime!\) \{\n {2}sync\([^`]*)```/).replace("first: 20", "first: 5");
/// And the mutation that sends the queue.
const SUBMIT = guided(/```graphql\n(mutation\(\$input: SubmitActsInput!\) [^`]*)```/);
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
/// By what a batch is known that cannot be read as a whole.
const UNFIT = ["BAD_REQUEST", "BAD_INPUT", "TOO_LARGE", "TOO_COSTLY", "DOCUMENT_TOO_LARGE"];

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
  aside = [];
  retries = 0;

  /// A device of somebody; `most` acts go at once.
  constructor(url, token, most = MOST) {
    Object.assign(this, { url, token, most });
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
    if (errors) throw new Refused(JSON.stringify(errors), errors[0]?.extensions?.code);
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

  /// Keeps a photo of the work; nothing is sent, but the hash by which it is signed for is known. Its place in the queue.
  took(order, name, bytes) {
    const photo = { order, name, bytes, complaintId: this.orders.get(order).complaint.id };
    const id = randomUUID();
    this.queue.push({ id, photo });
    return id;
  }

  /// Sends the queue in order: the acts in batches, and each photo where it was taken. What is answered comes off it.
  async flush() {
    while (this.queue.length > 0) {
      const [{ id, photo }] = this.queue;
      if (photo) {
        this.answers.set(id, await this.#send(photo));
      } else {
        const next = this.queue.findIndex((kept) => kept.photo);
        await this.#submit(this.queue.slice(0, Math.min(this.most, next < 0 ? this.most : next)));
      }
      this.queue = this.queue.filter((kept) => !this.answers.has(kept.id));
    }
  }

  /// Sends acts; what the server cannot read as a whole is halved, until what nobody can read is alone and set aside.
  async #submit(acts) {
    const input = { deviceTime: new Date().toISOString(), cursor: this.cursor, acts };
    try {
      const { submitActs } = await this.ask(SUBMIT, { input });
      if (submitActs.errors.length > 0) throw new Refused(JSON.stringify(submitActs.errors));
      for (const answer of submitActs.acts) this.answers.set(answer.id, answer);
    } catch (error) {
      if (!UNFIT.includes(error.code)) throw error;
      if (acts.length === 1) {
        this.aside.push(acts[0]);
        this.answers.set(acts[0].id, { outcome: error.code });
        return;
      }
      const half = Math.ceil(acts.length / 2);
      await this.#submit(acts.slice(0, half));
      await this.#submit(acts.slice(half));
    }
  }

  /// Sends a photo of the work, on from where it stands; its id.
  async #send({ order, name, bytes, complaintId }) {
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
class Refused extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/// The hash of what the customer is shown, made of what the device knows and of the photos that it has just taken: sorted keys
/// and no spaces, as the guide says.
export function shown(order, work, taken = []) {
  const text = (words) => words?.trim() || null;
  const photos = [...order.photos.map((photo) => photo.sentSha256), ...taken.map(hash)].sort();
  const quotes = order.quotes.filter((quote) => quote.state === "ACCEPTED").map((quote) => quote.contentHash).sort();
  const content = {
    cause: text(work.cause), complaint: order.complaint.number, materials: text(work.materials), photos, place: order.place,
    pricing: order.pricing, quotes, task: order.task, workDone: text(work.workDone), workOrder: order.number,
  };
  return hash(JSON.stringify(content));
}

/// SHA-256 of a text in UTF-8, or of bytes, in hex.
export function hash(text) {
  return createHash("sha256").update(text).digest("hex");
}
