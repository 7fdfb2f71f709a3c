-- one row for each subscribe_msg_popup_event, subscribe_msg_change_event
CREATE TABLE `wx_push` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `ToUserName` varchar(64) NOT NULL DEFAULT '' COMMENT '原始ID',
  `FromUserName` varchar(64) NOT NULL DEFAULT '' COMMENT 'openid',
  `CreateTime` int NOT NULL DEFAULT 0 COMMENT '时间戳',
  `MsgType` varchar(16) NOT NULL DEFAULT 'event',
  `Event` varchar(40) NOT NULL COMMENT 'subscribe_msg_popup_event 等',
  `TemplateId` char(43) NOT NULL DEFAULT '',
  `SubscribeStatusString` enum('accept','reject') DEFAULT NULL,
  `PopupScene` tinyint DEFAULT 0,
  PRIMARY KEY (`id`),
  KEY `k` (`FromUserName`,`TemplateId`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
