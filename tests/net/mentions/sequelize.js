// subscribe_msg_sent_event
module.exports = (sequelize, T) => sequelize.define('push', {
  ToUserName: { type: T.STRING(64), allowNull: false },
  FromUserName: { type: T.STRING(64), allowNull: false },
  CreateTime: { type: T.BIGINT, defaultValue: 0 },
  MsgType: { type: T.STRING, defaultValue: 'event' },
  TemplateId: { type: T.STRING(43) },
  ErrorCode: { type: T.INTEGER, defaultValue: 0 },
});
