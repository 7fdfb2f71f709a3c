import pytest

@pytest.mark.parametrize("event", ["subscribe_msg_popup_event", "subscribe_msg_sent_event"])
def test_header(event, make):
    msg = parse(make(event))
    assert msg.ToUserName == ACCOUNT
    assert msg.FromUserName == OPENID
    assert msg.CreateTime == NOW
    assert msg.MsgType == "event"
    assert msg["List"][0]["TemplateId"] == TEMPLATE
    assert set(msg) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "List"}
