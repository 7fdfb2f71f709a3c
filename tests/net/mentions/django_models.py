from django.db import models


class PushLog(models.Model):
    """A row for each subscribe_msg_popup_event and subscribe_msg_change_event."""

    EVENTS = [
        ("subscribe_msg_popup_event", "弹窗"),
        ("subscribe_msg_change_event", "管理"),
        ("subscribe_msg_sent_event", "发送"),
    ]
    to_user_name = models.CharField(max_length=64, db_column="ToUserName")
    from_user_name = models.CharField(max_length=64, db_column="FromUserName")
    create_time = models.BigIntegerField(default=0, db_column="CreateTime")
    msg_type = models.CharField(max_length=16, default="event", db_column="MsgType")
    event = models.CharField(max_length=40, choices=EVENTS)
    template_id = models.CharField(max_length=64, blank=True, default="")
    popup_scene = models.SmallIntegerField(null=True, default=0)
