//! What the property tests are made of: a callback as it should be understood, the many ways to write it, and the many
//! ways to bury what was written in a log.

// Each test program uses a part of this.
#![allow(dead_code)]

pub(crate) mod bury;
pub(crate) mod cases;
pub(crate) mod checking;
pub(crate) mod clock;
pub(crate) mod codes;
pub(crate) mod each;
pub(crate) mod escape;
pub(crate) mod failures;
pub(crate) mod json;
pub(crate) mod messages;
pub(crate) mod model;
pub(crate) mod noise;
pub(crate) mod reading;
pub(crate) mod render;
pub(crate) mod rng;
pub(crate) mod seal;
pub(crate) mod shapes;
pub(crate) mod traced;
