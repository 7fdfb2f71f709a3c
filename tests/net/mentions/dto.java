/** The body of {@code subscribe_msg_sent_event}. */
@Data
@JacksonXmlRootElement(localName = "xml")
public class SentEvent {
    @JacksonXmlProperty(localName = "ToUserName")
    private String toUserName;
    @JacksonXmlProperty(localName = "FromUserName")
    private String fromUserName;
    @JacksonXmlProperty(localName = "CreateTime")
    private Long createTime = 0L;
    @JacksonXmlProperty(localName = "MsgType")
    private String msgType = "event";
    @JacksonXmlProperty(localName = "Event")
    private String event = "subscribe_msg_sent_event";
    @JacksonXmlElementWrapper(localName = "SubscribeMsgSentEvent")
    @JacksonXmlProperty(localName = "List")
    private List<Item> list = new ArrayList<>();

    @Data
    public static class Item {
        @JacksonXmlProperty(localName = "TemplateId")
        private String templateId;
        @JacksonXmlProperty(localName = "MsgID")
        private String msgId;
        @JacksonXmlProperty(localName = "ErrorCode")
        private Integer errorCode = 0;
        @JacksonXmlProperty(localName = "ErrorStatus")
        private String errorStatus;
    }
}
