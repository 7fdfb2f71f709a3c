local events = { subscribe_msg_popup_event = popup, subscribe_msg_change_event = change }
local msg = cjson.decode(ngx.req.get_body_data())
if msg.MsgType == "event" then
  local reply = { ToUserName = msg.FromUserName, FromUserName = msg.ToUserName, CreateTime = ngx.time(), MsgType = "text" }
  events[msg.Event](msg.List, reply)
end
