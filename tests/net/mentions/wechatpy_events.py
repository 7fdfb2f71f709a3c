@register_event("subscribe_msg_sent_event")
class SubscribeMsgSentEvent(BaseEvent):
    event = "subscribe_msg_sent_event"
    to_user_name = StringField("ToUserName")
    from_user_name = StringField("FromUserName")
    create_time = DateTimeField("CreateTime")
    template_id = StringField("TemplateId")
    msg_id = StringField("MsgID")
    error_code = IntegerField("ErrorCode")
    error_status = StringField("ErrorStatus")
