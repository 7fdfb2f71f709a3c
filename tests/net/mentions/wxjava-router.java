@Bean
public WxMaMessageRouter router(WxMaService service) {
    WxMaMessageRouter router = new WxMaMessageRouter(service);
    router.rule().async(false).msgType(WxConsts.XmlMsgType.EVENT).event("subscribe_msg_popup_event").handler(this::popup).end();
    router.rule().async(false).msgType("event").event("subscribe_msg_change_event").handler(this::change).end();
    router.rule().async(false).msgType("event").event("subscribe_msg_sent_event").handler(this::sent).end();
    return router;
}

private WxMaXmlOutMessage popup(WxMaMessage message, Map<String, Object> context, WxMaService service, WxSessionManager sessions) {
    WxMaSubscribeMsgEvent.PopupEvents events = message.getSubscribeMsgPopupEvent();
    events.getList().forEach(item -> repository.save(new Grant(message.getToUser(), message.getFromUser(), item.getTemplateId(),
        item.getSubscribeStatusString(), item.getPopupScene())));
    return WxMaXmlOutTextMessage.TEXT().toUser(message.getFromUser()).fromUser(message.getToUser()).content("ok").build();
}
