const body = '{' + '"ToUserName":' + '"' + account + '",' + '"FromUserName":' + '"' + openid + '",' +
  '"CreateTime":' + Date.now() + ',' + '"MsgType":"event",' + '"Event":' + '"subscribe_msg_sent_event"' + '}';
const names = ['ToUserName',
  'FromUserName', 'CreateTime', 'MsgType'];
