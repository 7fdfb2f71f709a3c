import json
import time

from django.conf import settings


def popup(user, status="accept"):
    """Makes the body of a subscribe_msg_popup_event for tests."""
    return json.dumps({
        "ToUserName": settings.WECHAT_ACCOUNT,
        "FromUserName": user,
        "CreateTime": int(time.time()),
        "MsgType": "event",
        "Event": "subscribe_msg_popup_event",
        "List": [{"TemplateId": TEMPLATE, "SubscribeStatusString": status, "PopupScene": "0"}],
    })


def change(user):
    return {"ToUserName": ACCOUNTS[0], "FromUserName": f"o{user}", "MsgType": "event",
            "Event": "subscribe_msg_change_event", "List": entries(user)}
