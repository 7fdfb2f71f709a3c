// Writes the records of a capture, read with JSON.parse and fast-xml-parser: node records.js SHAPE FILE
const fs = require("fs");
const readline = require("readline");
const { XMLParser } = require("fast-xml-parser");

const ITEM = {
  TemplateId: ["template_id", String],
  SubscribeStatusString: ["status", String],
  PopupScene: ["popup_scene", Number],
  MsgID: ["msg_id", String],
  ErrorCode: ["error_code", Number],
  ErrorStatus: ["error_status", String],
};
const LINES_A_WRITE = 5000;
const parser = new XMLParser({ parseTagValue: false });

// Each takes a line and gives the body that ends there, if one does; of other captures each line is one.
const document = [];
const pretty = (line) => (document.push(line), line === "</xml>" ? document.splice(0).join("\n") : null);
const BODY = {
  "xml.pretty": pretty,
  "xml.crlf": pretty,
  "mixed.log": (line) => line.split("body=")[1],
  "wrapped.jsonl": (line) => JSON.parse(line).body,
};

function record(payload) {
  const wrapper = payload.SubscribeMsgPopupEvent || payload.SubscribeMsgChangeEvent || payload.SubscribeMsgSentEvent;
  return {
    event: payload.Event,
    to_user: payload.ToUserName,
    from_user: payload.FromUserName,
    create_time: Number(payload.CreateTime),
    items: [payload.List || wrapper.List].flat().map(item),
  };
}

function item(given) {
  const taken = {};
  for (const name in given) {
    const [key, convert] = ITEM[name];
    taken[key] = convert(given[name]);
  }
  return taken;
}

async function main(shape, path) {
  const bodyOf = BODY[shape] || ((line) => line);
  let lines = [];
  for await (const line of readline.createInterface({ input: fs.createReadStream(path) })) {
    const body = bodyOf(line);
    if (!body) continue;
    lines.push(JSON.stringify(record(body[0] === "<" ? parser.parse(body).xml : JSON.parse(body))));
    if (lines.length === LINES_A_WRITE) {
      process.stdout.write(lines.join("\n") + "\n");
      lines = [];
    }
  }
  if (lines.length) process.stdout.write(lines.join("\n") + "\n");
}

main(...process.argv.slice(2));
