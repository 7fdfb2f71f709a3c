export interface PushHeader {
  ToUserName: string;
  FromUserName: string;
  CreateTime: number | string;
  MsgType: 'event';
}

export interface PopupEvent extends PushHeader {
  Event: 'subscribe_msg_popup_event';
  List: PopupItem | PopupItem[];
}

export interface ChangeEvent extends PushHeader {
  Event: 'subscribe_msg_change_event';
  List: { TemplateId: string; SubscribeStatusString: 'reject' }[];
}

export interface PopupItem {
  TemplateId: string;
  SubscribeStatusString: 'accept' | 'reject';
  PopupScene: '0' | '1' | '2';
}
