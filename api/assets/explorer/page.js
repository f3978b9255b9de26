// Our part of the explorer: signs people in, asks as whoever is chosen, and offers the tour.
//
// Who has signed in is kept for as long as the tab is open, and no longer: nothing goes to localStorage.

import { fill, keep, signedIn, tabs } from "./tour.js";

const TEXTS = {
  zh: {
    phone: "手机号",
    password: "密码",
    signIn: "登录",
    signOut: "退出",
    asking: "以此身份请求",
    nobody: "未登录",
    missing: (names) => `请先执行导览中给出 ${names} 的步骤`,
    failed: "登录失败",
  },
  en: {
    phone: "Phone",
    password: "Password",
    signIn: "Sign in",
    signOut: "Sign out",
    asking: "Ask as",
    nobody: "nobody",
    missing: (names) => `First run the steps of the tour that give ${names}`,
    failed: "Signing in failed",
  },
};
const chinese = navigator.languages.find((one) => /^(zh|en)/i.test(one))?.toLowerCase().startsWith("zh");
const texts = chinese ? TEXTS.zh : TEXTS.en;
const SIGN_IN = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) { accessToken viewer { id name phone roles { role teamId } } errors { message } }
}`;

const element = (id) => document.getElementById(id);
const read = (key, otherwise) => JSON.parse(sessionStorage.getItem(key) ?? otherwise);
const write = (key, value) => sessionStorage.setItem(key, JSON.stringify(value));

/// Who has signed in, by name, with their tokens; and who of them asks.
const people = read("huiyin.people", "{}");
let who = read("huiyin.who", "null");
/// What the steps of the tour have given so far.
const kept = read("huiyin.kept", "{}");

// --- Asking -----------------------------------------------------------------------------------------------------------

const headers = () => (people[who] ? { authorization: `Bearer ${people[who]}` } : {});
let asker;

/// A way to ask as whoever is chosen now. A socket belongs to whoever began it, so each choice has one of its own.
function choose() {
  asker = window.GraphiQL.createFetcher({
    url: "/graphql",
    subscriptionUrl: `${location.origin.replace(/^http/, "ws")}/graphql`,
    wsConnectionParams: headers(),
    enableIncrementalDelivery: false,
    fetch: (url, options) => fetch(url, { ...options, headers: { ...options.headers, ...headers() } }),
  });
}

/// Asks, with what earlier steps gave filled in, and keeps what this one gives.
async function ask(params, options) {
  const { variables, missing } = fill(params.variables, kept);
  if (missing.length > 0) return { errors: [{ message: texts.missing(missing.join(", ")) }] };
  const answer = await asker({ ...params, variables }, options);
  if (answer?.data) look(params.query, answer.data);
  return answer;
}

function look(document, data) {
  Object.assign(kept, keep(document, data));
  const session = data.signIn;
  if (session?.accessToken) {
    // A document that does not ask for the name gets a number instead.
    who = session.viewer?.name ?? `${Object.keys(people).length + 1}`;
    people[who] = session.accessToken;
    Object.assign(kept, signedIn(session.viewer));
    remember();
    show();
  }
  write("huiyin.kept", kept);
}

// --- The bar ----------------------------------------------------------------------------------------------------------

function remember() {
  write("huiyin.people", people);
  write("huiyin.who", who);
  choose();
}

function show() {
  const names = [null, ...Object.keys(people)];
  element("who").replaceChildren(...names.map((name) => new Option(name ?? texts.nobody, name ?? "", false, name === who)));
  element("sign-out").hidden = who === null;
}

element("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [phone, password] = [element("phone"), element("password")];
  const input = { phone: phone.value.trim(), password: password.value };
  const body = JSON.stringify({ query: SIGN_IN, variables: { input } });
  const told = element("told");
  try {
    const answer = await fetch("/graphql", { method: "POST", headers: { "content-type": "application/json" }, body });
    const { data, errors } = await answer.json();
    const wrong = errors ?? data.signIn.errors;
    told.value = wrong.map(({ message }) => message).join(" ");
    if (wrong.length > 0) return;
    look(SIGN_IN, data);
    phone.value = password.value = "";
  } catch (error) {
    told.value = `${texts.failed}: ${error.message}`;
  }
});

element("who").addEventListener("change", (event) => {
  who = event.target.value || null;
  remember();
  show();
});

element("sign-out").addEventListener("click", () => {
  delete people[who];
  who = null;
  remember();
  show();
});

document.documentElement.lang = chinese ? "zh-CN" : "en";
for (const place of document.querySelectorAll("[data-text]")) place.textContent = texts[place.dataset.text];
for (const field of ["phone", "password"]) {
  element(field).placeholder = texts[field];
  element(field).setAttribute("aria-label", texts[field]);
}

// --- The explorer -----------------------------------------------------------------------------------------------------

choose();
show();
const tour = await fetch(new URL("tour.graphql", import.meta.url)).then((answer) => answer.text());
const { React, ReactDOM, GraphiQL } = window;
const explorer = React.createElement(GraphiQL, {
  fetcher: ask,
  defaultTabs: tabs(tour),
  defaultEditorToolsVisibility: "variables",
  inputValueDeprecation: true,
  shouldPersistHeaders: false,
  showPersistHeadersSettings: false,
  storage: sessionStorage,
});
ReactDOM.createRoot(element("explorer")).render(explorer);
