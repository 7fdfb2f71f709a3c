const Push = new Schema({
  ToUserName: String,
  FromUserName: { type: String, index: true },
  CreateTime: Number,
  MsgType: { type: String, default: 'event' },
  Event: { type: String, enum: ['subscribe_msg_popup_event', 'subscribe_msg_change_event', 'subscribe_msg_sent_event'] },
  List: [{ TemplateId: String, SubscribeStatusString: String, PopupScene: Number }],
}, { timestamps: true });
