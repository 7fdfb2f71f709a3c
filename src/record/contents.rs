//! The decoded content of payloads, owned or shared.

use std::sync::{Arc, OnceLock};

use crate::event::compact::CompactTemplate;
use crate::event::{Class, Event, Meaning, body, classify, decode, record};
use crate::fast::patch::Patched;
use crate::fast::template::TemplateKey;
use crate::record::Outcome;
use crate::scan::Parts;
use crate::syntax::{Limits, View};

/// The tree of a payload, and its meaning.
#[derive(Clone, Debug, Default)]
pub(super) struct Decoded {
    pub(super) parts: Parts,
    pub(super) meaning: Meaning,
}

/// The storage of decoded content. Payloads of one template share it.
#[derive(Clone, Debug)]
pub(super) enum Contents {
    Own(Box<Decoded>),
    Shared(Arc<Shared>),
}

/// The content that all payloads of a template share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) template: TemplateKey,
    pub(super) event: Event,
    pub(super) decoded: Decoded,
    /// The output line of these payloads, if it can be patched.
    pub(super) line: OnceLock<Option<Patched>>,
    /// The positions of the typed values in these payloads, if they can be copied.
    pub(super) compact: OnceLock<Option<CompactTemplate>>,
}

impl Contents {
    /// Returns the event of a recognised payload.
    pub(super) fn event(&self) -> Option<Event> {
        match self {
            Contents::Own(_) => None,
            Contents::Shared(shared) => Some(shared.event),
        }
    }

    pub(super) fn get(&self) -> &Decoded {
        match self {
            Contents::Own(decoded) => decoded,
            Contents::Shared(shared) => &shared.decoded,
        }
    }

    /// Returns the content for modification. Clones it if it is shared.
    pub(super) fn make_own(&mut self) -> &mut Decoded {
        if let Contents::Shared(shared) = self {
            *self = Contents::Own(Box::new(shared.decoded.clone()));
        }
        match self {
            Contents::Own(decoded) => decoded,
            Contents::Shared(_) => unreachable!("it was made its own"),
        }
    }
}

impl Decoded {
    /// Classifies and decodes a well-formed payload.
    pub(super) fn understand(&mut self, text: &str, limits: &Limits) -> Outcome {
        let Decoded { parts, meaning } = self;
        let Parts { tree, findings, .. } = parts;
        let root = body(View::root(tree, text));
        let decoded = match classify(root) {
            Class::Other(name) => {
                findings.clear();
                return Outcome::Other(name.into_owned());
            }
            Class::Callback(event) => {
                decode(event, root, limits, meaning, findings).map(|()| event)
            }
            Class::Record(event) => {
                record::decode(event, root, limits, meaning, findings).map(|()| event)
            }
            Class::Refused(finding) => Err(finding),
        };
        match decoded {
            Ok(event) => {
                findings.sort();
                Outcome::Callback(event)
            }
            Err(finding) => {
                findings.only(finding);
                Outcome::Undecodable
            }
        }
    }
}
