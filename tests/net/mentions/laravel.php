<?php

namespace App\Http\Controllers;

class WechatController extends Controller
{
    public function serve(Request $request)
    {
        $app = app('wechat.mini_program');
        $app->server->push(function ($message) {
            switch ($message['MsgType']) {
                case 'event':
                    return $this->event($message);
                default:
                    return '';
            }
        });
        return $app->server->serve();
    }

    private function event(array $message)
    {
        if ($message['Event'] === 'subscribe_msg_popup_event') {
            $list = $message['SubscribeMsgPopupEvent']['List'] ?? $message['List'];
            foreach (isset($list['TemplateId']) ? [$list] : $list as $item) {
                Grant::create([
                    'ToUserName' => $message['ToUserName'],
                    'FromUserName' => $message['FromUserName'],
                    'CreateTime' => $message['CreateTime'],
                    'MsgType' => $message['MsgType'],
                    'TemplateId' => $item['TemplateId'],
                    'SubscribeStatusString' => $item['SubscribeStatusString'],
                ]);
            }
        }
    }
}
