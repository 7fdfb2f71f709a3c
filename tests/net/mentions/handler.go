package push

import "encoding/xml"

const (
	EventPopup  = "subscribe_msg_popup_event"
	EventChange = "subscribe_msg_change_event"
	EventSent   = "subscribe_msg_sent_event"
)

// Message is what WeChat posts.
type Message struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   string   `xml:"ToUserName" json:"ToUserName"`
	FromUserName string   `xml:"FromUserName" json:"FromUserName"`
	CreateTime   int64    `xml:"CreateTime" json:"CreateTime"`
	MsgType      string   `xml:"MsgType" json:"MsgType"`
	Event        string   `xml:"Event" json:"Event"`
	Popup        struct {
		List []struct {
			TemplateId            string `xml:"TemplateId"`
			SubscribeStatusString string `xml:"SubscribeStatusString"`
			PopupScene            int    `xml:"PopupScene"`
		} `xml:"List"`
	} `xml:"SubscribeMsgPopupEvent"`
}

func (s *Server) route(m *Message) error {
	switch m.Event {
	case EventPopup:
		return s.popup(m.FromUserName, m.Popup.List)
	case "subscribe_msg_sent_event":
		log.Printf("sent: to=%s from=%s time=%d type=%s", m.ToUserName, m.FromUserName, m.CreateTime, m.MsgType)
	}
	return nil
}
