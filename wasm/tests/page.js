// Opens the page in Chromium, as tests/report/check.js does with reports: page.js PLAYWRIGHT PAGE HOSTILE PICTURES
//
// HOSTILE is a capture with markup in its values, PICTURES a folder for pictures.

const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const { ARGUMENTS, SIZES, contrast, overflow, problem, problems, strangers, watched } =
  require("../../tests/report/watch.js");

const [, , playwright, file, hostile, pictures] = process.argv;
const { chromium } = require(playwright);

const url = pathToFileURL(file).href;
const capture = fs.readFileSync(hostile, "utf8");

const TAGS = ("html head meta title style body main header h1 h2 h3 p button label textarea section article code dl dt dd " +
  "details summary pre span script").split(" ");

// What the page says of its sample, and of a payload with a fault.
const TEXTS = {
  "en-US": ["callbacks: 1, findings: 0", "send API: user refused (43101)", "error [malformed-xml]", "Clear"],
  "zh-CN": ["回调：1，问题：0", "发送接口：用户拒收 (43101)", "错误 [malformed-xml]", "清空"],
};

const BROKEN = '<xml>\n<ToUserName>订阅😀</ToUserName><MsgType>event</MsgType><Event>subscribe_msg_sent_event</Evnt></xml>';

const text = (page) => page.evaluate(() => document.body.innerText);
const count = (page, what) => page.evaluate((what) => document.querySelectorAll(what).length, what);

/** Pastes a capture, and waits until it is decoded. */
async function paste(page, capture) {
  await page.evaluate(() => { document.getElementById("summary").textContent = ""; });
  await page.fill("#given", capture);
  await page.waitForFunction(() => document.getElementById("summary").textContent !== "");
}

function expect(where, said, wanted) {
  if (!said.includes(wanted)) problem(where, `"${wanted}" is missing`);
}

/** Checks the page as it is: nothing sticks out, all can be read, and no element is a stranger. */
async function look(page, where, name) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((it) => { it.open = true; }));
  const { by, out } = await page.evaluate(overflow);
  if (by > 0 || out.length > 0) problem(where, `wider than the window by ${by}: ${out.join(" | ")}`);
  for (const what of await page.evaluate(contrast)) problem(where, `low contrast: ${what}`);
  for (const what of await page.evaluate(strangers, TAGS)) problem(where, `holds ${what}`);
  // To hide the caret, Playwright would add a style.
  const options = { caret: "initial", fullPage: name.startsWith("sample") };
  await page.screenshot({ path: path.join(pictures, `${name}.png`), ...options });
}

async function use(browser, locale, viewport, colorScheme) {
  const where = `${locale} ${viewport.width} ${colorScheme}`;
  const context = await browser.newContext({ viewport, colorScheme, locale });
  const page = await watched(context, where, url);
  const [whole, meaning, fault, clear] = TEXTS[locale];
  await page.getByText(clear, { exact: true }).waitFor();
  await page.click("#sample");
  for (const wanted of [whole, meaning]) expect(where, await text(page), wanted);
  await look(page, where, `sample-${locale}-${viewport.width}-${colorScheme}`);

  await paste(page, BROKEN);
  expect(where, await text(page), fault);
  await page.click(".finding");
  const marked = await page.evaluate(() => given.value.slice(given.selectionStart, given.selectionStart + 6));
  if (marked !== "</Evnt") problem(where, `the finding is at "${marked}"`);

  await paste(page, capture);
  if (await count(page, "article") < 50) problem(where, "hostile callbacks are missing");
  await look(page, where, `hostile-${locale}-${viewport.width}-${colorScheme}`);

  const [other] = Object.keys(TEXTS).filter((known) => known !== locale);
  await page.click("#sample");
  await page.click(other === "zh-CN" ? "#zh" : "#en");
  for (const wanted of TEXTS[other].slice(0, 2)) expect(`${where}, switched`, await text(page), wanted);
  await page.click("#clear");
  if (await count(page, "article") > 0) problem(where, "is not cleared");
  await context.close();
}

/** Checks that many callbacks are counted, of which some are shown, and that digits stay. */
async function fill(browser) {
  const page = await watched(await browser.newContext({ locale: "en-US" }), "many", url);
  await page.getByText("Clear", { exact: true }).waitFor();
  const payload = '{"Event":"subscribe_msg_popup_event","List":[{"PopupScene":9007199254740993}],"Big":4263718905521438721}\n';
  await paste(page, payload.repeat(300));
  const said = await text(page);
  for (const wanted of ["callbacks: 300,", "100 more are not shown.", "≈ 9007199254740992"]) expect("many", said, wanted);
  const line = await page.evaluate(() => document.querySelector("pre").textContent);
  expect("many", line, '"popup_scene":9007199254740993}],"extra":{"Big":4263718905521438721}');
}

/** Checks that the policy refuses what a payload would try, were it markup. */
async function attack(browser) {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  const { seen, markup } = await page.evaluate(async () => {
    const seen = [];
    document.addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
    const image = document.createElement("img");
    image.src = "https://example.com/x";
    const style = document.createElement("style");
    style.textContent = "body{color:red}";
    document.body.append(image, style);
    document.body.setAttribute("style", "color:red");
    await fetch("https://example.com/y").catch(() => {});
    let markup = true;
    try {
      document.body.insertAdjacentHTML("beforeend", "<b>bold</b>");
    } catch {
      markup = false;
    }
    await new Promise((done) => setTimeout(done, 200));
    return { seen, markup };
  });
  for (const wanted of ["img-src", "style-src-elem", "style-src-attr", "connect-src", "require-trusted-types-for"]) {
    if (!seen.includes(wanted)) problem("attacked", `${wanted} was not refused: ${seen}`);
  }
  if (markup) problem("attacked", "text became markup");
}

async function main() {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGUMENTS });
  for (const locale of Object.keys(TEXTS)) {
    for (const viewport of SIZES) {
      for (const theme of ["light", "dark"]) await use(browser, locale, viewport, theme);
    }
  }
  await fill(browser);
  await attack(browser);
  await browser.close();
  problems.forEach((what) => console.error(what));
  console.log(`the page: 2 languages, ${SIZES.length} windows, 2 themes, ${problems.length} problems; pictures are in ${pictures}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

main();
