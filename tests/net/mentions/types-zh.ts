/**
 * subscribe_msg_popup_event
 * ToUserName：string32，FromUserName：string28，CreateTime：int64，MsgType：“event”
 */
export type Popup = { ToUserName: string };
