// Renews `vendor/` from the versions that stand here: `node api/assets/explorer/renew.mjs`. Needs npm and a registry;
// building Huiyin needs neither.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// The last versions whose published bundles run as they are. Later ones must be built, and start workers.
const VERSIONS = { graphiql: "3.9.0", react: "18.3.1", "react-dom": "18.3.1" };
const FILES = {
  "graphiql.min.js": "graphiql/graphiql.min.js",
  "graphiql.min.css": "graphiql/graphiql.min.css",
  "react.production.min.js": "react/umd/react.production.min.js",
  "react-dom.production.min.js": "react-dom/umd/react-dom.production.min.js",
};
/// Fonts within the style sheet, by what their packages are called.
const FONTS = ["@fontsource/roboto", "@fontsource/fira-code"];

const vendor = new URL("vendor/", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "explorer-"));
try {
  const wanted = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  install([...wanted, "graphql@16", ...FONTS]);
  const modules = join(folder, "node_modules");
  for (const [name, from] of Object.entries(FILES)) {
    // A source map that is not served would only be a failed request.
    const text = readFileSync(join(modules, from), "utf8").replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n");
    writeFileSync(join(vendor, name), text);
  }
  const inside = bundled(modules);
  const missing = inside.filter((name) => !existsSync(join(modules, name)));
  // What the bundle was made of may have left the tree of its packages since; its licence is asked for by name.
  if (missing.length > 0) install([...wanted, "graphql@16", ...FONTS, ...missing]);
  writeFileSync(join(vendor, "LICENSES.txt"), inside.map((name) => licence(modules, name)).join("\n"));
} finally {
  rmSync(folder, { recursive: true });
}

function install(packages) {
  const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"];
  execFileSync("npm", ["install", ...options, ...packages], { cwd: folder, stdio: "inherit" });
}

/// Every package in the bundle, as its source map names them.
function bundled(modules) {
  const { sources } = JSON.parse(readFileSync(join(modules, "graphiql/graphiql.min.js.map"), "utf8"));
  const packages = new Set([...Object.keys(VERSIONS), ...FONTS, "@graphiql/react", "@graphiql/toolkit", "scheduler"]);
  packages.add("codemirror-graphql").add("graphql-language-service");
  for (const source of sources) {
    const inside = [...source.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].at(-1);
    if (inside) packages.add(inside[1]);
  }
  return [...packages].sort();
}

function licence(modules, name) {
  const home = join(modules, name);
  const { version, license } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const file = readdirSync(home).find((one) => /^licen[cs]e/i.test(one));
  const text = file ? readFileSync(join(home, file), "utf8").trim() : "(The package holds no text of its licence.)";
  return `=== ${name} ${version}: ${license}\n\n${text}\n`;
}
