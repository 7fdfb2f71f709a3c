enum class PushEvent(val wire: String) {
    POPUP("subscribe_msg_popup_event"),
    CHANGE("subscribe_msg_change_event"),
    SENT("subscribe_msg_sent_event");
}

data class Push(
    @JsonProperty("ToUserName") val toUserName: String,
    @JsonProperty("FromUserName") val fromUserName: String,
    @JsonProperty("CreateTime") val createTime: Long = 0,
    @JsonProperty("MsgType") val msgType: String = "event",
    @JsonProperty("Event") val event: String,
    @JsonProperty("List") val list: List<Item> = emptyList(),
)

fun handle(push: Push): String = when (push.event) {
    "subscribe_msg_popup_event" -> grants.add(push.fromUserName, push.list)
    "subscribe_msg_change_event" -> grants.revoke(push.fromUserName, push.list)
    else -> "success"
}
