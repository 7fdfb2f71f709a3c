$server->addEventListener('subscribe_msg_popup_event', function ($message, \Closure $next) {
    logger('popup', ['from' => $message->FromUserName, 'to' => $message->ToUserName]);
    foreach ($message->SubscribeMsgPopupEvent['List'] as $item) {
        SubscribeLog::query()->insert([
            'template_id' => $item['TemplateId'],
            'status' => $item['SubscribeStatusString'],
            'scene' => $item['PopupScene'],
            'created_at' => date('Y-m-d H:i:s', $message->CreateTime),
        ]);
    }
    return $next($message);
});
