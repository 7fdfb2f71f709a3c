//! Links what unwinds the stack into the program, where there is a library for that; otherwise it is a file of its own,
//! and to load it takes a tenth of the time in which `wxsub` shows one payload.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if is_for_this_linux() && has_unwinder() {
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}

/// Whether it is for a Linux with glibc, and built on it: `cc` knows nothing of other systems.
fn is_for_this_linux() -> bool {
    let target = env::var("TARGET").unwrap_or_default();
    target.ends_with("-linux-gnu") && env::var("HOST").is_ok_and(|host| host == target)
}

/// Whether `cc`, which links, has the library: only then does it answer with a whole path.
fn has_unwinder() -> bool {
    let asked = Command::new("cc")
        .arg("-print-file-name=libgcc_eh.a")
        .output();
    asked.is_ok_and(|answer| Path::new(&*String::from_utf8_lossy(&answer.stdout)).is_absolute())
}
