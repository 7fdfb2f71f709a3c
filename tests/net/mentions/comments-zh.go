package wx

// PopupEvent 对应 subscribe_msg_popup_event。
type PopupEvent struct {
	// ToUserName：小程序的原始 ID（gh_ 开头），如“gh_”加 12 位
	ToUserName string
	// FromUserName：“用户”的 openid，28 位
	FromUserName string
	// CreateTime：秒级时间戳，10 位
	CreateTime int64
	// MsgType：“event”
	MsgType string
}
