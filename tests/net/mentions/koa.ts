router.post('/wx/callback', async (ctx) => {
  const msg = ctx.request.body as Push;
  switch (msg.Event) {
    case 'subscribe_msg_popup_event':
    case 'subscribe_msg_change_event':
      for (const item of toArray(msg.List)) await grants.apply(msg.FromUserName, item);
      break;
    case 'subscribe_msg_sent_event':
      await results.save(toArray(msg.List).map((i) => ({ MsgID: i.MsgID, ErrorCode: Number(i.ErrorCode), ErrorStatus: i.ErrorStatus })));
      break;
  }
  ctx.body = { ToUserName: msg.FromUserName, FromUserName: msg.ToUserName, CreateTime: Date.now(), MsgType: 'text', Content: '' };
});
