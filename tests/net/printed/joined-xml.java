String body = "<xml>" +
        "<ToUserName>" +
        "<![CDATA[gh_5d0c7be19a42]]>" +
        "</ToUserName>" +
        "<FromUserName>" +
        "<![CDATA[oWx3b5Tq0nRkF7uYhLs9aVmPzE1c]]>" +
        "</FromUserName>" +
        "<CreateTime>1762040403</CreateTime>" +
        "<MsgType>" +
        "<![CDATA[event]]>" +
        "</MsgType>" +
        "<Event>" +
        "<![CDATA[subscribe_msg_change_event]]>" +
        "</Event>" +
        "<SubscribeMsgChangeEvent>" +
        "<List>" +
        "<TemplateId>" +
        "<![CDATA[bN4cYw8LpS1tGx6HqZ0rUdE9oKmJ2aVf7iTkX5hQ3Rs]]>" +
        "</TemplateId>" +
        "<SubscribeStatusString>" +
        "<![CDATA[reject]]>" +
        "</SubscribeStatusString>" +
        "</List>" +
        "</SubscribeMsgChangeEvent>" +
        "</xml>";
