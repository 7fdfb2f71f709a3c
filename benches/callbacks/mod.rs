//! Generates callbacks in the documented forms, for all benchmarks.

use std::fmt::Write;

use wxsub::Syntax;

pub(crate) const CALLBACKS: usize = 20_000;

/// Makes callbacks of the three events in turn, one a line.
pub(crate) fn capture(syntax: Syntax) -> Vec<u8> {
    let mut text = String::new();
    for i in 0..CALLBACKS {
        let (event, wrapper, items) = match i % 3 {
            0 => (
                "popup",
                "SubscribeMsgPopupEvent",
                vec![popup(i), popup(i + 1)],
            ),
            1 => ("sent", "SubscribeMsgSentEvent", vec![sent(i)]),
            _ => ("change", "SubscribeMsgChangeEvent", vec![change(i)]),
        };
        let header = [
            ("ToUserName", "gh_5a2c71d0e9b4".to_owned()),
            ("FromUserName", format!("o{:027}", i * 7919)),
            ("CreateTime", (1_763_812_800 + i).to_string()),
            ("MsgType", "event".to_owned()),
            ("Event", format!("subscribe_msg_{event}_event")),
        ];
        match syntax {
            Syntax::Json => json(&header, &items, &mut text),
            Syntax::Xml => xml(&header, wrapper, &items, &mut text),
        }
    }
    text.into_bytes()
}

type Members = Vec<(&'static str, String)>;

fn template(i: usize) -> (&'static str, String) {
    ("TemplateId", format!("{:A>43}", i % 24))
}

fn popup(i: usize) -> Members {
    vec![
        template(i),
        ("SubscribeStatusString", "accept".into()),
        ("PopupScene", (i % 3).to_string()),
    ]
}

fn change(i: usize) -> Members {
    vec![template(i), ("SubscribeStatusString", "reject".into())]
}

fn sent(i: usize) -> Members {
    let id = 1_700_000_000_000_000_000 + i * 1_000_003;
    let result = [
        ("ErrorCode", "0".to_owned()),
        ("ErrorStatus", "success".to_owned()),
    ];
    [template(i), ("MsgID", id.to_string())]
        .into_iter()
        .chain(result)
        .collect()
}

fn json(header: &[(&str, String)], items: &[Members], text: &mut String) {
    let members = |members: &[(&str, String)]| {
        members
            .iter()
            .map(|(name, value)| format!("\"{name}\":\"{value}\""))
            .collect::<Vec<_>>()
            .join(",")
    };
    let items: Vec<String> = items
        .iter()
        .map(|item| format!("{{{}}}", members(item)))
        .collect();
    writeln!(
        text,
        "{{{},\"List\":[{}]}}",
        members(header),
        items.join(",")
    )
    .expect("memory");
}

fn xml(header: &[(&str, String)], wrapper: &str, items: &[Members], text: &mut String) {
    let elements = |members: &[(&str, String)]| {
        members.iter().fold(String::new(), |text, (name, value)| {
            match value.parse::<u64>() {
                Ok(number) => text + &format!("<{name}>{number}</{name}>"),
                Err(_) => text + &format!("<{name}><![CDATA[{value}]]></{name}>"),
            }
        })
    };
    let items: String = items
        .iter()
        .map(|item| format!("<List>{}</List>", elements(item)))
        .collect();
    writeln!(
        text,
        "<xml>{}<{wrapper}>{items}</{wrapper}></xml>",
        elements(header)
    )
    .expect("memory");
}
