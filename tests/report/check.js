// Opens pages of `wxsub report` in Chromium and checks what a test without a browser cannot: nothing is loaded, nothing is
// said in the console, nothing is wider than the window, in light and dark, on a phone and on a desk. Keeps pictures.
//
// check.js PLAYWRIGHT FOLDER: the folder has pages named NAME.LANG.html; pictures go beside them.

const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const { ARGUMENTS, SIZES, contrast, overflow, problem, problems, strangers, watched } = require("./watch.js");

const [, , playwright, folder] = process.argv;
const { chromium } = require(playwright);

// What each language must say, in the head and below it.
const TEXTS = {
  en: ["Acceptance by template", "Undecodable and odd"],
  zh: ["各模板的接收率", "无法解码与异常"],
};
const EMPTY_TEXTS = { en: ["no callbacks"], zh: ["没有回调"] };

// All that a page consists of.
const TAGS = new Set(("html head meta title style body main header section h1 h2 p ul li dl div dt dd figure figcaption span " +
  "code br table thead tbody tr th td details summary svg defs pattern g text rect circle path line").split(" "));

/** Returns labels of charts that leave their chart or lie on one another. */
function labels() {
  const wrong = [];
  for (const svg of document.querySelectorAll("svg[role=img]")) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
    for (const [text, at] of texts) {
      if (at.left < frame.left - 2 || at.right > frame.right + 2) wrong.push(`"${text}" leaves its chart`);
    }
    texts.forEach(([text, at], n) => texts.slice(n + 1).forEach(([other, beside]) => {
      const across = Math.min(at.right, beside.right) - Math.max(at.left, beside.left);
      const down = Math.min(at.bottom, beside.bottom) - Math.max(at.top, beside.top);
      if (across > 1 && down > 4) wrong.push(`"${text}" lies on "${other}"`);
    }));
  }
  return wrong.slice(0, 5);
}

/** Checks a page in one window and one theme. */
async function look(browser, file, lang, is_empty, viewport, colorScheme) {
  const name = path.basename(file, ".html");
  const where = `${name} ${viewport.width} ${colorScheme}`;
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await watched(context, where, pathToFileURL(file).href);
  await page.screenshot({ path: path.join(folder, `${name}-${viewport.width}-${colorScheme}.png`), fullPage: true });
  const text = await page.evaluate(() => document.body.innerText);
  for (const wanted of [...TEXTS[lang].slice(is_empty ? 1 : 0), ...(is_empty ? EMPTY_TEXTS[lang] : [])]) {
    if (!text.includes(wanted)) problem(where, `"${wanted}" is missing`);
  }
  const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  if ((back === "rgb(255, 255, 255)") !== (colorScheme === "light")) problem(where, `the background is ${back}`);
  for (const open of [false, true]) {
    if (open) await page.evaluate(() => document.querySelectorAll("details").forEach((it) => { it.open = true; }));
    const { by, out } = await page.evaluate(overflow);
    if (by > 0 || out.length > 0) problem(where, `wider than the window by ${by}: ${out.join(" | ")}`);
  }
  for (const what of await page.evaluate(labels)) problem(where, what);
  for (const what of await page.evaluate(contrast)) problem(where, `low contrast: ${what}`);
  for (const what of await page.evaluate(strangers, [...TAGS])) problem(where, `holds ${what}`);
  await context.close();
}

/** Checks that the policy of a page refuses what a value would try. */
async function attack(browser, file) {
  const where = `${path.basename(file)} attacked`;
  const context = await browser.newContext();
  const page = await context.newPage();
  const asked = [];
  // What the policy refuses is noted as a request, too, one that failed.
  page.on("request", (request) => asked.push(request));
  await page.goto(pathToFileURL(file).href);
  const refused = await page.evaluate(async () => {
    const seen = [];
    document.addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
    document.body.insertAdjacentHTML("beforeend",
      `<img src="https://example.com/x"><style>body{color:red}</style><p style="color:red"></p><a onclick="1">a</a>`);
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    await new Promise((done) => setTimeout(done, 200));
    return { seen, ran: window.ran === true };
  });
  for (const directive of ["img-src", "style-src-elem", "style-src-attr", "script-src-elem"]) {
    if (!refused.seen.includes(directive)) problem(where, `${directive} was not refused: ${refused.seen}`);
  }
  if (refused.ran) problem(where, "a script ran");
  const got = asked.slice(1).filter((request) => request.failure()?.errorText !== "csp");
  if (got.length > 0) problem(where, `asked for ${got.map((request) => request.url())}`);
  await context.close();
}

/** Prints a page, and checks that what is printed is light. */
async function print(browser, file) {
  const context = await browser.newContext({ colorScheme: "dark" });
  const page = await watched(context, `${path.basename(file)} printed`, pathToFileURL(file).href);
  await page.emulateMedia({ media: "print" });
  const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  if (back !== "rgb(255, 255, 255)") problem(file, `prints on ${back}`);
  await page.pdf({ path: file.replace(/html$/, "pdf"), format: "A4" });
  await context.close();
}

async function main() {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGUMENTS });
  const files = fs.readdirSync(folder).filter((file) => file.endsWith(".html")).map((file) => path.join(folder, file));
  if (files.length === 0) problem(folder, "has no pages");
  for (const file of files) {
    const [, name, lang] = path.basename(file).match(/^(.*)\.(en|zh)\.html$/);
    for (const viewport of SIZES) {
      for (const theme of ["light", "dark"]) await look(browser, file, lang, name === "empty", viewport, theme);
    }
    await attack(browser, file);
    await print(browser, file);
  }
  await browser.close();
  problems.forEach((what) => console.error(what));
  console.log(`${files.length} pages, ${problems.length} problems; pictures are in ${folder}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

main();
