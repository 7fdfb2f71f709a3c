//! Models in Python, with which drawn captures are compared.

use std::fmt::Display;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::process::{Child, Command, Stdio};

use crate::support::cases::count;

/// A model, which answers a question a line.
pub(crate) struct Model(Child);

impl Model {
    /// Starts the model in this file of `tests/stats`. Returns `None` where there is no Python.
    pub(crate) fn start(file: &str) -> Option<Self> {
        let child = Command::new("python3")
            .arg(format!("tests/stats/{file}"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        match child {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                eprintln!("python3 is missing: nothing was compared with the model");
                None
            }
            child => Some(Model(child.expect("python3 starts"))),
        }
    }

    pub(crate) fn ask(&mut self, question: &impl Display) -> String {
        let to = self.0.stdin.as_mut().expect("a pipe");
        writeln!(to, "{question}").expect("the model reads");
        let mut line = String::new();
        let mut from = BufReader::with_capacity(1, self.0.stdout.as_mut().expect("a pipe"));
        from.read_line(&mut line).expect("the model answers");
        serde_json::from_str(&line).expect("a string")
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        _ = self.0.wait();
    }
}

/// Returns how many captures are drawn.
pub(crate) fn draws() -> u64 {
    count(1_000)
}
