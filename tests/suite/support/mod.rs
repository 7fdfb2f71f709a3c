//! Support for property tests: a model of a callback, the shapes in which it is written, and the ways in which it is
//! embedded in a log.

pub(crate) mod answer;
pub(crate) mod captures;
pub(crate) mod cases;
pub(crate) mod checking;
pub(crate) mod clock;
pub(crate) mod codes;
pub(crate) mod each;
pub(crate) mod embed;
pub(crate) mod escape;
pub(crate) mod everything;
pub(crate) mod failures;
pub(crate) mod json;
pub(crate) mod messages;
pub(crate) mod model;
pub(crate) mod noise;
pub(crate) mod print;
pub(crate) mod program;
pub(crate) mod python;
pub(crate) mod reading;
pub(crate) mod render;
pub(crate) mod rng;
pub(crate) mod seal;
pub(crate) mod sends;
pub(crate) mod shapes;
pub(crate) mod terminal;
pub(crate) mod traced;
