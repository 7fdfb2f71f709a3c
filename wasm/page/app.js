// The page: decodes what is pasted, with the module that is inside the page.
//
// Values of payloads become text, never markup: elements are made by name, and the page's policy refuses the rest.
import { extract, words } from "../package/api.js";
import { initSync } from "../package/module.js";
import { SAMPLE, TEXTS } from "./texts.js";

// What more would make the page slow.
const MOST = 200;

const HEADER = ["to_user", "from_user", "create_time"];
const ITEM = ["template_id", "status", "popup_scene", "msg_id", "error_code", "error_status"];
// The kinds of words for the values of a field.
const KINDS = { status: "status", popup_scene: "scene", error_code: "error code" };

const by = (id) => document.getElementById(id);
const given = by("given");

let lang = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
let meanings;

/** Makes an element of children and texts. */
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Unpacks the module, which is compressed and in base64. */
async function loadModule() {
  const packed = Uint8Array.from(atob(by("module").textContent), (char) => char.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  initSync({ module: await new Response(unpacked).arrayBuffer() });
}

function meaning(kind, value) {
  const known = meanings[kind];
  return known && Object.hasOwn(known, value) ? known[value] : undefined;
}

/** Writes a value, with its meaning first if it has one. */
function shown(field, value) {
  const exact = typeof value !== "number" || Number.isSafeInteger(value);
  const text = exact ? String(value) : `≈ ${value}`;
  const said = field === "create_time" ? time(value) : meaning(KINDS[field], text);
  return said ? `${said} (${text})` : text;
}

function time(seconds) {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toLocaleString(lang === "zh" ? "zh-CN" : "en-GB");
}

/** Lists the fields that `from` has, and the names of all others. */
function fields(from, names) {
  const pair = (label, value) => [element("dt", {}, label), element("dd", {}, value)];
  const list = names.filter((name) => name in from)
    .flatMap((name) => pair(meaning("field", name), shown(name, from[name])));
  const others = Object.keys(from.extra ?? {}).join(", ");
  return element("dl", {}, ...list, ...(others ? pair(TEXTS[lang].also, others) : []));
}

function callback(record, line) {
  const { event, source, items } = record;
  const title = element("h3", {}, `${meaning("event", event)} `, element("code", {}, event));
  const place = element("p", { className: "place" }, TEXTS[lang].line(source.line));
  const text = element("details", {}, element("summary", {}, TEXTS[lang].record), element("pre", {}, line));
  return element("article", {}, title, place, fields(record, HEADER), ...items.map((item) => fields(item, ITEM)), text);
}

function finding({ code, severity, message, help, line, column, offset }) {
  const parts = [
    element("span", { className: severity }, `${line}:${column} ${TEXTS[lang][severity]} [${code}]`),
    element("span", {}, message),
    ...(help ? [element("span", { className: "help" }, help)] : []),
  ];
  return element("button", { type: "button", className: "finding", onclick: () => point(offset) }, ...parts);
}

/** Puts the cursor where a finding is. Its offset is in bytes of UTF-8. */
function point(offset) {
  const before = new TextEncoder().encode(given.value).subarray(0, offset);
  const at = new TextDecoder("utf-8", { ignoreBOM: true }).decode(before).length;
  given.focus();
  given.setSelectionRange(at, at + 1);
}

function fill(id, all) {
  const shown = all.slice(0, MOST).map((make) => make());
  const hidden = all.length - shown.length;
  const more = hidden > 0 ? [element("p", {}, TEXTS[lang].more(hidden))] : [];
  const title = all.length > 0 ? [element("h2", {}, TEXTS[lang][id])] : [];
  by(id).replaceChildren(...title, ...shown, ...more);
}

function show() {
  const isEmpty = given.value.trim() === "";
  const { records, findings, lines } = isEmpty ? { records: [], findings: [], lines: [] } : extract(given.value, lang);
  by("summary").textContent = isEmpty ? "" : TEXTS[lang].summary(records.length, findings.length);
  fill("records", records.map((record, n) => () => callback(record, lines[n])));
  fill("findings", findings.map((found) => () => finding(found)));
}

function speak(chosen) {
  lang = chosen;
  meanings = words(lang);
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  for (const id of ["lead", "label", "sample", "clear"]) by(id).textContent = TEXTS[lang][id];
  for (const id of ["en", "zh"]) by(id).setAttribute("aria-pressed", String(id === lang));
  show();
}

function put(text) {
  given.value = text;
  show();
}

let waiting;

/** Decodes once nothing more is typed for a moment. */
function later() {
  clearTimeout(waiting);
  waiting = setTimeout(show, 150);
}

await loadModule();
given.addEventListener("input", later);
by("sample").addEventListener("click", () => put(SAMPLE));
by("clear").addEventListener("click", () => put(""));
by("en").addEventListener("click", () => speak("en"));
by("zh").addEventListener("click", () => speak("zh"));
speak(lang);
