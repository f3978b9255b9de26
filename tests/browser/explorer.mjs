// The explorer in a real browser: it loads without the internet, signs people in, plays the tour, and shows the case
// live.
//
//   node explorer.mjs http://127.0.0.1:8080 [picture.png]
//
// CHROMIUM names the browser; it is looked for at /usr/bin/chromium otherwise.

import { chromium } from "playwright-core";

const PASSWORD = "huiyin-demo-2026";
/// Who plays which step of the tour, by the number with which they sign in.
const CAST = { resident: "13900000001", desk: "13900000004", head: "13900000011", leader: "13900000012", technician: "13900000013" };
const STEPS = [
  ["WhoAmI", "resident", '"building"'],
  ["FileComplaint", "resident", '"receiver"'],
  ["IssueWorkOrder", "desk", '"ISSUED"'],
  ["AcknowledgeAndAssign", "head", '"TEAM_ASSIGNED"'],
  ["AssignTechnician", "leader", '"TECHNICIAN_ASSIGNED"'],
  ["WorkOnSite", "technician", '"DONE"'],
  ["SignWorkOrder", "resident", '"SIGNED"'],
  ["ResolveComplaint", "head", '"RESOLVED"'],
  ["Timeline", "resident", '"RESOLVED"'],
];
/// How long anything on the page may take.
const PATIENCE = 20_000;
/// How long the editor takes at most to read a document.
const READING = 500;

const [, , url, picture] = process.argv;
if (!url) {
  console.error("usage: node explorer.mjs URL [PICTURE]");
  process.exit(2);
}
const wrong = [];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const context = await browser.newContext({ viewport: { width: 1500, height: 950 }, locale: "zh-CN", serviceWorkers: "block" });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  await watch(context, page);
  await visit(page);
  // Other browsers get the page in their language.
  const english = await browser.newContext({ locale: "en-GB" });
  const other = await english.newPage();
  await other.goto(`${url}/graphiql`);
  is("the bar in English", await other.locator("#sign-in button").innerText(), "Sign in");
} catch (error) {
  wrong.push(error.stack);
} finally {
  await browser.close();
}
for (const one of wrong) console.error(`  ✗ ${one}`);
console.log(`the explorer: ${wrong.length === 0 ? "all in order" : `${wrong.length} wrong`}`);
process.exit(wrong.length === 0 ? 0 : 1);

function is(what, found, wanted) {
  if (found === wanted) console.log(`  ✓ ${what}`);
  else wrong.push(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
}

/// Lets nothing through but to the server, and takes every error of the page for a failure.
async function watch(context, page) {
  await context.route(
    (address) => address.origin !== new URL(url).origin,
    (route) => {
      wrong.push(`asks ${route.request().url()}`);
      return route.abort();
    },
  );
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => wrong.push(`failed: ${request.url()}`));
}

async function visit(page) {
  await page.goto(`${url}/graphiql`);
  is("the bar in Chinese", await page.locator("#sign-in button").innerText(), "登录");
  is("the tabs of the tour", await page.locator(".graphiql-tab").count(), 11);
  await documentation(page);
  const names = {};
  for (const [part, phone] of Object.entries(CAST)) names[part] = await signIn(page, phone);
  const second = await live(page, names);
  for (const [tab, part, shown] of STEPS.slice(2)) await play(page, names, tab, part, shown);
  const last = second.locator(".result-window .CodeMirror-code").filter({ hasText: '"RESOLVED"' });
  is("an event arrives in the other window", await last.waitFor().then(() => true, () => false), true);
  if (picture) await second.screenshot({ path: picture.replace(/\.png$/, "-live.png") });
  const stored = await page.evaluate(() => JSON.stringify(localStorage));
  is("nothing is kept beyond the session", stored, "{}");
  if (picture) await page.screenshot({ path: picture });
  await page.locator("#sign-out").click();
  is("who signs out asks no more", await page.locator("#who").inputValue(), "");
}

async function documentation(page) {
  await page.getByLabel("Show Documentation Explorer").click();
  const docs = page.locator(".graphiql-doc-explorer");
  await docs.getByRole("link", { name: "Mutation", exact: true }).click();
  await docs.getByRole("link", { name: "fileComplaint", exact: true }).click();
  is("the documentation of a mutation", (await docs.innerText()).includes("FileComplaintInput"), true);
  await page.getByLabel("Hide Documentation Explorer").click();
}

async function signIn(page, phone) {
  const before = await page.locator("#who").inputValue();
  await page.locator("#phone").fill(phone);
  await page.locator("#password").fill(PASSWORD);
  await page.locator("#sign-in button").click();
  await page.waitForFunction((old) => document.getElementById("who").value !== old, before);
  return page.locator("#who").inputValue();
}

/// Plays the first steps, and follows the case in a tab of its own beside the page.
async function live(page, names) {
  for (const [tab, part, shown] of STEPS.slice(0, 2)) await play(page, names, tab, part, shown);
  // A page that is opened from this one takes a copy of its session with it.
  const opening = page.context().waitForEvent("page");
  await page.evaluate(() => window.open("/graphiql", "_blank", "popup=no"));
  const second = await opening;
  second.setDefaultTimeout(PATIENCE);
  await watch(page.context(), second);
  await second.locator("#who").selectOption(names.resident);
  await choose(second, "Live");
  await second.getByLabel("Execute query").click();
  return second;
}

/// Chooses a tab. The editor needs a moment to read the document before it knows the name of its operation.
async function choose(page, tab) {
  await page.locator(".graphiql-tab", { hasText: new RegExp(`^${tab}`) }).click();
  await page.waitForTimeout(READING);
}

/// Plays one step as somebody, and waits until the answer shows what it must.
async function play(page, names, tab, part, shown) {
  await page.locator("#who").selectOption(names[part]);
  await choose(page, tab);
  await page.getByLabel("Execute query").click();
  const answer = page.locator(".result-window .CodeMirror-code");
  const came = await answer.filter({ hasText: shown }).waitFor().then(() => true, () => false);
  if (!came) throw new Error(`${tab} answers ${await answer.innerText()}`);
  is(`${tab}, as ${names[part]}`, (await answer.innerText()).includes('"message"'), false);
}
