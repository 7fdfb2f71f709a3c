defmodule Shop.Push do
  def handle(%{"MsgType" => "event", "Event" => "subscribe_msg_popup_event", "ToUserName" => to, "FromUserName" => from, "CreateTime" => at} = msg) do
    for %{"TemplateId" => id, "SubscribeStatusString" => status} <- List.wrap(msg["List"]), do: Grants.put(to, from, id, status, at)
  end

  def handle(%{"Event" => "subscribe_msg_sent_event", "List" => list}), do: Sends.result(list)
end
