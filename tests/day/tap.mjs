// A dripping tap: an ordinary repair that its customer files in the app, refuses to sign at first, and then signs.

import { randomUUID } from "node:crypto";
import { mutation } from "./contract.mjs";
import { blank, signature } from "./png.mjs";
import { Phone } from "./streams.mjs";

const RATINGS = { quality: 4, attitude: 5, timeliness: 4, overall: 4 };

/// Files the case and plays it to the archive; the phone stays connected, so that a repeat that comes late is seen, too.
export async function dripping(play, at) {
  const { resident, leader, technician, otherTechnician, stranger } = play.people;
  const phone = new Phone(resident, await resident.cursor());
  const filing = {
    unitId: resident.units[0].id,
    report: { kind: "REPAIR", categoryId: at.category("DRIP"), description: "厨房水龙头一直滴水，拧紧也没用" },
    idempotencyKey: randomUUID(),
  };
  const signing = (png) => async (play) => {
    const shown = "query($id: ID!) { workOrder(id: $id) { contentToSign contentToSignSha256 } }";
    const { workOrder } = await resident.ask(shown, { id: play.now.workOrders[0].id });
    return { signature: { signerName: resident.name, png }, ratings: RATINGS, contentSha256: workOrder.contentToSignSha256 };
  };

  await play.run([
    { who: "resident", does: "fileComplaint", with: filing, case: "RECEIVED supervisor" },
    { checks: "the phone follows the case and its notices from before the filing", run: () => phone.connect(play.now.id) },
    { checks: "the same key gives the same case once; other input under it is refused", run: () => sameKey(play, filing) },
    { checks: "the other organization sees nothing", run: () => seesNothing(play, stranger, "complaint", play.now.id) },

    { who: "frontDesk", does: "issueWorkOrder", with: { task: "检查厨房水龙头，更换阀芯" },
      case: "IN_PROGRESS head", order: "ISSUED head", told: ["COMPLAINT_DISPATCHED", "WORK_ORDER_ISSUED"] },
    { who: "frontDesk", tries: "reportProgress", with: (play) => ({ text: "已派单", expectedVersion: play.now.version - 1 }),
      refused: "STALE" },
    { who: "leader", tries: "acknowledgeWorkOrder", forbidden: "FORBIDDEN" },
    { who: "head", does: "acknowledgeWorkOrder", case: "IN_PROGRESS head", order: "ACKNOWLEDGED head" },
    { who: "head", does: "assignTeam", with: { teamId: leader.post.teamId },
      case: "IN_PROGRESS head", order: "TEAM_ASSIGNED leader" },
    { who: "leader", does: "assignTechnician", with: { technicianId: technician.id },
      case: "IN_PROGRESS head", order: "TECHNICIAN_ASSIGNED technician", told: ["TECHNICIAN_ASSIGNED"] },
    { checks: "a technician of another team sees neither order nor case", run: async () => {
      await seesNothing(play, otherTechnician, "workOrder", play.now.workOrders[0].id);
      await seesNothing(play, otherTechnician, "complaint", play.now.id);
    } },
    { who: "technician", tries: "completeWorkOrder", with: { workDone: "换了", cause: "旧了" },
      refused: "WRONG_STATE ARRIVED" },
    { who: "technician", does: "departForWorkOrder",
      case: "IN_PROGRESS head", order: "EN_ROUTE technician", told: ["TECHNICIAN_DEPARTED"] },
    { who: "technician", does: "recordArrival",
      case: "IN_PROGRESS head", order: "ARRIVED technician", told: ["TECHNICIAN_ARRIVED"] },
    { checks: "the phone has heard of the arrival, and its line is cut", run: async () => {
      play.tally.is("the arrival came over the socket", await phone.heard("TECHNICIAN_ARRIVED"), true);
      phone.cut();
    } },
    { who: "technician", does: "completeWorkOrder", with: { workDone: "更换密封圈", cause: "密封圈老化" },
      case: "IN_PROGRESS head", order: "DONE technician", told: ["WORK_ORDER_COMPLETED"] },
    { who: "head", tries: "resolveComplaint", with: { result: "已修好" }, refused: "MISSING WORK_ORDERS_FINISHED" },
    { who: "head", tries: "signOffWorkOrder", with: { why: "PUBLIC_AREA", note: "代签" }, refused: "MISSING NOBODY_CAN_SIGN" },
    { who: "resident", does: "refuseSignature", with: { reason: "还在滴水" },
      case: "IN_PROGRESS head", order: "TECHNICIAN_ASSIGNED technician" },
    { checks: "the phone comes back and goes on behind the last that it heard", run: () => phone.connect(play.now.id) },
    { who: "technician", does: "departForWorkOrder",
      case: "IN_PROGRESS head", order: "EN_ROUTE technician", told: ["TECHNICIAN_DEPARTED"] },
    { who: "technician", does: "recordArrival",
      case: "IN_PROGRESS head", order: "ARRIVED technician", told: ["TECHNICIAN_ARRIVED"] },
    { who: "technician", does: "completeWorkOrder", with: { workDone: "更换阀芯", cause: "阀芯磨损", materials: "阀芯 1 个" },
      case: "IN_PROGRESS head", order: "DONE technician", told: ["WORK_ORDER_COMPLETED"] },
    { who: "resident", tries: "signWorkOrder", with: { signature: { signerName: resident.name, png: signature() }, ratings: RATINGS },
      refused: "REQUIRED" },
    { who: "resident", tries: "signWorkOrder", with: signing(blank()),
      refused: "INVALID a drawing: this picture is blank" },
    { who: "resident", does: "signWorkOrder", with: signing(signature()),
      case: "IN_PROGRESS head", order: "SIGNED head" },
    { who: "frontDesk", tries: "acknowledgeCopy", with: { holder: "DEPARTMENT" }, refused: "NOT_YOURS DEPARTMENT" },
    { who: "head", does: "acknowledgeCopy", with: { holder: "DEPARTMENT" }, case: "IN_PROGRESS head", order: "SIGNED head" },
    { who: "frontDesk", does: "acknowledgeCopy", with: { holder: "CUSTOMER_SERVICE" },
      case: "IN_PROGRESS head", order: "CLOSED head" },

    { who: "head", does: "resolveComplaint", with: { result: "已更换阀芯，不再滴水" },
      case: "RESOLVED supervisor", order: "CLOSED head", followUp: "OPEN supervisor",
      told: ["COMPLAINT_RESOLVED", "FOLLOW_UP_OPENED"] },
    { who: "resident", does: "rateComplaint", with: { ratings: RATINGS, comment: "师傅耐心" },
      case: "RESOLVED supervisor", order: "CLOSED head", followUp: "OPEN supervisor" },
    { who: "archivist", tries: "archiveComplaint", refused: "WRONG_STATE FOLLOWED_UP" },
    { who: "director", tries: "inspectFollowUp", with: { remark: "属实" }, refused: "WRONG_STATE FINISHED" },
    { who: "supervisor", tries: "finishFollowUp", with: { method: "PHONE", satisfaction: "SATISFIED", record: "满意" },
      refused: "MISSING CALL_RECORD" },
    { who: "supervisor", does: "finishFollowUp", with: () => byPhone(resident),
      case: "FOLLOWED_UP director", order: "CLOSED head", followUp: "FINISHED director", told: ["FOLLOW_UP_FINISHED"] },
    { who: "officeHead", tries: "signOpinion", with: { opinion: "同意" }, refused: "WRONG_STATE INSPECTED" },
    { who: "frontDesk", tries: "inspectFollowUp", with: { remark: "属实" }, forbidden: "FORBIDDEN" },
    { who: "supervisor", tries: "inspectFollowUp", with: { remark: "属实" },
      refused: "NOT_YOURS OWNER CUSTOMER_SERVICE_DIRECTOR" },
    { who: "archivist", tries: "archiveComplaint", refused: "MISSING FOLLOW_UP_SIGNED" },
    { who: "director", does: "inspectFollowUp", with: { remark: "记录属实" },
      case: "FOLLOWED_UP officeHead", order: "CLOSED head", followUp: "INSPECTED officeHead" },
    { who: "officeHead", does: "signOpinion", with: { opinion: "同意归档" },
      case: "FOLLOWED_UP archivist", order: "CLOSED head", followUp: "SIGNED archivist" },
    { who: "archivist", does: "archiveComplaint",
      case: "ARCHIVED archivist", order: "CLOSED head", followUp: "SIGNED archivist", told: ["COMPLAINT_ARCHIVED"] },
    { who: "resident", tries: "withdrawComplaint", with: { reason: "不修了" },
      refused: "WRONG_STATE RECEIVED DISPATCHED ASSIGNED IN_PROGRESS" },
    { who: "archivist", does: "addAddendum", with: { text: "业主来电致谢" },
      case: "ARCHIVED archivist", order: "CLOSED head", followUp: "SIGNED archivist", told: ["ADDENDUM_ADDED"] },
  ]);
  return phone;
}

async function sameKey(play, filing) {
  const { document } = mutation("fileComplaint");
  const send = async (input) => (await play.customer.ask(document, { input })).fileComplaint;
  play.tally.is("the number is the same", (await send(filing)).number, play.now.number);
  const other = await send({ ...filing, report: { ...filing.report, description: "厨房灯不亮" } });
  play.tally.is("other input is refused", other.errors.map(({ code }) => code), ["KEY_REUSED"]);
  play.tally.is("nothing was filed twice", await play.look(play.now.id), play.now);
}

async function seesNothing(play, who, kind, id) {
  const document = `query($id: ID!) { ${kind}(id: $id) { id } node(id: $id) { id } }`;
  play.tally.is(`${who.name} sees no ${kind}`, await who.ask(document, { id }), { [kind]: null, node: null });
}

function byPhone({ phone }) {
  const startedAt = new Date(Date.now() - 120_000).toISOString();
  const call = { phone, startedAt, durationSeconds: 95, summary: "询问维修结果，业主满意" };
  return { method: "PHONE", satisfaction: "SATISFIED", record: "业主表示水龙头不再滴水，满意", call };
}
