//! Finds in a capture which user rejected which template: `cargo run --example rejections < examples/payloads/app.log`

use wxsub::Capture;

fn main() -> std::io::Result<()> {
    for record in Capture::new(std::io::stdin().lock()) {
        let record = record?;
        let Some(callback) = record.callback() else {
            continue;
        };
        for item in callback
            .items()
            .filter(|item| item.status() == Some("reject"))
        {
            let line = record.place(0).line;
            println!(
                "{line}: {:?} rejected {:?}",
                callback.from_user(),
                item.template_id()
            );
        }
    }
    Ok(())
}
