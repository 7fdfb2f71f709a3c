case class Push(ToUserName: String, FromUserName: String, CreateTime: Long, MsgType: String = "event", Event: String, List: Seq[Item] = Nil)

def route(push: Push): Unit = push.Event match {
  case "subscribe_msg_popup_event" => push.List.foreach(i => grants.put(push.FromUserName, i.TemplateId))
  case "subscribe_msg_sent_event"  => logger.info(s"sent to=${push.ToUserName} from=${push.FromUserName} at=${push.CreateTime}")
  case _ => ()
}
