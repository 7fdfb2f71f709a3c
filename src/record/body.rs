//! The bytes of a payload: usually text, borrowed from the capture unless they were unescaped.

use std::borrow::Cow;

#[derive(Clone, Debug)]
pub(super) enum Body<'a> {
    Text(Cow<'a, str>),
    /// Bytes not checked to be text: of a broken payload, or of one that matches a template.
    Bytes(Cow<'a, [u8]>),
}

impl Default for Body<'_> {
    fn default() -> Self {
        Body::Text("".into())
    }
}

impl<'a> Body<'a> {
    pub(super) fn text(&self) -> &str {
        match self {
            Body::Text(text) => text,
            Body::Bytes(bytes) => std::str::from_utf8(bytes).unwrap_or_default(),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Body::Text(text) => text.as_bytes(),
            Body::Bytes(bytes) => bytes,
        }
    }

    pub(super) fn new(bytes: &'a [u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Body::Text(text.into()),
            Err(_) => Body::Bytes(bytes.into()),
        }
    }

    /// Makes a body of bytes that are not in the capture.
    pub(super) fn from_vec(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Body::Text(text.into()),
            Err(error) => Body::Bytes(error.into_bytes().into()),
        }
    }

    /// Makes a body of `text` and the `rest`, which is not known to be text.
    pub(super) fn owned(text: String, rest: Vec<u8>) -> Self {
        match (text.is_empty(), rest.is_empty()) {
            (_, true) => Body::Text(text.into()),
            (true, _) => Body::Bytes(rest.into()),
            _ => Body::Bytes([text.into_bytes(), rest].concat().into()),
        }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        match self {
            Body::Text(text) => text.into_owned().into_bytes(),
            Body::Bytes(bytes) => bytes.into_owned(),
        }
    }

    /// Returns the owned memory of the text and of the bytes, for reuse.
    pub(super) fn into_memory(self) -> (String, Vec<u8>) {
        match self {
            Body::Text(Cow::Owned(text)) => (text, Vec::new()),
            Body::Bytes(Cow::Owned(bytes)) => (String::new(), bytes),
            _ => Default::default(),
        }
    }

    pub(super) fn into_owned(self) -> Body<'static> {
        match self {
            Body::Text(text) => Body::Text(text.into_owned().into()),
            Body::Bytes(bytes) => Body::Bytes(bytes.into_owned().into()),
        }
    }
}
