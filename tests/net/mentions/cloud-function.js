// 云函数入口：订阅消息事件 subscribe_msg_popup_event / subscribe_msg_change_event
const cloud = require('wx-server-sdk');
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });

exports.main = async (event) => {
  const { OPENID } = cloud.getWXContext();
  if (event.MsgType !== 'event') return 'success';
  const list = Array.isArray(event.List) ? event.List : [event.List];
  switch (event.Event) {
    case 'subscribe_msg_popup_event':
      await Promise.all(list.map((it) => db.collection('grants').add({
        data: { openid: OPENID, ToUserName: event.ToUserName, FromUserName: event.FromUserName, CreateTime: event.CreateTime, tpl: it.TemplateId, st: it.SubscribeStatusString },
      })));
      break;
    case 'subscribe_msg_change_event': {
      const where = { TemplateId: list[0].TemplateId, openid: OPENID };
      await db.collection('grants').where(where).update({ data: { status: 'reject' } });
      break;
    }
  }
  return 'success';
};
