// Makes a subscribe_msg_popup_event for tests.
const make = (over = {}) => ({
  ToUserName: process.env.ACCOUNT,
  FromUserName: faker.string.alphanumeric(28),
  CreateTime: Math.floor(Date.now() / 1000),
  MsgType: 'event',
  Event: 'subscribe_msg_popup_event',
  List: [{ TemplateId: process.env.TEMPLATE, SubscribeStatusString: over.status ?? 'accept', PopupScene: 0 }],
  ...over,
});
