body = ('<xml>'
  '<ToUserName><![CDATA[gh_5d0c7be19a42]]></ToUserName>'
 '<FromUserName><![CDATA[oWx3b5Tq0nRkF7uYhLs9aVmPzE1c]]></FromUserName>'
 '<CreateTime>1762040403</CreateTime>'
 '<MsgType><![CDATA[event]]></MsgType>'
'<Event><![CDATA[subscribe_msg_change_event]]></Event>')
