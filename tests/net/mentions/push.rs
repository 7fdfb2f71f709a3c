#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Push {
    to_user_name: String,
    from_user_name: String,
    create_time: i64,
    msg_type: String,
    event: String,
    #[serde(default, rename = "List")]
    list: Vec<Item>,
}

impl Push {
    pub fn is_popup(&self) -> bool {
        self.msg_type == "event" && self.event == "subscribe_msg_popup_event"
    }
}

match push.event.as_str() {
    "subscribe_msg_popup_event" => for Item { template_id, subscribe_status_string, .. } in &push.list { grants.add(template_id) },
    "subscribe_msg_sent_event" => info!(to = %push.to_user_name, from = %push.from_user_name, "sent"),
    _ => {}
}
