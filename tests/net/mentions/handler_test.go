func TestRouteIgnoresUnknown(t *testing.T) {
	for _, name := range []string{"subscribe", "subscribe_msg_popup_event", "subscribe_msg_change_event"} {
		m := &Message{ToUserName: account, FromUserName: openid, CreateTime: now.Unix(), MsgType: typ, Event: name}
		if err := s.route(m); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		assert.Equal(t, openid, m.FromUserName)
		assert.Len(t, m.Popup.List, 0)
	}
}
