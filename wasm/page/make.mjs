// Makes the page of its parts: make.mjs FOLDER PAGE. The folder has `package`, with the module, and `page`.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const [, , folder, target] = process.argv;

const read = (name) => readFileSync(path.join(folder, name));
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

async function script() {
  const entry = path.join(folder, "page", "app.js");
  const { outputFiles } = await build({
    entryPoints: [entry], bundle: true, format: "esm", target: "es2022", minify: true, write: false,
  });
  return outputFiles[0].text;
}

function policy(script, style) {
  return [
    "default-src 'none'", "connect-src 'none'", `script-src ${hash(script)} 'wasm-unsafe-eval'`, `style-src ${hash(style)}`,
    "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
  ].join("; ");
}

const parts = { script: await script(), style: read("page/style.css").toString() };
parts.policy = policy(parts.script, parts.style);
parts.module = gzipSync(read("package/module_bg.wasm"), { level: 9 }).toString("base64");
const page = read("page/page.html").toString().replace(/\{(\w+)\}/g, (_, name) => parts[name]);
writeFileSync(target, page);
