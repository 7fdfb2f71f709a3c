// Tests of the package: `node --test` in a folder where it is installed, with WXSUB_TREE, the repository.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { check, decode, DecodeError, extract, record, words } from "@wxsub/wasm";

const tree = process.env.WXSUB_TREE;
const popup = readFileSync(path.join(tree, "examples/payloads/popup.xml"));

/** Returns what `call` throws. */
function thrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  assert.fail("nothing was thrown");
}

test("a payload is a callback, from bytes and from text", () => {
  const callback = decode(popup);
  assert.equal(callback.event, "subscribe_msg_popup_event");
  assert.equal(callback.items.length, 2);
  assert.equal(callback.items[0].popup_scene, 0);
  assert.deepEqual(decode(popup.toString()), callback);
  assert.deepEqual(JSON.parse(record(popup)), callback);
});

test("an error has its code, place and message, in both languages", () => {
  const broken = readFileSync(path.join(tree, "examples/payloads/broken.xml"));
  const error = thrown(() => decode(broken));
  assert.ok(error instanceof DecodeError && error instanceof Error);
  assert.equal(error.name, "DecodeError");
  assert.equal(error.code, "malformed-xml");
  assert.equal(error.message, "expected `</PopupScene>`, found `</Popupscene>`");
  assert.deepEqual([error.place.line, error.place.column], [11, 14]);
  assert.match(thrown(() => decode(broken, "zh")).message, /\p{Script=Han}/u);
  assert.equal(thrown(() => record(broken)).code, "malformed-xml");
  assert.equal(thrown(() => decode(new Uint8Array())).code, "no-payload");
  assert.equal(thrown(() => decode(Buffer.concat([popup, popup]))).code, "noise");
});

test("what is not text, bytes or a language is refused", () => {
  for (const given of [undefined, null, 7, {}, [60], new ArrayBuffer(4)]) {
    assert.ok(thrown(() => decode(given)) instanceof TypeError);
  }
  assert.ok(thrown(() => check(popup, "de")) instanceof TypeError);
});

test("numbers keep their digits in text, and message ids are text", () => {
  const given = '{"Event":"subscribe_msg_sent_event","List":[{"MsgID":4263718905521438721}],"Ratio":1.50,"Big":4263718905521438721}';
  assert.equal(decode(given).items[0].msg_id, "4263718905521438721");
  assert.match(record(given), /"Ratio":1\.50,"Big":4263718905521438721/);
  assert.match(extract(given).lines[0], /"Big":4263718905521438721/);
});

test("a log has records and findings with places", () => {
  const log = readFileSync(path.join(tree, "examples/payloads/app.log"));
  const { records, findings, lines } = extract(log);
  assert.equal(records.length, 2);
  assert.deepEqual(lines.map((line) => JSON.parse(line)), records);
  assert.deepEqual(check(log), findings);
  assert.ok(findings.some(({ code }) => code === "other-event"));
  assert.ok(records[1].source.line > records[0].source.line);
});

test("the module and the program say the same", { skip: !process.env.WXSUB }, () => {
  const run = (file, ...args) => execFileSync(process.env.WXSUB, [...args, "--exit-zero", "--quiet"], {
    input: readFileSync(file), stdio: ["pipe", "pipe", "ignore"],
  }).toString();
  const lines = (text) => text.split("\n").filter(Boolean);
  for (const name of ["payloads", "logs"]) {
    const folder = path.join(tree, "examples", name);
    for (const file of readdirSync(folder).map((entry) => path.join(folder, entry))) {
      const bytes = readFileSync(file);
      assert.deepEqual(extract(bytes).lines, lines(run(file, "convert", "--with-source")), file);
      assert.deepEqual(check(bytes), lines(run(file, "check", "--format", "json")).map((line) => JSON.parse(line)), file);
    }
  }
});

test("hostile input neither traps nor grows without end", () => {
  const hostile = [
    "<xml>".repeat(100_000), "[".repeat(100_000), '{"a":'.repeat(100_000), "\ud83d", "\0".repeat(1000),
    `{"Event":"subscribe_msg_popup_event","List":${"[".repeat(50_000)}`,
  ];
  for (const text of hostile) {
    assert.ok(check(text).length > 0);
    assert.ok(thrown(() => decode(text)) instanceof DecodeError);
  }
  assert.equal(decode(popup).items.length, 2);
});

test("all codes have a type and a meaning", () => {
  const types = readFileSync(new URL("./index.d.ts", import.meta.resolve("@wxsub/wasm")), "utf8");
  const codes = Object.keys(words().finding);
  const typed = types.match(/type Code =([^;]*);/)[1].match(/[a-z-]+/g);
  assert.deepEqual(typed.sort(), codes.sort());
});

test("words are in both languages", () => {
  assert.equal(words().status.accept, "accepted");
  assert.equal(words("zh").status.reject, "拒收");
  assert.equal(words()["error code"]["0"], "pushed");
});
