//! Prints the record of one payload: `cargo run --example to_record < examples/payloads/popup.xml`
//!
//! A server reads the body of a request in this way.

use std::error::Error;
use std::io::Read;

use wxsub::ErrorKind;

fn main() -> Result<(), Box<dyn Error>> {
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body)?;

    let callback = match wxsub::from_slice(&body) {
        Ok(callback) => callback,
        Err(error) if matches!(error.kind(), ErrorKind::Other(_)) => {
            eprintln!("not ours: {error}");
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    for item in &callback.items {
        eprintln!("{:?}: {:?}", item.template_id, item.status);
    }
    println!("{}", serde_json::to_string(&callback)?);
    Ok(())
}
