// What a customer's phone follows while a case runs: its events and their own notices, over a line that breaks.

import { until } from "./client.mjs";

const EVENTS = `subscription($id: ID!, $after: String) { complaintEvents(complaintId: $id, after: $after) {
  id cursor kind text occurredAt actorName state } }`;
const NOTICES = `subscription($after: String) { myNotices(after: $after) { cursor kind complaintId } }`;
const QUEUE = `subscription($id: ID!, $after: String) { departmentQueue(departmentId: $id, after: $after) {
  id kind complaint { id } workOrder { number } } }`;

/// A customer's phone. It keeps what came in and, for the next line, the cursor of the last of it.
export class Phone {
  constructor(person, after) {
    Object.assign(this, { person, events: [], notices: [], failures: [] });
    this.after = { events: after, notices: after };
  }

  connect(complaintId) {
    this.complaintId = complaintId;
    this.socket = this.person.socket();
    this.live = {
      events: this.socket.follow(EVENTS, { id: complaintId, after: this.after.events }),
      notices: this.socket.follow(NOTICES, { after: this.after.notices }),
    };
  }

  /// Waits for a kind of event as the last one, so that the line is cut in the middle and not before it was up.
  async heard(kind) {
    return until(() => this.live.events.at(-1)?.kind === kind && this.live.notices.length > 0);
  }

  cut() {
    this.socket.cut();
    this.keep();
  }

  async close() {
    await this.socket.close();
    this.keep();
  }

  keep() {
    for (const of of ["events", "notices"]) {
      this[of].push(...this.live[of]);
      this.after[of] = this[of].at(-1)?.cursor ?? this.after[of];
    }
    this.failures.push(...this.socket.failures);
    this.live = { events: [], notices: [] };
  }

  /// Waits until so many events are there in all; those that should not be there come before the wait is over, or are
  /// seen when the line is closed later.
  async waitFor(count) {
    return until(() => this.events.length + this.live.events.length >= count);
  }
}

/// A department's screen: everything in its queue.
export class Screen {
  constructor(person, departmentId, after) {
    this.socket = person.socket();
    this.items = this.socket.follow(QUEUE, { id: departmentId, after });
  }

  /// Whether the issue of a work order has shown up.
  async hasSeen({ id, workOrders: [{ number }] }) {
    const is = (item) => item.kind === "WORK_ORDER_ISSUED" && item.workOrder?.number === number && item.complaint?.id === id;
    return until(() => this.items.some(is));
  }
}
