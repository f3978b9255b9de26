// Plays one case by a list of steps. A step says who does what, and what must be true afterwards: where case, order and
// follow-up stand, who owns each, and what the customer was told. A step that must be refused changes nothing at all.

import { randomUUID } from "node:crypto";
import { mutation } from "./contract.mjs";

/// The company's leader sees every case, so every step is looked at through the same eyes.
const LOOK = `query($id: ID!) { complaint(id: $id) { id number state version handler { name }
  workOrders { id number state version handler { name } }
  followUps { id state version ownerName } } }`;
const NOTICES = "{ notices(page: { first: 100 }) { cursor kind text complaintId } }";
const TIMELINE = `query($id: ID!) { complaint(id: $id) {
  timeline(first: 100) { id cursor kind text occurredAt actorName state } } }`;

export class Play {
  constructor({ title, people, customer, tally }) {
    Object.assign(this, { title, people, tally, customer: people[customer] });
    this.now = null; // the case as it stands; null until it is filed
    this.told = []; // every kind of notice that the customer must have had, in order
    this.parts = new Map(Object.entries(people).map(([part, person]) => [person.name, part]));
  }

  async run(steps) {
    console.log(`\n${this.title}`);
    for (const step of steps) {
      if (step.checks) await step.run(this);
      else if (step.does) await this.done(step);
      else await this.refused(step);
      console.log(`  ${label(step)}`);
    }
  }

  /// Sends an act as somebody who has seen the case as it stands.
  async send(who, act, given = {}) {
    const { document, target, versioned, once } = mutation(act);
    const things = { complaintId: this.now, workOrderId: this.now?.workOrders[0], followUpId: this.now?.followUps[0] };
    const input = {};
    if (target) input[target] = things[target].id;
    if (versioned) input.expectedVersion = things[target].version;
    if (once) input.idempotencyKey = randomUUID();
    return this.people[who].response(document, { input: { ...input, ...given } });
  }

  async done(step) {
    const { data, errors } = await this.send(step.who, step.does, await this.given(step));
    const payload = data?.[step.does];
    if (errors || payload.errors.length > 0) {
      throw new Error(`${this.title}: ${label(step)} was refused: ${JSON.stringify(errors ?? payload.errors)}`);
    }
    this.now = await this.look(this.now?.id ?? payload.complaint.id);
    this.told.push(...(step.told ?? []));
    const { case: case_, order = null, followUp = null } = step;
    this.tally.is(label(step), this.standing(), { case: case_, order, followUp });
    this.tally.is(`${label(step)}: what the customer was told`, await this.notices(), this.told);
  }

  async refused(step) {
    const before = this.now;
    const { data, errors } = await this.send(step.who, step.tries, await this.given(step));
    const payload = data?.[step.tries];
    const refusal = payload?.errors.map(({ code, needed }) => [code, ...needed].join(" "));
    this.tally.is(label(step), errors?.map((error) => error.extensions?.code) ?? refusal, [step.refused ?? step.forbidden]);
    this.tally.is(`${label(step)}: told as data, unless the role may never`, Boolean(errors), Boolean(step.forbidden));
    this.tally.is(`${label(step)}: nothing has changed`, await this.look(before.id), before);
    this.tally.is(`${label(step)}: nobody was told`, await this.notices(), this.told);
    if (step.refused === "STALE") {
      const { state, version } = payload.complaint ?? {};
      this.tally.is("the refusal holds the current state", { state, version }, { state: before.state, version: before.version });
    }
  }

  given(step) {
    return typeof step.with === "function" ? step.with(this) : step.with;
  }

  async look(id) {
    const { complaint } = await this.people.companyLeader.ask(LOOK, { id });
    return complaint;
  }

  /// Where things stand and whose they are, in the words of the list: `STATE part`.
  standing() {
    const owned = (thing, name) => (thing ? `${thing.state} ${this.parts.get(name) ?? name}` : null);
    const [order, followUp] = [this.now.workOrders[0], this.now.followUps[0]];
    return {
      case: owned(this.now, this.now.handler.name),
      order: owned(order, order?.handler.name),
      followUp: owned(followUp, followUp?.ownerName),
    };
  }

  /// The kinds of notice that the customer has had of this case, oldest first.
  async notices(person = this.customer) {
    const { notices } = await person.ask(NOTICES);
    return notices.filter((one) => one.complaintId === this.now.id).map((one) => one.kind).reverse();
  }

  /// What happened, as the customer sees it.
  async timeline() {
    const { complaint } = await this.customer.ask(TIMELINE, { id: this.now.id });
    return complaint.timeline;
  }

  async tell() {
    console.log(`\n${this.title}: ${this.now.number} as ${this.customer.name} saw it`);
    for (const { occurredAt, text, actorName, state } of await this.timeline()) {
      console.log(`  ${occurredAt.slice(0, 19)}Z  ${text}  (${actorName ?? "-"})  ${state}`);
    }
  }
}

/// A step in a line.
function label(step) {
  if (step.checks) return `        ${step.checks}`;
  const act = `${step.who} ${step.does ?? step.tries}`;
  if (step.tries) return `refused ${act}: ${step.refused ?? step.forbidden}`;
  return `done    ${act}: ${[step.case, step.order, step.followUp].filter(Boolean).join(" | ")}`;
}
