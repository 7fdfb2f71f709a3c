<?php
namespace app\controller;

class Wx
{
    public function notify()
    {
        $xml = simplexml_load_string(file_get_contents('php://input'), 'SimpleXMLElement', LIBXML_NOCDATA);
        $toUserName = (string)$xml->ToUserName;
        $fromUserName = (string)$xml->FromUserName;
        $createTime = time();
        if ($xml->MsgType == 'event' && $xml->Event == 'subscribe_msg_change_event') {
            foreach ($xml->SubscribeMsgChangeEvent->List as $row) {
                Db::name('wx_grant')->where(['openid' => $fromUserName, 'tpl' => (string)$row->TemplateId])->update(['status' => (string)$row->SubscribeStatusString]);
            }
        }
        $tpl = "<xml>
<ToUserName><![CDATA[%s]]></ToUserName>
<FromUserName><![CDATA[%s]]></FromUserName>
<CreateTime>%s</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[%s]]></Content>
</xml>";
        return sprintf($tpl, $fromUserName, $toUserName, $createTime, '已收到');
    }
}
