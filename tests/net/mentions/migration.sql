ALTER TABLE wx_push ADD COLUMN template_id text, ADD COLUMN error_code int DEFAULT 0;
UPDATE wx_push SET kind = 'sent' WHERE event = 'subscribe_msg_sent_event' AND msg_type = 'event';
CREATE INDEX ON wx_push (to_user_name, from_user_name, create_time) WHERE event = 'subscribe_msg_popup_event';
COMMENT ON COLUMN wx_push.create_time IS 'CreateTime of subscribe_msg_popup_event';
