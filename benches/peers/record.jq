# The record of one JSON callback.
def number: if . == null then null else tonumber end;

(.List // (.SubscribeMsgPopupEvent // .SubscribeMsgChangeEvent // .SubscribeMsgSentEvent).List) as $list
| {
    event: .Event,
    to_user: .ToUserName,
    from_user: .FromUserName,
    create_time: .CreateTime | number,
    items: [
      ($list | if type == "array" then .[] else . end)
      | {
          template_id: .TemplateId,
          status: .SubscribeStatusString,
          popup_scene: .PopupScene | number,
          msg_id: .MsgID,
          error_code: .ErrorCode | number,
          error_status: .ErrorStatus
        }
      | with_entries(select(.value != null))
    ]
  }
