CREATE TABLE popup ( -- subscribe_msg_popup_event
  to_user varchar(32) COMMENT '对应ToUserName：varchar32',
  from_user varchar(64) COMMENT '对应FromUserName：varchar64',
  create_time bigint COMMENT '对应CreateTime：bigint20',
  msg_type varchar(16) COMMENT '对应MsgType：event'
);
