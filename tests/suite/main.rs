//! The tests of the library and of the program, as one program: it is linked once, and its tests fill all processors.
//!
//! `cargo test --test suite torn::` runs one module.

mod support;

mod archives;
mod buried;
mod burying;
mod callback;
mod capture;
#[cfg(unix)]
mod ci_files;
mod codes;
mod commands;
mod decompress;
mod deep;
mod encoded;
mod explain;
mod extract;
#[cfg(target_os = "linux")]
mod faults;
#[cfg(unix)]
mod folders;
#[cfg(unix)]
mod from_logs;
#[cfg(unix)]
mod gate;
#[cfg(unix)]
mod help;
mod hostile;
mod house;
mod imitation;
mod join;
mod keys;
mod limits;
#[cfg(unix)]
mod live;
mod many_findings;
mod narrow;
mod neighbours;
mod net;
mod notations;
mod openssl;
mod page;
mod properties;
mod pushes;
mod queries;
mod quota;
mod reads;
mod records;
mod redact;
mod repeated;
#[cfg(unix)]
mod reports;
mod sample;
mod schema;
mod seal_vectors;
mod sealed;
mod secrets;
mod select;
#[cfg(unix)]
mod shells;
mod stats;
mod summary;
#[cfg(unix)]
mod terminal;
mod threads;
mod torn;
mod wellformed;
mod which_message;
mod wrapped;
#[cfg(unix)]
mod written;
