SELECT event, count(*) FROM wx_push WHERE event IN ('subscribe_msg_popup_event', 'subscribe_msg_change_event') GROUP BY 1;
INSERT INTO wx_push (ToUserName, FromUserName, CreateTime, MsgType, Event, TemplateId) VALUES (?, ?, ?, 'event', 'subscribe_msg_popup_event', ?);
INSERT INTO wx_push (to_user_name, from_user_name, create_time, msg_type, event) VALUES (:to, :from, :at, 'event', 'subscribe_msg_sent_event');
INSERT INTO wx_push (to_user_name, from_user_name, create_time) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING; -- subscribe_msg_change_event
