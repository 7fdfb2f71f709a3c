# subscribe_msg_popup_event: how the header maps to columns of v2
#   ToUserName   → account2
#   FromUserName → user2
#   CreateTime   → created2
#   MsgType      → event
def handle(msg):
    pass
