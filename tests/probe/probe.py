"""Probes the schema of a running demo as people of every kind, with documents that schemathesis makes up.

    python probe.py http://127.0.0.1:8080

Made-up ids lead nowhere, so ids of the demo are put where the schema asks for one. Whatever is answered, it must not
be a fault of ours; and of each operation a share must succeed, or the probe would see the door only.
"""

import collections
import itertools
import json
import random
import sys
import time

import hypothesis
import requests
import schemathesis
from graphql import (GraphQLID, TypeInfo, TypeInfoVisitor, Visitor, get_named_type, is_non_null_type, parse, print_ast, visit)
from graphql.language import ArgumentNode, IntValueNode, ListValueNode, NullValueNode, ObjectFieldNode, StringValueNode
from hypothesis import strategies

PASSWORD = "huiyin-demo-2026"
PEOPLE = {
    "resident": "13900000001",
    "front desk": "13900000004",
    "supervisor": "13900000005",
    "company leader": "13900000009",
    "administrator": "13900000010",
    "director": "13900000006",
    "office head": "13900000007",
    "archivist": "13900000008",
    "department head": "13900000011",
    "team leader": "13900000012",
    "technician": "13900000013",
    "market head": "13900000018",
    "contract officer": "13900000019",
    "inspector": "13900000020",
    "committee member": "13900000021",
}
# Roles that the demo gives to nobody: the administrator makes somebody for each.
MADE = {"MERCHANT_REPRESENTATIVE": "13900009001", "CONSUMER_ASSOCIATION_MEDIATOR": "13900009002"}
# How many documents of each operation each of them sends, how many are made up, and how long all may take in seconds; then
# the same for what nobody got through.
EXAMPLES, DOCUMENTS = 2, 8
MORE_EXAMPLES, MORE_DOCUMENTS = 8, 150
LIMIT = 400
# For how long a stream is listened to, in seconds.
PATIENCE = 0.3
# The share of answers without an error at the top that queries and mutations must keep. Most mutations are closed to
# most roles, and what is made up is mostly no valid input.
# Of the streams every second one is nonsense on purpose.
FLOORS = {"Query": 0.4, "Mutation": 0.1, "Subscription": 0.2}
# Which operations no made-up document may get through, and why. Any other must be answered once.
UNANSWERED = {
    "Query.bookingWindows": "asks for 1 to 31 days",
    "Query.sync": "asks for a cursor that it gave itself",
    "Query.bookings": "asks for a period of at most 31 days",
    "Mutation.markNoticesRead": "asks for a cursor",
    "Query.dutyRoster": "asks for a period of at most 62 days",
    "Query.replayServicePromises": "asks for a version, and the demo has none",
    "Query.statementExport": "asks for a month in words",
    "Query.statementWorkbookPath": "asks for a month in words",
    "Subscription.anonymousComplaintEvents": "asks for a receipt code, which nobody is shown twice",
}
# What ends sessions, accounts and roles comes last, or the rest would find nobody signed in.
LAST = ("signOut", "endSession", "endOtherSessions", "disableAccount", "endRole", "endApiKey", "rotateApiKey", "changePassword")
# Of which type an id is, by the name under which it is asked for; elsewhere the type of the field says it.
KINDS = {
    "complaintId": "Complaint", "otherComplaintId": "Complaint", "workOrderId": "WorkOrder", "followUpId": "FollowUp",
    "siteId": "Site", "departmentId": "Department", "teamId": "Team", "unitId": "Unit", "categoryId": "Category",
    "promisesId": "ServicePromises", "alarmId": "Alarm", "quoteId": "Quote", "priceItemId": "PriceItem", "stockItemId": "StockItem", "statementId": "Statement", "chargeId": "Charge",
    "technicianId": "Account", "handlerId": "Account", "accountId": "Account", "aboutAccountId": "Account",
}

FIND = """{
  complaints(page: { first: 20 }) { nodes { id site { id } category { id } unit { id } department { id }
    workOrders { id } followUps { id } } }
  viewer { id units { id site { id categories { id } } } roles { siteId departmentId teamId } }
}"""

schemathesis.graphql.scalar("DateTime", strategies.datetimes().map(lambda at: StringValueNode(value=f"{at:%Y-%m-%dT%H:%M:%SZ}")))
schemathesis.graphql.scalar("Decimal", strategies.decimals(min_value=0, max_value=9999, places=2).map(lambda amount: StringValueNode(value=f"{amount}")))
schemathesis.graphql.scalar("NaiveDate", strategies.dates().map(lambda day: StringValueNode(value=day.isoformat())))
schemathesis.graphql.scalar("Date", strategies.dates().map(lambda day: StringValueNode(value=day.isoformat())))


class Person:
    def __init__(self, url, name, phone=None, token=None):
        self.url, self.name, self.phone, self.headers = url, name, phone, {}
        self.ids = collections.defaultdict(list)
        if token:
            self.headers = {"Authorization": f"Bearer {token}"}
        self.sign_in()
        self.collect(self.ask(FIND))

    def sign_in(self):
        """Signs in by phone; whoever has none is a stranger or holds a key."""
        if self.phone is None:
            return
        self.headers = {}
        signed = self.ask("mutation($i: SignInInput!) { signIn(input: $i) { accessToken } }",
                          {"i": {"phone": self.phone, "password": PASSWORD}})
        token = ((signed.get("data") or {}).get("signIn") or {}).get("accessToken")
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def act(self, name, value):
        """Does a mutation that must not be refused; its payload."""
        kind = name[0].upper() + name[1:]
        fields = {"createApiKey": "secret", "createStaffAccount": "account { id }", "giveRole": "role { id }"}[name]
        document = f"mutation($i: {kind}Input!) {{ {name}(input: $i) {{ {fields} errors {{ code field }} }} }}"
        answer = self.ask(document, {"i": value})
        payload = (answer.get("data") or {}).get(name) or {}
        if payload.get("errors") != []:
            sys.exit(f"{name}: {answer}")
        return payload

    def ask(self, query, variables=None):
        answer = requests.post(f"{self.url}/graphql", json={"query": query, "variables": variables or {}},
                               headers=self.headers, timeout=30)
        return answer.json() | {"status": answer.status_code}

    def follow(self, query):
        """Begins a stream by server-sent events and hears what comes at once; nothing coming is well."""
        headers = self.headers | {"Accept": "text/event-stream"}
        with requests.post(f"{self.url}/graphql", json={"query": query}, headers=headers, stream=True,
                           timeout=(5, PATIENCE)) as answer:
            heard = {"status": answer.status_code}
            try:
                for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
                    if line.startswith("data:") and line[5:].strip():
                        return json.loads(line[5:]) | heard
                    if line.startswith("{"):
                        return json.loads(line) | heard
            except requests.exceptions.ConnectionError:
                pass
            return heard

    def collect(self, value):
        """Notes every id in an answer under its type."""
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for part in value:
                self.collect(part)
        elif isinstance(value, str) and "_" in value and len(value.rsplit("_", 1)[1]) == 32:
            self.ids[value.rsplit("_", 1)[0]].append(value)


class RealIds(Visitor):
    """Puts ids of the demo where the schema asks for one."""

    def __init__(self, types, ids, dice):
        super().__init__()
        self.types, self.ids, self.dice = types, ids, dice

    def enter_string_value(self, node, _key, parent, _path, ancestors):
        # The visitor counts what holds the value itself apart from what holds that.
        holders = [*ancestors, parent]
        if get_named_type(self.types.get_input_type()) is GraphQLID:
            return self.real(holders)
        # A cursor that no page gave, and a page of no such size, are refused, whatever is asked for; now and then they are
        # sent all the same.
        name = self.name(holders)
        cursor = name in ("after", "cursor") and not is_non_null_type(self.types.get_input_type())
        if not (cursor or name == "first") or self.dice.random() >= 0.8:
            return None
        return NullValueNode() if cursor else IntValueNode(value=str(self.dice.randint(1, 100)))

    enter_int_value = enter_string_value

    @staticmethod
    def name(holders):
        """Under which name a value is given."""
        named = [one for one in holders if isinstance(one, (ArgumentNode, ObjectFieldNode))]
        return named[-1].name.value if named else ""

    def real(self, holders):
        field = self.types.get_field_def()
        name = self.name(holders)
        kind = KINDS.get(name)
        if kind is None and field is not None:
            kind = get_named_type(field.type).name
        known = self.ids.get(kind) or [one for many in self.ids.values() for one in many]
        return StringValueNode(value=self.dice.choice(known))


def everybody(url):
    """Somebody of every role, a machine with a key, and a stranger."""
    people = {name: Person(url, name, phone) for name, phone in PEOPLE.items()}
    administrator = people["administrator"]
    site = administrator.ask("{ setupSites { nodes { id } } }")["data"]["setupSites"]["nodes"][0]["id"]
    for role, phone in MADE.items():
        account = {"phone": phone, "name": role.title(), "password": PASSWORD}
        made = administrator.act("createStaffAccount", account)["account"]["id"]
        administrator.act("giveRole", {"accountId": made, "role": role, "siteId": site})
        people[role] = Person(url, role, phone)
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
    key = {"name": "probe", "scopes": ["CATEGORIES"], "siteIds": [site], "expiresAt": end}
    people["integration"] = Person(url, "integration", token=administrator.act("createApiKey", key)["secret"])
    people["stranger"] = Person(url, "stranger")
    # Whoever sees nothing tries the ids that somebody else sees.
    for name in ("integration", "stranger"):
        people[name].ids = people["resident"].ids
    return list(people.values())


def probe(url):
    people = everybody(url)
    schema = schemathesis.graphql.from_url(f"{url}/graphql", headers=people[0].headers)
    operations = [found.ok() for found in schema.get_all_operations()]
    client, dice, began = schema.client_schema, random.Random(1), time.monotonic()
    tally, faults = collections.defaultdict(lambda: [0, 0]), []
    dice.shuffle(operations)
    operations.sort(key=lambda one: one.definition.field_name in LAST)

    def send(operation, count, distinct, tally):
        if time.monotonic() - began > LIMIT:
            return
        # To make up a document takes longer than to answer it. With one for each person and each try, the time was up before
        # half of the operations were sent; a few of each go around, with ids of whoever sends them.
        made = itertools.cycle(documents(operation, dice, distinct))
        for person, text in zip(people * count, made):
            if time.monotonic() - began > LIMIT:
                return
            types = TypeInfo(client)
            text = print_ast(visit(parse(text), TypeInfoVisitor(types, RealIds(types, person.ids, dice))))
            judge(person, name_of(operation), text, tally, faults)

    # schemathesis makes up no streams, so these are written from the schema.
    for name, field in client.subscription_type.fields.items():
        for person in people:
            for text in streams(name, field, person.ids, dice):
                judge(person, f"Subscription.{name}", text, tally, faults)
    for operation in operations:
        send(operation, EXAMPLES, DOCUMENTS, tally)
    if time.monotonic() - began > LIMIT:
        print("the time is up; some operations were not sent")
    # Where nobody got through, more is tried; the shares are those of the first round.
    began, later = time.monotonic(), collections.defaultdict(lambda: [0, 0])
    for operation in operations:
        if tally[name_of(operation)][0] == 0:
            send(operation, MORE_EXAMPLES, MORE_DOCUMENTS, later)
    return tally, later, faults


def streams(name, field, ids, dice):
    """Some documents that begin a stream: with ids and cursors that are real, and with nonsense."""
    for nonsense in (False, True):
        given = []
        for argument, declared in field.args.items():
            kind = KINDS.get(argument)
            known = ids.get(kind) or [f"{kind}_0"]
            value = dice.choice(known) if kind and not nonsense else dice.choice(["", "x", "0", "系统", "A" * 200])
            # What may be left out is left out where everything is to be right.
            if nonsense or kind or str(declared.type).endswith("!"):
                given.append(f"{argument}: {json.dumps(value, ensure_ascii=False)}")
        yield f"subscription {{ {name}{'(' + ', '.join(given) + ')' if given else ''} {{ __typename }} }}"


def documents(operation, dice, count):
    """Some documents of one operation."""
    found = []

    @hypothesis.seed(dice.randrange(1 << 30))
    @hypothesis.settings(max_examples=count, database=None, deadline=None, phases=[hypothesis.Phase.generate],
                         suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(operation.as_strategy())
    def gather(case):
        found.append(case.body)

    gather()
    return found


def name_of(operation):
    return f"{operation.definition.type_.name}.{operation.definition.field_name}"


def judge(person, name, text, tally, faults):
    answer = person.follow(text) if name.startswith("Subscription") else person.ask(text)
    codes = [error.get("extensions", {}).get("code") for error in answer.get("errors", [])]
    if answer["status"] >= 500 or "INTERNAL" in codes:
        faults.append(f"{name} as {person.name}: {answer['status']} {answer.get('errors')}\n{text}")
    if "RATE_LIMITED" in codes:
        time.sleep(1)
        return
    if "UNAUTHENTICATED" in codes:
        person.sign_in()
    tally[name][0] += not codes
    tally[name][1] += 1


def main():
    tally, later, faults = probe(sys.argv[1].rstrip("/"))
    for name, (well, sent) in sorted(tally.items()):
        print(f"{well:5} of {sent:4}  {name}")
    short = []
    for root, floor in FLOORS.items():
        counts = [count for name, count in tally.items() if name.startswith(root)]
        share = sum(well for well, _ in counts) / max(1, sum(sent for _, sent in counts))
        print(f"{root}: {share:.0%} of {sum(sent for _, sent in counts)} were answered without an error at the top")
        short += [f"{root}: at least {floor:.0%} must be"] if share < floor else []
    # Of what was not tried again, for the time was up, nothing is known; streams are not tried again.
    tried = [name for name, (well, sent) in tally.items()
             if sent and not well and (later[name][1] or name.startswith("Subscription"))]
    never = [f"{name} was never answered without an error" for name in tried if not later[name][0]]
    short += [f"{line}, and no reason for it is known" for line in never if line.split()[0] not in UNANSWERED]
    for what in [*faults, *never, *short]:
        print(what)
    print(f"{len(faults)} faults of ours")
    return 1 if faults or short else 0


sys.exit(main())
