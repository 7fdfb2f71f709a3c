[HttpPost("wx/push")]
public async Task<IActionResult> Push([FromBody] XElement xml)
{
    var toUserName = xml.Element("ToUserName")!.Value;
    var fromUserName = xml.Element("FromUserName")!.Value;
    var createTime = long.Parse(xml.Element("CreateTime")!.Value);
    if (xml.Element("MsgType")!.Value != "event") return Content("success");
    switch (xml.Element("Event")!.Value)
    {
        case "subscribe_msg_popup_event":
            foreach (var item in xml.Element("SubscribeMsgPopupEvent")!.Elements("List"))
                await _grants.Add(fromUserName, item.Element("TemplateId")!.Value, item.Element("SubscribeStatusString")!.Value);
            break;
        case "subscribe_msg_sent_event":
            _log.LogInformation("sent {ToUserName} {FromUserName} {CreateTime}", toUserName, fromUserName, createTime);
            break;
    }
    return Content("success");
}
