//! Decodes one payload, as a server does: `cargo run --example decode_one < examples/payloads/popup.xml`

use std::io::Read;

use wxsub::{Lang, Outcome};

fn main() -> std::io::Result<()> {
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body)?;

    let record = wxsub::decode(&body);
    match (record.callback(), record.outcome()) {
        (Some(callback), _) => {
            println!(
                "{} for {}",
                callback.event(),
                callback.from_user().unwrap_or("nobody")
            );
            for item in callback.items() {
                println!(
                    "  {:?} {:?} {:?}",
                    item.template_id(),
                    item.status(),
                    item.error_code()
                );
            }
        }
        (None, Outcome::Other(name)) => println!("not ours: {name}"),
        (None, _) => println!("cannot be decoded"),
    }
    for finding in record.findings() {
        let place = record.place(finding.span().start);
        println!(
            "{}:{}: {}",
            place.line,
            place.column,
            finding.message(Lang::En)
        );
    }
    Ok(())
}
