//! Reads WeChat subscribe-message callbacks: shows, converts and checks captured payloads.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
