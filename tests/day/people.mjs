// Who plays the day: the demo's people by the numbers with which they sign in, checked against what they are there.

import { Person } from "./client.mjs";

const PASSWORD = "huiyin-demo-2026";
const ORGANIZATION = "huiyin-demo";
const SITE = "LY";

/// Each part with the number and the role that its player must hold; residents hold none.
const PARTS = {
  resident: ["13900000001"],
  tenant: ["13900000003"],
  frontDesk: ["13900000004", "CUSTOMER_SERVICE_AGENT"],
  supervisor: ["13900000005", "CUSTOMER_SERVICE_SUPERVISOR"],
  director: ["13900000006", "CUSTOMER_SERVICE_DIRECTOR"],
  officeHead: ["13900000007", "OFFICE_HEAD"],
  archivist: ["13900000008", "ARCHIVIST"],
  companyLeader: ["13900000009", "COMPANY_LEADER"],
  head: ["13900000011", "DEPARTMENT_HEAD"],
  leader: ["13900000012", "TEAM_LEADER"],
  technician: ["13900000013", "TECHNICIAN"],
  otherTechnician: ["13900000015", "TECHNICIAN"],
  stranger: ["13900000030", "OFFICE_HEAD"],
};
/// Who is not on the site's staff list: residents, the leader of the whole company, and the other organization's.
const ELSEWHERE = ["resident", "tenant", "companyLeader", "stranger"];

/// Signs everybody in and looks the place up; `at` has the ids that the acts need.
export async function assemble(url, tally) {
  const people = {};
  for (const [part, [phone, role]] of Object.entries(PARTS)) {
    const person = await Person.signIn(url, phone, PASSWORD);
    tally.is(`${part} holds the role`, person.roles.map((held) => held.role), role ? [role] : []);
    people[part] = person;
  }
  const at = await place(url);
  const staff = "query($site: ID!) { staff(siteId: $site) { id name roles { role departmentId teamId } } }";
  const members = (await people.frontDesk.ask(staff, { site: at.site })).staff;
  for (const part of Object.keys(PARTS).filter((one) => !ELSEWHERE.includes(one))) {
    const holds = (member) => member.roles.some((held) => held.role === PARTS[part][1]);
    const member = members.find((one) => one.name === people[part].name && holds(one));
    tally.is(`${part} is on the staff list`, Boolean(member), true);
    [people[part].id, people[part].post] = [member?.id, member?.roles[0]];
  }
  const teams = new Set([people.technician, people.otherTechnician].map(({ post }) => post.teamId));
  tally.is("the two technicians are of different teams", teams.size, 2);
  return { people, at };
}

async function place(url) {
  const document = "query($code: String!) { sites(organizationCode: $code) { id code categories { id code } } }";
  const { sites } = await new Person(url).ask(document, { code: ORGANIZATION });
  const site = sites.find((one) => one.code === SITE);
  if (!site) throw new Error(`the organization ${ORGANIZATION} has no site ${SITE}`);
  const category = (code) => {
    const found = site.categories.find((one) => one.code === code);
    if (!found) throw new Error(`the site has no category ${code}`);
    return found.id;
  };
  return { site: site.id, category };
}
