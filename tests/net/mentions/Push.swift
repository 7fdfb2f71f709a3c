enum PushEvent: String { case popup = "subscribe_msg_popup_event", change = "subscribe_msg_change_event" }
struct Push: Codable {
    let toUserName: String
    let fromUserName: String
    let createTime: Int
    let msgType: String
    enum CodingKeys: String, CodingKey {
        case toUserName = "ToUserName", fromUserName = "FromUserName", createTime = "CreateTime", msgType = "MsgType", list = "List"
    }
}
