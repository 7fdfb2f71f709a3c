/**
 * 弹框事件：subscribe_msg_popup_event。
 * @param toUser 接收方，ToUserName：“gh_”开头
 * @param fromUser 发送方，FromUserName：“o”开头
 * 消息类型：MsgType：“event”；创建时间：CreateTime：“1970年以来的秒数”
 */
class Popup {}
