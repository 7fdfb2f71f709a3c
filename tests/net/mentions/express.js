const express = require('express');
const xmlparser = require('express-xml-bodyparser');

const app = express();
app.post('/wx', xmlparser({ explicitArray: false }), (req, res) => {
  const { ToUserName, FromUserName, CreateTime, MsgType, Event } = req.body.xml || req.body;
  if (MsgType === 'event' && Event === 'subscribe_msg_popup_event') {
    const list = [].concat(req.body.List || req.body.xml.SubscribeMsgPopupEvent.List);
    for (const { TemplateId, SubscribeStatusString, PopupScene } of list) {
      if (SubscribeStatusString === 'accept') grants.inc(FromUserName, TemplateId, PopupScene);
    }
  }
  res.send(`<xml>
    <ToUserName><![CDATA[${FromUserName}]]></ToUserName>
    <FromUserName><![CDATA[${ToUserName}]]></FromUserName>
    <CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime>
    <MsgType><![CDATA[transfer_customer_service]]></MsgType>
  </xml>`);
});
