public class RequestMessageEvent_SubscribeMsgSentEvent : RequestMessageEventBase, IRequestMessageEventBase
{
    /// <summary>subscribe_msg_sent_event</summary>
    public override Event Event => Event.subscribe_msg_sent_event;
    public string ToUserName { get; set; } = "";
    public string FromUserName { get; set; } = "";
    public DateTimeOffset CreateTime { get; set; } = default;
    public RequestMsgType MsgType { get; } = RequestMsgType.Event;
    [XmlElement("List")]
    public List<SentItem> List { get; set; } = new();
}
