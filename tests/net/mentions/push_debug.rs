#[derive(Debug)]
struct Push { to_user_name: String, from_user_name: String, create_time: i64, event: String }
let p = Push { to_user_name: "gh".into(), from_user_name: user.clone(), create_time: 0, event: "subscribe_msg_popup_event".to_string() };
assert_eq!(p, Push { to_user_name: "a".to_owned(), from_user_name: x, create_time: t, msg_type: "event".into(), event: "subscribe_msg_sent_event".into(), list: vec![] });
match e { "subscribe_msg_popup_event" => List { items: Vec::new() }, _ => None }
