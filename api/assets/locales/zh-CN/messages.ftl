# 面向住户与员工的文字。键名不变，文字可改。
# 变量可能为空：可有可无的变量只放在句末，空着也读得通。

## 未能办理的原因（$field 为字段，$needed 为所需）

refusal-required = 请填写此项。
refusal-too-long = 内容超出允许的长度或数值，允许范围：{ $needed }。
refusal-invalid = 填写的格式不正确，应为：{ $needed }。
refusal-not-found = 没有找到，或您无权查看。
refusal-wrong-state = 目前的状态下不能这样办理；在以下状态下可以：{ $needed }。
refusal-not-yours = 此事须由他人办理；可以办理的有：{ $needed }。
refusal-missing = 还差一步：{ $needed }。
refusal-stale = 刚才已有他人更新，请查看最新情况后再办理。
refusal-key-reused = 同一个幂等键已用于另一份内容，请换一个新键再提交。
refusal-invalid-credentials = 手机号或密码不正确。
refusal-invalid-code = 验证码不正确、已使用或已过期。
refusal-second-factor-needed = 请同时提供身份验证器上的动态码，或一个恢复码。
refusal-not-offered = 本服务未开通短信。
refusal-not-sent = 短信暂时无法发送，请一分钟后再试。
refusal-no-owner = 暂时找不到负责人，请联系管理员补齐该岗位。
refusal-taken = 已被使用，请换一个。
refusal-retired = 此项已停用，请另选一项。
refusal-in-use = 仍被使用，暂不能停用：{ $needed }。

## 仍被什么使用

need-complaints = { $count } 件未办结的事项
need-work-orders = { $count } 张未完成的工单
need-roles = { $count } 个在任岗位
need-departments = { $count } 个部门
need-teams = { $count } 个班组
need-categories = { $count } 个类别

## 还须先做的事

requirement-decision = 部门须先决定受理，或说明理由后不予受理
requirement-work-orders-finished = 所有工单须先签字或取消
requirement-copies-acknowledged = 已签字工单的两联须先各自确认收到
requirement-follow-up-signed = 回访须先完成，经主任检查并由管理处负责人签署意见
requirement-follow-up-inspected = 回访须先经客服主任检查
requirement-written-result = 匿名事项须先写明处理结果
requirement-signature = 上门回访须有客户签字
requirement-call-record = 电话回访须有通话记录
requirement-follow-up = 有客户可以回访，请做回访记录，不必另写结果
requirement-second-item = 拆分时至少要有两项内容
requirement-nobody-can-sign = 客户可以签字，须由客户签字；只有无人可签时才由主管代为签署
requirement-known-customer = 须先知道客户是谁
requirement-successor = 此岗位不能空缺，请指定接任人
requirement-accepted-quote = 须先由客户接受报价
requirement-quotes-answered = 尚有报价未答复，须先答复或修订
requirement-known-unit = 有偿服务计入房屋账单，此事须先登记房号
requirement-nothing-accepted = 客户已接受报价，如需减免请开具减免单
requirement-open-work = 事项和工单须在办理中且尚未完工
requirement-customers-word = 须有客户签字或通话记录
requirement-first-rating = 此事已经评价过，每件只评价一次

## 发生了什么

event-complaint-received = 已收到您反映的事项，编号 { $number }，由 { $owner } 负责跟进。
event-complaint-dispatched = 此事已转交{ $department }办理，由 { $owner } 负责跟进。
event-assignment-accepted = 承办部门已接手此事，由 { $owner } 负责跟进。
event-assignment-refused = 部门退回了此事，现由客服 { $owner } 重新安排。原因：{ $reason }
event-complaint-handed-over = 此事已移交{ $department }继续办理，由 { $owner } 负责跟进。原因：{ $reason }
event-handler-assigned = 此事现由 { $owner } 负责办理。
event-complaint-accepted = 此事已受理，由 { $owner } 负责办理。{ $reason }
event-complaint-declined = 很抱歉，此事不予受理。原因：{ $reason }
event-complaint-reclassified = 此事的类型、类别或紧急程度已更正。原因：{ $reason }
event-progress-reported = 办理进展：{ $reason }
event-complaint-added-to = 此事补充了新的内容。{ $reason }
event-sharing-changed = 家人能否查看此事的设置已更改。
event-complaint-withdrawn = 此事已撤回。原因：{ $reason }
event-complaint-resolved = 此事已办理完毕。结果：{ $reason }
event-resolution-corrected = “已办理完毕”系误登记，现已更正，此事继续办理。原因：{ $reason }
event-complaint-reopened = 此事已重新办理，由 { $owner } 负责跟进。{ $reason }
event-complaint-rated = 已收到对此事办理的评价，谢谢。
event-result-recorded = 处理结果已写明：{ $reason }
event-complaint-merged = 此事已并入另一件一同办理，由 { $owner } 负责跟进。原因：{ $reason }
event-complaint-absorbed = 另一件相关事项已并入此事一同办理，由 { $owner } 负责跟进。原因：{ $reason }
event-complaint-split = 此事的部分内容已拆分为另一件单独办理。原因：{ $reason }
event-complaint-archived = 此事已归档。
event-addendum-added = 归档后补充说明：{ $reason }
event-work-order-issued = 已向{ $department }开出工单 { $number }。
event-work-order-acknowledged = 部门已确认收到工单，由 { $owner } 负责。
event-team-assigned = 工单已派给{ $team }，由 { $owner } 负责。
event-technician-assigned = 已安排维修人员 { $technician } 上门处理。
event-technician-departed = 维修人员 { $owner } 已出发，请留意来访。
event-technician-arrived = 维修人员 { $owner } 已到达现场。
event-work-order-held = 工单暂时等待，条件具备后会继续。{ $reason }
event-work-order-resumed = 工单已继续办理。
event-work-order-completed = 维修人员报告已完工，请查看后签字。完成情况：{ $reason }
event-work-order-corrected = 工单的上一步系误登记，现已更正。原因：{ $reason }
event-work-order-signed = 工单已签字并评价，谢谢。
event-signature-refused = 对完工情况有异议，未予签字；我们会继续跟进。原因：{ $reason }
event-work-order-signed-off = 无人可以签字，工单已由部门主管代为签署。说明：{ $reason }
event-copy-acknowledged = 工单的一联已确认收到。
event-work-order-cancelled = 工单已取消。{ $reason }
event-follow-up-opened = 已安排回访，由 { $owner } 负责。
event-follow-up-finished = 回访已完成，感谢配合。记录：{ $reason }
event-follow-up-inspected = 客服主任已检查回访。意见：{ $reason }
event-opinion-signed = 管理处负责人已签署意见：{ $reason }
event-follow-up-cancelled = 回访不再需要，已取消。
event-quote-submitted = 报价 { $number }（{ $total } 元）待主管审批。
event-quote-approved = 报价 { $number }（{ $total } 元）已获批准。{ $reason }
event-quote-refused = 报价 { $number } 被退回修改。原因：{ $reason }
event-quote-offered = 已为您报价，编号 { $number }，合计 { $total } 元，请查看后接受或谢绝。
event-quote-revised = 报价 { $number } 已由新的报价取代。
event-quote-accepted = 报价 { $number }（{ $total } 元）已被接受，谢谢。
event-quote-declined = 报价 { $number } 未被接受。原因：{ $reason }
event-quote-expired = 报价 { $number } 逾期未答复，已失效；如仍需要，请与我们联系重新报价。
event-quote-withdrawn = 报价 { $number }（{ $total } 元）已撤回，无需支付。原因：{ $reason }
event-quote-dropped = 报价 { $number } 在提交客户前已撤销。原因：{ $reason }
event-work-order-declared-free = 本次服务免费。{ $reason }
event-work-charged = 已签收的有偿服务费 { $total } 元将计入房屋当月收费单。
event-charge-credited = 已为您的房屋减免 { $total } 元。原因：{ $reason }
event-owner-changed = 此事现由 { $owner } 负责跟进。

## 危急时

safety-advice = 如遇火情或闻到燃气味：请立即离开并提醒邻居，不要开关任何电器，也不要在现场打电话；到安全处后先拨打 119，再拨打物业热线 { $hotline }。

## 短信（$code 为验证码）

sms-sign-in = 【回音】登录验证码 { $code }，5 分钟内有效。请勿告诉任何人，包括工作人员。
sms-recover-password = 【回音】重设密码验证码 { $code }，5 分钟内有效。请勿告诉任何人，包括工作人员。
sms-change-phone = 【回音】更换手机号验证码 { $code }，5 分钟内有效。请勿告诉任何人，包括工作人员。
sms-recover-phone = 【回音】验证本号码的验证码 { $code }，5 分钟内有效。请勿告诉任何人，包括工作人员。

## 角色

role-customer = 业主/客户
role-technician = 维修工
role-team-leader = 班组长
role-department-head = 部门主管
role-customer-service-agent = 客服前台
role-customer-service-supervisor = 客户服务部主管
role-inspector = 质检员
role-contract-officer = 签章专员
role-market-head = 家装市场负责人
role-customer-service-director = 客服主任
role-office-head = 管理处负责人
role-archivist = 档案专员
role-mall-committee-member = 商场管理委员会成员
role-company-leader = 公司领导
role-administrator = 管理员
role-merchant-representative = 商户代表
role-consumer-association-mediator = 消协调解员
role-integration = 第三方系统

## 价格

price-item-kind-service = 服务
price-item-kind-material = 材料
price-item-kind-labour = 人工费
price-item-kind-visit = 上门费
free-reason-included = 服务费已含
free-reason-warranty = 保修期内
free-reason-public-area = 公共区域
free-reason-our-liability = 我方责任
free-reason-goodwill = 减免
statement-state-unpaid = 未缴
statement-state-paid = 已缴

## 设置所用的词（导入表格时也可以用）

site-kind-residential = 小区
site-kind-decoration-mall = 装饰城
department-kind-customer-service = 客服部
department-kind-engineering = 工程部
department-kind-security = 护管部
department-kind-environment = 环境部
department-kind-mall-management = 商场管理部
department-kind-decoration-market = 家装市场部
residency-kind-owner = 业主
residency-kind-occupant = 住户
residency-kind-tenant = 租户
emergency-none = 否
emergency-fire = 火警
emergency-gas = 燃气
emergency-other = 其他
language-zh-cn = 中文
language-en = 英文

clock-hand-over = 移交
clock-acknowledgement = 签收
clock-team-assignment = 派班
clock-arrival = 到场
clock-first-proposal = 首次处理方案
clock-first-reply = 首次回复
clock-next-reply = 下次回复
clock-resolution = 办结
clock-cross-department-task = 跨部门协办
clock-follow-up = 回访
clock-referral = 移送
clock-rectification = 限期整改
clock-copy-acknowledgement = 回单签收
event-customer-replied = 已回复客户：{ $reason }
event-clock-warned = “{ $clock }”时限将到，请 { $owner } 抓紧办理。
event-clock-missed = “{ $clock }”已超过承诺时限，责任人：{ $owner }。
event-clocks-moved = 工作时间有调整,进行中的时限已相应顺延或提前。
event-case-escalated = “{ $clock }”逾期未办，已上报上级。责任人：{ $owner }。

promise-working-days = { $clock }:{ $count } 个工作日内
promise-hours = { $clock }:{ $count } 小时内
promise-minutes = { $clock }:{ $count } 分钟内
event-complaint-escalated = { $actor }上报上一级:{ $reason }
event-alarm-raised = 已呼叫{ $person }。
event-alarm-acknowledged = { $actor }已应答告警。
event-alarm-answered = { $actor }答复:{ $reason }
event-complaint-chased = { $actor }催办:{ $reason }
alarm-emergency = 紧急事件
alarm-serious = 重大事项
alarm-clock-missed = 已超时
alarm-escalated = 上报事项
alarm-call = 【回音】{ $number }:{ $reason }。{ $place }。请在应用中应答告警。
event-alarm-ended = 呼叫{ $person }的事由已结束。
event-joint-look-held = 已现场会商并形成决定。
clock-joint-look = 现场会商
requirement-leader-present = 须有公司领导或管理处负责人到场
event-visit-booked = 已约定上门时间：{ $window }。
event-visit-rescheduled = 上门时间已改为：{ $window }。
event-visit-cancelled = { $window }的上门预约已取消。原因：{ $reason }
because-emergency = 此事已列为紧急事项，值班人员即时处理，无需预约
event-visit-reminded = 温馨提醒：我们将于 { $window } 上门，请安排好时间。
event-visit-missed = { $window }的约定时间内无人上门，我们深表歉意并将尽快处理。{ $reason }
event-customer-absent = 维修人员按约定时间（{ $window }）到场，未能见到客户。{ $reason }
event-chased-before-visit = 约定上门时间（{ $window }）将到，尚未安排维修人员，请{ $owner }尽快落实（第 { $count } 次催办）。
event-chased-after-visit = 约定时间（{ $window }）已过，工作尚未完成，请{ $owner }尽快落实（第 { $count } 次催办）。
requirement-no-emergency = 紧急事项即时处理，无需预约
requirement-time-to-change = 预约最迟须在开始前两小时更改，请致电客服
requirement-arrival-recorded = 维修人员须先记录到场
requirement-booked-visit = 须先约定上门时间
requirement-window-over = 预约时段须已结束
event-work-order-released = { $technician }已将工单退回班组，由{ $owner }另行安排。原因：{ $reason }
event-complaint-unresolvable = 很抱歉，此事无法解决。原因：{ $reason } 我们已向您提出弥补办法。
event-site-visited = { $actor }已到现场逐项查勘。
event-cause-recorded = 已记录原因与责任：{ $reason }
event-promise-submitted = 一项对客户的承诺待主管批准：{ $reason }
event-promise-refused = 一项承诺未获批准：{ $reason }
event-commitment-made = 我们向您承诺：{ $reason }
event-remedy-offered = 为弥补此事，我们向您提出：{ $reason } 请您答复。
event-remedy-accepted = 弥补办法已被接受，由{ $owner }落实。
event-remedy-declined = 弥补办法未被接受。原因：{ $reason }
event-promise-kept = 承诺已兑现：{ $reason }
event-promise-received = 已确认收到。{ $reason }
event-promise-withdrawn = 我们收回了一项承诺，敬请谅解。{ $reason }
event-task-requested = 请{ $department }协办，由{ $owner }负责：{ $reason }
event-task-finished = { $department }协办完成：{ $reason }
event-task-refused = { $department }退回协办事项。原因：{ $reason }
event-task-cancelled = 协办事项已取消。{ $reason }
event-outside-party-asked = 此事涉及{ $person }，我们已与其联系：{ $reason }
event-outside-party-checked = 已再次询问{ $person }：{ $reason }
event-outside-party-answered = { $person }已答复：{ $reason }
event-outside-party-dropped = 不再需要{ $person }答复。{ $reason }
event-action-planned = 已制定纠正预防措施，由{ $owner }负责：{ $reason }
event-action-finished = 措施已落实：{ $reason }
event-action-confirmed = 措施有效：{ $reason }
event-action-reopened = 措施未见成效，须重新落实，由{ $owner }负责。{ $reason }
event-action-cancelled = 措施已取消。{ $reason }
clock-commitment = 兑现承诺
clock-outside-answer = 外联催问
clock-action = 纠正预防措施
requirement-tasks-answered = 协办部门和外部单位须先有答复
requirement-promises-carried-out = 对客户的承诺须已兑现，或说明原因后收回
requirement-offered-remedy = 须先向客户提出弥补办法
requirement-somebody-else = 不能审批或检查本人负责的事项，须由他人进行
event-attachment-added = 已添加附件：{ $reason }
event-attachment-removed = 附件已移除。原因：{ $reason }
event-evidence-added = 已添加内部附件：{ $reason }
event-evidence-removed = 内部附件已移除。原因：{ $reason }
requirement-not-yet-accepted = 工单已接单，如需退回请退单
requirement-acceptance = 工单尚未接单，如不能承接请拒单
event-work-order-accepted = { $actor }已接单。
event-work-order-refused = { $technician }未接单，由{ $owner }另行安排。原因：{ $reason }
event-work-order-left-team = 工单已转给{ $team }，不再由原班组承办。
clock-acceptance = 接单
requirement-enough-in-stock = 班组库存不足
requirement-used-materials = 退回数量不能超过本单领用数量
requirement-empty-stock = 该材料须已无库存
event-materials-used = 已领用材料：{ $reason }
event-materials-returned = 已退回材料：{ $reason }
event-stock-low = 班组库存低于下限：{ $reason }
event-low-rating = 客户评价较低，须尽快回访了解。客户意见：{ $reason }
event-case-passed-on = { $actor }当场登记了 { $number }，请客服部立即接手；现由{ $owner }负责
event-case-taken-over = 客服部{ $owner }已接手
event-question-asked = 向反映人提问：{ $reason }
event-question-answered = 反映人答复：{ $reason }
clock-take-over = 转交客服
requirement-unknown-customer = 只有匿名事项才能这样提问；已知客户请直接联系
requirement-receipt-code = 该事项没有查询码，无人能看到提问
event-follow-up-planned = 本次回访已安排。{ $person } { $window }
event-follow-up-attempted = 我们回访时未能与您完成沟通。
event-follow-up-unreached = 我们未能完成回访,本次回访已结束。如仍有问题,请随时联系我们。
event-follow-up-not-sampled = 本次回访未被抽查,由{ $owner }签署意见。
event-matter-raised = 您在回访中提出的新问题已登记,编号 { $number }。{ $reason }
event-reply-promised = 我们将在 { $window } 前答复您。
requirement-three-attempts = 须在三个不同的日子尝试联系客户,或客户拒绝回访、已搬离
requirement-finished-follow-ups = 须有等待检查且未参加过抽查的回访
event-reply-delivered = 答复信函已送达客户。
event-reply-read = 客户已阅读答复。

## 重复投诉与同一事件 (D4, D6)

repeat-advice = 您已于{ $day }反映过此事（{ $number }），目前状态：{ $state }。您可以在原件上补充，也可以重新提交。
event-complaint-repeated = 同一事项此前已反映{ $count }次，由{ $owner }重点跟进。{ $reason }
event-repeat-unlinked = 经核实与此前反映的不是同一事项。{ $reason }
event-incident-joined = 多户反映同一事项，合并处理：{ $reason }
event-open-letter-published = 已以公开信答复：{ $reason }
complaint-state-received = 已受理
complaint-state-dispatched = 已派至责任部门
complaint-state-assigned = 责任部门已接收
complaint-state-in-progress = 处理中
complaint-state-resolved = 已处理,待回访
complaint-state-followed-up = 已回访
complaint-state-archived = 已归档
complaint-state-merged = 已并入其他单号
