//! Payloads like one before.

pub(crate) mod patch;
pub(crate) mod template;
