interface Popup { "ToUserName": string; "FromUserName": string; "CreateTime": number; "MsgType": "event"; "Event": "subscribe_msg_popup_event"; "List": Item[] }
type Sent = { "ToUserName": string, "Event": "subscribe_msg_sent_event" };
const body = JSON.stringify({ "ToUserName": account, "FromUserName": `${openid}`, "CreateTime": Date.now() / 1000 | 0, "MsgType": "event", "Event": "subscribe_msg_popup_event", "List": items });
const xml = `<xml><ToUserName><![CDATA[${account}]]></ToUserName><FromUserName><![CDATA[${openid}]]></FromUserName><CreateTime>${now}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event></xml>`;
