//! What the property tests are made of: a callback as it should be understood, and the many ways to write it.

pub(crate) mod json;
pub(crate) mod model;
pub(crate) mod render;
