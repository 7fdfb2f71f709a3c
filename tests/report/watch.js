// What every page is held to, in Chromium: it asks for nothing, says nothing in the console, is not wider than its window,
// can be read, and has no elements of its input.

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const SIZES = [{ width: 390, height: 844 }, { width: 1280, height: 900 }];

const problems = [];

function problem(where, what) {
  problems.push(`${where}: ${what}`);
}

/** Makes a page that notes what it says and asks for. */
async function watched(context, where, url) {
  const page = await context.newPage();
  page.on("console", (message) => problem(where, `console: ${message.text()}`));
  page.on("pageerror", (error) => problem(where, `error: ${error}`));
  page.on("dialog", (dialog) => { problem(where, `dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => request.url() === url || problem(where, `request: ${request.url()}`));
  await page.goto(url);
  return page;
}

/** Returns how many pixels the page is wider than its window, and what sticks out. */
function overflow() {
  const width = document.documentElement.clientWidth;
  const is_inside = (element) => element.closest(".scroll, svg") === null;
  const out = [...document.body.querySelectorAll("*")].filter(is_inside)
    .filter((element) => element.getBoundingClientRect().right > width + 0.5);
  return { by: document.documentElement.scrollWidth - width, out: out.slice(0, 3).map((element) => element.outerHTML.slice(0, 120)) };
}

/** Returns the contrast of the text of each element with the page behind it, where it is low. */
function contrast() {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = (color) => {
    const [r, g, b] = color.match(/[\d.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  const back = light(getComputedStyle(document.body).backgroundColor);
  const low = new Set();
  for (const element of document.body.querySelectorAll("*")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    if (["title", "style"].includes(element.localName)) continue;
    const style = getComputedStyle(element);
    const own = light(element.localName === "text" ? style.fill : style.color);
    const ratio = (Math.max(own, back) + 0.05) / (Math.min(own, back) + 0.05);
    if (ratio < 4.5) low.add(`${element.localName}.${element.getAttribute("class")}: ${ratio.toFixed(1)}`);
  }
  return [...low];
}

/** Returns elements and attributes that no page has. */
function strangers(tags) {
  const known = new Set(tags);
  const elements = [...document.querySelectorAll("*")];
  const strange = elements.filter((element) => !known.has(element.localName)).map((element) => element.localName);
  const attributes = elements.flatMap((element) => [...element.attributes].map((attribute) => attribute.name));
  return [...strange, ...attributes.filter((name) => /^on|^style$|^href$|^src/.test(name))];
}

module.exports = { ARGUMENTS, SIZES, contrast, overflow, problem, problems, strangers, watched };
