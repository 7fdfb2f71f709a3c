def handle(%{"ToUserName" => to, "FromUserName" => from, "Event" => "subscribe_msg_popup_event", "List" => list}), do: :ok
def handle(%{"Event" => "subscribe_msg_sent_event", "List" => %{"TemplateId" => tid, "MsgID" => id}} = push), do: push
@spec x(%Push{to_user_name: String.t(), event: String.t()})
