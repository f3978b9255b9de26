# What residents and staff read. Keys stay; sentences may change.
# A value may be empty: one that need not be there stands only at the end, where the sentence reads well without it.

## Why an act is refused ($field is the field, $needed what is needed)

refusal-required = Please fill this in.
refusal-too-long = This is longer or larger than allowed; the range is { $needed }.
refusal-invalid = This is not in the right form; it should be: { $needed }.
refusal-not-found = This was not found, or you may not see it.
refusal-wrong-state = This is not possible at present; it is possible in: { $needed }.
refusal-not-yours = This is for somebody else to do: { $needed }.
refusal-missing = Something must come first: { $needed }.
refusal-stale = Somebody has just changed this. Please look at how it stands now and try again.
refusal-key-reused = This idempotency key was used for something else. Please send it with a new key.
refusal-invalid-credentials = The phone number or the password is not right.
refusal-invalid-code = The code is not right, was used already, or has run out.
refusal-second-factor-needed = Please also give the code of your authenticator app, or a recovery code.
refusal-not-offered = This server does not send text messages.
refusal-not-sent = Text messages cannot be sent at present. Please try again in a minute.
refusal-no-owner = Nobody could be named responsible. Please ask an administrator to fill the post.
refusal-taken = This is taken already. Please choose another.
refusal-retired = This is not offered any more. Please choose another.
refusal-in-use = This is still needed by: { $needed }.

## What still needs it

need-complaints = { $count } open cases
need-work-orders = { $count } open work orders
need-roles = { $count } roles
need-departments = { $count } departments
need-teams = { $count } teams
need-categories = { $count } categories

## What must come first

requirement-decision = the department must accept the case, or decline it with a reason
requirement-work-orders-finished = every work order must be signed or cancelled
requirement-copies-acknowledged = both copies of each signed work order must be acknowledged
requirement-follow-up-signed = the follow-up must be held, inspected by the director and signed by the office head
requirement-follow-up-inspected = the customer service director must inspect the follow-up
requirement-written-result = the result of an anonymous case must be written down
requirement-signature = a follow-up on site needs the customer's signature
requirement-call-record = a follow-up by phone needs the record of the call
requirement-follow-up = the customer can be asked: record a follow-up instead of a written result
requirement-second-item = at least two items are needed to split a case
requirement-nobody-can-sign = the customer can sign; the head signs only where nobody else can
requirement-known-customer = it must be known who the customer is
requirement-successor = this post must not stand empty: name a successor
requirement-accepted-quote = the customer must accept the quote
requirement-quotes-answered = the quote that is open must be answered, or revised
requirement-known-unit = paid work is charged to a unit: the case must name one
requirement-nothing-accepted = the customer has accepted a quote: give a credit instead
requirement-open-work = the case and the order must be open, and the work not done yet
requirement-customers-word = the customer's signature, or the record of the call
requirement-first-rating = this has been rated already; each case is rated once

## What happened

event-complaint-received = We have received what you reported under number { $number }; { $owner } is looking after it.
event-complaint-dispatched = This was passed to { $department }; { $owner } is looking after it.
event-assignment-accepted = The department has taken this on; { $owner } is looking after it.
event-assignment-refused = The department gave this back; { $owner } of customer service will find another way. Reason: { $reason }
event-complaint-handed-over = This was passed on to { $department }; { $owner } is looking after it. Reason: { $reason }
event-handler-assigned = { $owner } is now handling this.
event-complaint-accepted = This was accepted; { $owner } is handling it. { $reason }
event-complaint-declined = We are sorry: this was not accepted. Reason: { $reason }
event-complaint-reclassified = The kind, category or severity of this was corrected. Reason: { $reason }
event-progress-reported = Progress: { $reason }
event-complaint-added-to = Something was added to this. { $reason }
event-sharing-changed = Whether the household may see this was changed.
event-complaint-withdrawn = This was withdrawn. Reason: { $reason }
event-complaint-resolved = This has been dealt with. Result: { $reason }
event-resolution-corrected = This was marked as dealt with by mistake; the work goes on. Reason: { $reason }
event-complaint-reopened = This was opened again; { $owner } is looking after it. { $reason }
event-complaint-rated = The handling of this was rated. Thank you.
event-result-recorded = The result was written down: { $reason }
event-complaint-merged = This is carried on together with another case; { $owner } is looking after it. Reason: { $reason }
event-complaint-absorbed = A related case was joined to this one; { $owner } is looking after it. Reason: { $reason }
event-complaint-split = A part of this became a case of its own. Reason: { $reason }
event-complaint-archived = This was archived.
event-addendum-added = Added after archiving: { $reason }
event-work-order-issued = Work order { $number } was issued to { $department }.
event-work-order-acknowledged = The department has the work order; { $owner } is looking after it.
event-team-assigned = The work order was given to { $team }; { $owner } is looking after it.
event-technician-assigned = { $technician } will come and see to this.
event-technician-departed = The technician, { $owner }, is on the way. Please expect the visit.
event-technician-arrived = The technician, { $owner }, is on site.
event-work-order-held = The work is waiting and will go on as soon as it can. { $reason }
event-work-order-resumed = The work goes on.
event-work-order-completed = The technician reports that the work is done. Please look at it and sign. What was done: { $reason }
event-work-order-corrected = The last step of the work order was entered by mistake and was taken back. Reason: { $reason }
event-work-order-signed = The work was signed for and rated. Thank you.
event-signature-refused = The work was not signed for; we will follow it up. Reason: { $reason }
event-work-order-signed-off = Nobody could sign, so the head of the department signed for the work. Note: { $reason }
event-copy-acknowledged = A copy of the work order was acknowledged.
event-work-order-cancelled = The work order was cancelled. { $reason }
event-follow-up-opened = We will ask how it went; { $owner } will do so.
event-follow-up-finished = We have asked how it went. Thank you for your time. Record: { $reason }
event-follow-up-inspected = The customer service director inspected the follow-up. Remark: { $reason }
event-opinion-signed = The head of the office signed an opinion: { $reason }
event-follow-up-cancelled = The follow-up is no longer needed.
event-quote-submitted = Quote { $number } over { $total } yuan waits for the approval of the head.
event-quote-approved = Quote { $number } over { $total } yuan was approved. { $reason }
event-quote-refused = Quote { $number } was sent back to be revised. Reason: { $reason }
event-quote-offered = We have made you a quote, number { $number }: { $total } yuan in all. Please look at it, then accept or decline.
event-quote-revised = Quote { $number } was replaced by a new one.
event-quote-accepted = Quote { $number } over { $total } yuan was accepted. Thank you.
event-quote-declined = Quote { $number } was declined. Reason: { $reason }
event-quote-expired = Quote { $number } was not answered in time. Please ask us for a new one if you still need it.
event-quote-withdrawn = Quote { $number } over { $total } yuan was taken back; nothing is owed for it. Reason: { $reason }
event-quote-dropped = Quote { $number } was dropped before the customer saw it. Reason: { $reason }
event-work-order-declared-free = This work is free of charge. { $reason }
event-work-charged = { $total } yuan for the work you signed for go on the monthly statement of your unit.
event-charge-credited = { $total } yuan were taken off what your unit owes. Reason: { $reason }
event-owner-changed = { $owner } is looking after this now.

## In danger

safety-advice = In case of fire, or if you smell gas: leave at once and warn your neighbours. Touch no switch and use no phone in there. Once you are safe, call 119 first, then our hotline { $hotline }.

## Text messages ($code is the code)

sms-sign-in = Huiyin: { $code } is your code to sign in. It holds for 5 minutes. Tell it to nobody, not even to us.
sms-recover-password = Huiyin: { $code } is your code to set a new password. It holds for 5 minutes. Tell it to nobody, not even to us.
sms-change-phone = Huiyin: { $code } is your code to change your phone number. It holds for 5 minutes. Tell it to nobody, not even to us.
sms-recover-phone = Huiyin: { $code } is your code to show that this number is yours. It holds for 5 minutes. Tell it to nobody, not even to us.

## Roles

role-customer = Resident
role-technician = Technician
role-team-leader = Team leader
role-department-head = Head of department
role-customer-service-agent = Customer service agent
role-customer-service-supervisor = Head of customer service
role-inspector = Quality inspector
role-contract-officer = Contract officer
role-market-head = Head of the decoration market
role-customer-service-director = Customer service director
role-office-head = Head of the office
role-archivist = Archivist
role-mall-committee-member = Member of the mall committee
role-company-leader = Company leader
role-administrator = Administrator
role-merchant-representative = Merchant's representative
role-consumer-association-mediator = Mediator of the consumer association
role-integration = Connected system

## Prices

price-item-kind-service = Service
price-item-kind-material = Material
price-item-kind-labour = Labour
price-item-kind-visit = Visit
free-reason-included = Included
free-reason-warranty = Warranty
free-reason-public-area = Public area
free-reason-our-liability = Our liability
free-reason-goodwill = Goodwill
statement-state-unpaid = Unpaid
statement-state-paid = Paid

## Words of the set-up (tables that are imported may use them, too)

site-kind-residential = Residential community
site-kind-decoration-mall = Decoration mall
department-kind-customer-service = Customer service
department-kind-engineering = Engineering
department-kind-security = Security
department-kind-environment = Environment
department-kind-mall-management = Mall management
department-kind-decoration-market = Decoration market
residency-kind-owner = Owner
residency-kind-occupant = Occupant
residency-kind-tenant = Tenant
emergency-none = No
emergency-fire = Fire
emergency-gas = Gas
emergency-other = Other
language-zh-cn = Chinese
language-en = English

clock-hand-over = Hand-over
clock-acknowledgement = Acknowledgement
clock-team-assignment = Team assignment
clock-arrival = Arrival on site
clock-first-proposal = First proposal
clock-first-reply = First reply
clock-next-reply = Next reply
clock-resolution = Resolution
clock-cross-department-task = Task of another department
clock-follow-up = Follow-up
clock-referral = Referral
clock-rectification = Rectification
clock-copy-acknowledgement = Acknowledgement of copies
event-customer-replied = The customer was answered: { $reason }
event-clock-warned = The time for “{ $clock }” is nearly over; { $owner } is to see to it.
event-clock-missed = “{ $clock }” has passed its promised time. Responsible: { $owner }.
event-clocks-moved = The office hours have changed; the ends of running clocks were moved.
event-case-escalated = “{ $clock }” is overdue and was brought before a higher level. Responsible: { $owner }.

promise-working-days = { $clock }: by the end of working day { $count } after
promise-hours = { $clock }: within { $count } h
promise-minutes = { $clock }: within { $count } min
event-complaint-escalated = { $actor } brought it before a higher level: { $reason }
event-alarm-raised = { $person } was called.
event-alarm-acknowledged = { $actor } has taken the call.
event-alarm-answered = { $actor } answered: { $reason }
event-complaint-chased = { $actor } pushed for it: { $reason }
alarm-emergency = emergency
alarm-serious = serious matter
alarm-clock-missed = overdue
alarm-escalated = brought before you
alarm-call = [Huiyin] { $number }: { $reason }. { $place }. Please take the alarm in the app.
event-alarm-ended = What { $person } was called for is over.
event-joint-look-held = The site and the records were looked at together, and it was decided what to do.
clock-joint-look = Joint look on site
requirement-leader-present = a company leader or the head of the office must have been there
event-visit-booked = A visit was agreed: { $window }.
event-visit-rescheduled = Another time was agreed for the visit: { $window }.
event-visit-cancelled = The visit of { $window } was cancelled. Reason: { $reason }
because-emergency = it is an emergency after all and is attended to at once, without an appointment
event-visit-reminded = A reminder: somebody comes to you { $window }.
event-visit-missed = Nobody came to the visit of { $window }. We are sorry and will see to it. { $reason }
event-customer-absent = The technician came at the agreed time ({ $window }) and met nobody. { $reason }
event-chased-before-visit = The visit of { $window } is near and no technician has it; { $owner } is to see to it (pushed { $count } times).
event-chased-after-visit = The booked time ({ $window }) is over and the work is not done; { $owner } is to see to it (pushed { $count } times).
requirement-no-emergency = an emergency is attended at once and is not booked
requirement-time-to-change = a visit can be changed until two hours before; please call customer service
requirement-arrival-recorded = the technician must have recorded the arrival
requirement-booked-visit = a visit must be agreed first
requirement-window-over = the window of the visit must be over
event-work-order-released = { $technician } gave the work order back to the team; { $owner } will find somebody else. Reason: { $reason }
event-complaint-unresolvable = We are sorry: this cannot be solved. Why: { $reason } We have offered you something to make good.
event-site-visited = { $actor } was on site and looked at every matter.
event-cause-recorded = The cause and who is liable were recorded: { $reason }
event-promise-submitted = A promise to the customer waits for approval: { $reason }
event-promise-refused = A promise was not approved: { $reason }
event-commitment-made = We promise you: { $reason }
event-remedy-offered = To make good, we offer you: { $reason } Please answer.
event-remedy-accepted = The offer was accepted; { $owner } carries it out.
event-remedy-declined = The offer was not accepted. Reason: { $reason }
event-promise-kept = What was promised is done: { $reason }
event-promise-received = It was received. { $reason }
event-promise-withdrawn = We had to take back a promise, and are sorry. { $reason }
event-task-requested = { $department } was asked to do its part; { $owner } answers for it: { $reason }
event-task-finished = { $department } has done its part: { $reason }
event-task-refused = { $department } gave its part back. Reason: { $reason }
event-task-cancelled = The part of another department is not needed any more. { $reason }
event-outside-party-asked = This concerns { $person }, whom we have asked: { $reason }
event-outside-party-checked = We have asked { $person } again: { $reason }
event-outside-party-answered = { $person } has answered: { $reason }
event-outside-party-dropped = No answer of { $person } is needed any more. { $reason }
event-action-planned = An action against the cause was planned; { $owner } answers for it: { $reason }
event-action-finished = The action was carried out: { $reason }
event-action-confirmed = The action had its effect: { $reason }
event-action-reopened = The action had no effect and is owed again by { $owner }. { $reason }
event-action-cancelled = The action is not needed any more. { $reason }
clock-commitment = Promise to the customer
clock-outside-answer = Answer of an outside party
clock-action = Action against the cause
requirement-tasks-answered = other departments and outside parties must have answered
requirement-promises-carried-out = what the customer was promised must be carried out, or taken back with a reason
requirement-offered-remedy = a remedy must have been offered to the customer
requirement-somebody-else = it must be somebody else than who answers for it
event-attachment-added = A file was added: { $reason }
event-attachment-removed = A file was taken out. Reason: { $reason }
event-evidence-added = A file for employees was added: { $reason }
event-evidence-removed = A file for employees was taken out. Reason: { $reason }
requirement-not-yet-accepted = the order must not have been accepted yet; give it back instead
requirement-acceptance = the order must have been accepted; refuse it instead
event-work-order-accepted = { $actor } has accepted the work order.
event-work-order-refused = { $technician } did not take the work order; { $owner } will find somebody else. Reason: { $reason }
event-work-order-left-team = The work order was taken from its team and given to { $team }.
clock-acceptance = Acceptance by a technician
requirement-enough-in-stock = the team's stock must have so much of it
requirement-used-materials = no more can come back than was used for the order
requirement-empty-stock = there must be nothing left of the material
event-materials-used = Materials were used: { $reason }
event-materials-returned = Materials came back unused: { $reason }
event-stock-low = Running low in the team's stock: { $reason }
event-low-rating = The customer is not content; { $owner } or the supervisor talks to them. What they say: { $reason }
event-case-passed-on = { $actor } registered { $number } on the spot; customer service takes it over at once. Responsible: { $owner }.
event-case-taken-over = { $owner } of customer service has taken it over.
event-question-asked = Whoever reported it was asked: { $reason }
event-question-answered = Whoever reported it answered: { $reason }
clock-take-over = Customer service takes over
requirement-unknown-customer = only whoever stays unknown is asked like this: call the customer
requirement-receipt-code = nobody holds a receipt code of this case, so nobody would read it
event-follow-up-planned = The follow-up was planned. { $person } { $window }
event-follow-up-attempted = We tried to ask you how it went and could not.
event-follow-up-unreached = We could not ask you how it went, and have closed the follow-up. Please call us if anything is not settled.
event-follow-up-not-sampled = The draw for inspection passed the follow-up by; { $owner } is to sign an opinion.
event-matter-raised = What you raised in our talk runs under number { $number }. { $reason }
event-reply-promised = You will have our answer by { $window }.
requirement-three-attempts = the customer must have been tried on three different days, or have refused or moved away
requirement-finished-follow-ups = a follow-up must wait for inspection that was in no draw yet
event-reply-delivered = The letter has reached the customer.
event-reply-read = The customer has read the answer.

## Repeated matters and incidents (D4, D6)

repeat-advice = You reported this on { $day } ({ $number }); it stands at: { $state }. Add to it, or file anew.
event-complaint-repeated = The same matter was reported before, { $count } times; { $owner } is to give it more attention. { $reason }
event-repeat-unlinked = It is not the same matter as an earlier report. { $reason }
event-incident-joined = Several homes report this; it is handled as one matter: { $reason }
event-open-letter-published = It was answered by an open letter: { $reason }
complaint-state-received = received
complaint-state-dispatched = sent to the department
complaint-state-assigned = with the department
complaint-state-in-progress = being worked on
complaint-state-resolved = handled, to be followed up
complaint-state-followed-up = followed up
complaint-state-archived = ended
complaint-state-merged = carried on under another number
