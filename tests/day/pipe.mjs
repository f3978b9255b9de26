// A burst pipe that floods a corridor: an emergency in a public area, registered by the front desk for a caller.

import { signature } from "./png.mjs";

/// Registers the case and plays it to the archive. The caller lives here, so the case shows in their app.
export async function bursting(play, at) {
  const { tenant, leader, technician, officeHead, companyLeader, resident } = play.people;
  const report = {
    kind: "REPAIR",
    categoryId: at.category("BURST_PIPE"),
    severity: "HIGH",
    place: "5栋8层走廊",
    publicArea: true,
    description: "走廊水管爆裂，水已漫到电梯口",
    contactName: tenant.name,
    contactPhone: tenant.phone,
  };
  const call = {
    phone: tenant.phone,
    startedAt: new Date(Date.now() - 60_000).toISOString(),
    durationSeconds: 40,
    summary: "走廊水管爆裂",
  };
  const registration = (confirmations) => ({ siteId: at.site, channel: "PHONE", report, call, confirmations });
  const clear = { heard: true, asked: true, repeated: true, recorded: true };
  const onSite = { method: "ON_SITE", satisfaction: "SATISFIED", record: "走廊已干，水管不漏" };

  await play.run([
    { checks: "without the four confirmations nothing is registered", run: async () => {
      const { data } = await play.send("frontDesk", "registerComplaint", registration({ ...clear, repeated: false }));
      const refusal = data.registerComplaint.errors.map(({ code, field }) => [code, ...field]);
      play.tally.is("the missing one is named", refusal, [["REQUIRED", "confirmations", "repeated"]]);
    } },
    { who: "frontDesk", does: "registerComplaint", with: registration(clear),
      case: "RECEIVED frontDesk", told: ["COMPLAINT_RECEIVED"] },
    { checks: "an emergency is told to the office head and a leader of the company at once", run: async () => {
      play.tally.is("the office head", await play.notices(officeHead), ["COMPLAINT_RECEIVED"]);
      play.tally.is("the company's leader", await play.notices(companyLeader), ["COMPLAINT_RECEIVED"]);
    } },
    { checks: "the case of a public area is nothing to another resident", run: async () => {
      const { complaint } = await resident.ask("query($id: ID!) { complaint(id: $id) { id } }", { id: play.now.id });
      play.tally.is("the other resident sees nothing", complaint, null);
    } },
    { who: "frontDesk", does: "dispatchComplaint", case: "DISPATCHED head", told: ["COMPLAINT_DISPATCHED"] },
    { who: "head", tries: "acceptComplaint", with: { reason: "马上处理" }, refused: "WRONG_STATE ASSIGNED" },
    { who: "frontDesk", tries: "acceptAssignment", refused: "NOT_YOURS OWNER DEPARTMENT_HEAD MARKET_HEAD" },
    { who: "head", does: "acceptAssignment", case: "ASSIGNED head", told: ["ASSIGNMENT_ACCEPTED"] },
    { who: "head", does: "acceptComplaint", with: { reason: "漏水危及电梯，立即抢修" },
      case: "IN_PROGRESS head", told: ["COMPLAINT_ACCEPTED"] },
    { who: "head", does: "issueWorkOrder", with: { task: "关阀，更换爆裂管段，清走廊积水" },
      case: "IN_PROGRESS head", order: "ISSUED head", told: ["WORK_ORDER_ISSUED"] },
    { who: "head", does: "acknowledgeWorkOrder", case: "IN_PROGRESS head", order: "ACKNOWLEDGED head" },
    { who: "head", does: "assignTeam", with: { teamId: leader.post.teamId },
      case: "IN_PROGRESS head", order: "TEAM_ASSIGNED leader" },
    { who: "leader", does: "assignTechnician", with: { technicianId: technician.id },
      case: "IN_PROGRESS head", order: "TECHNICIAN_ASSIGNED technician", told: ["TECHNICIAN_ASSIGNED"] },
    { who: "technician", does: "departForWorkOrder",
      case: "IN_PROGRESS head", order: "EN_ROUTE technician", told: ["TECHNICIAN_DEPARTED"] },
    { who: "technician", does: "recordArrival",
      case: "IN_PROGRESS head", order: "ARRIVED technician", told: ["TECHNICIAN_ARRIVED"] },
    { who: "head", does: "reportProgress", with: { text: "已关阀，正在更换管段" },
      case: "IN_PROGRESS head", order: "ARRIVED technician", told: ["PROGRESS_REPORTED"] },
    { who: "technician", does: "completeWorkOrder",
      with: { workDone: "更换管段并清理积水", cause: "管道老化", materials: "DN50 水管 2 米" },
      case: "IN_PROGRESS head", order: "DONE technician", told: ["WORK_ORDER_COMPLETED"] },
    { who: "head", tries: "signOffWorkOrder", with: { why: "ABSENT", attempts: 1, note: "无人" },
      refused: "MISSING NOBODY_CAN_SIGN" },
    { who: "head", does: "signOffWorkOrder", with: { why: "PUBLIC_AREA", note: "公共走廊，现场验收合格" },
      case: "IN_PROGRESS head", order: "SIGNED head", told: ["WORK_ORDER_SIGNED_OFF"] },
    { who: "head", does: "resolveComplaint", with: { result: "已更换爆裂管段，走廊积水已清" },
      case: "RESOLVED supervisor", order: "SIGNED head", followUp: "OPEN supervisor",
      told: ["COMPLAINT_RESOLVED", "FOLLOW_UP_OPENED"] },
    { who: "supervisor", tries: "finishFollowUp", with: onSite, refused: "MISSING SIGNATURE" },
    { who: "supervisor", does: "finishFollowUp",
      with: { ...onSite, signature: { signerName: tenant.name, png: signature() } },
      case: "FOLLOWED_UP director", order: "SIGNED head", followUp: "FINISHED director", told: ["FOLLOW_UP_FINISHED"] },
    { who: "director", does: "inspectFollowUp", with: { remark: "现场属实" },
      case: "FOLLOWED_UP officeHead", order: "SIGNED head", followUp: "INSPECTED officeHead" },
    { who: "officeHead", does: "signOpinion", with: { opinion: "同意归档，排查同批水管" },
      case: "FOLLOWED_UP archivist", order: "SIGNED head", followUp: "SIGNED archivist" },
    { who: "archivist", tries: "archiveComplaint", refused: "MISSING COPIES_ACKNOWLEDGED" },
    { who: "head", does: "acknowledgeCopy", with: { holder: "DEPARTMENT" },
      case: "FOLLOWED_UP archivist", order: "SIGNED head", followUp: "SIGNED archivist" },
    { who: "frontDesk", does: "acknowledgeCopy", with: { holder: "CUSTOMER_SERVICE" },
      case: "FOLLOWED_UP archivist", order: "CLOSED head", followUp: "SIGNED archivist" },
    { who: "archivist", does: "archiveComplaint",
      case: "ARCHIVED archivist", order: "CLOSED head", followUp: "SIGNED archivist", told: ["COMPLAINT_ARCHIVED"] },
    { who: "tenant", tries: "withdrawComplaint", with: { reason: "算了" },
      refused: "WRONG_STATE RECEIVED DISPATCHED ASSIGNED IN_PROGRESS" },
  ]);
}
