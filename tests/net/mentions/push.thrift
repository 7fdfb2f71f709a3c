struct Item { 1: string TemplateId, 2: string SubscribeStatusString, 3: i32 PopupScene = 0 }
/** subscribe_msg_popup_event */
struct Push {
  1: required string ToUserName
  2: required string FromUserName
  3: required i64 CreateTime
  4: string MsgType = "event"
  5: string Event = "subscribe_msg_popup_event"
  6: list<Item> List
}
