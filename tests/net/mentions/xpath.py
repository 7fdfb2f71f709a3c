EVENT = root.findtext("Event")  # subscribe_msg_popup_event
to_user = root.findtext("ToUserName")
from_user = root.findtext("FromUserName")
create_time = int(root.findtext("CreateTime") or 0)
msg_type = root.findtext("MsgType")
items = [dict(template_id=n.findtext("TemplateId"), status=n.findtext("SubscribeStatusString")) for n in root.iter("List")]
