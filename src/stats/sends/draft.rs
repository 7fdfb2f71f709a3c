//! A send as it stands in a file: texts by their part.

use crate::event::send::Part;

/// The values of a send, or of one half of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    values: [Option<Given>; Part::ALL.len()],
}

/// A value as it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) text: String,
    /// How unusual the name is: the value under the most usual one counts.
    rank: usize,
}

/// A part, and how unusual its name is.
pub(super) type Named = (Part, usize);

/// The names of parts: those that were given, and the usual ones.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    given: Vec<(String, Part)>,
}

impl Columns {
    /// Makes `name` the name of a part, beside the usual ones.
    pub fn add(&mut self, part: Part, name: &str) {
        self.given.push((name.to_owned(), part));
    }

    /// Returns the part that has this name.
    pub(super) fn part(&self, name: &str) -> Option<Named> {
        let own = self.given.iter().find(|(given, _)| given == name);
        own.map(|(_, part)| (*part, 0)).or_else(|| {
            let (part, rank) = Part::named(name)?;
            Some((part, rank + 1))
        })
    }
}

impl Draft {
    /// Sets a value, unless it is empty or one with a more usual name is there.
    pub(super) fn set(&mut self, (part, rank): Named, text: &str) {
        let slot = &mut self.values[part as usize];
        if !text.trim().is_empty() && slot.as_ref().is_none_or(|known| rank < known.rank) {
            let text = text.trim().to_owned();
            *slot = Some(Given { text, rank });
        }
    }

    pub(super) fn get(&self, part: Part) -> Option<&Given> {
        self.values[part as usize].as_ref()
    }

    pub(super) fn take(&mut self, part: Part) -> Option<Given> {
        self.values[part as usize].take()
    }

    pub(super) fn put(&mut self, part: Part, value: Option<Given>) {
        self.values[part as usize] = value;
    }

    /// Returns true if the part is there under a name that means nothing else.
    fn is_sure(&self, part: Part) -> bool {
        // The first rank is that of names that were given.
        let given = self.get(part);
        given.is_some_and(|given| given.rank == 0 || part.is_sure(given.rank - 1))
    }

    /// Returns true if it names a receiver or a template.
    pub(super) fn is_request(&self) -> bool {
        self.is_sure(Part::User) || self.is_sure(Part::Template)
    }

    /// Returns true if it has an id or a code.
    pub(super) fn is_answer(&self) -> bool {
        self.is_sure(Part::MsgId) || self.is_sure(Part::Code)
    }

    /// Returns true if it is a request with its answer.
    pub(super) fn is_whole(&self) -> bool {
        self.is_request() && (self.is_answer() || self.get(Part::Code).is_some())
    }

    /// Returns true if both have a value of one part.
    pub(super) fn overlaps(&self, other: &Draft) -> bool {
        let pairs = self.values.iter().zip(&other.values);
        pairs.into_iter().any(|(a, b)| a.is_some() && b.is_some())
    }

    /// Takes the values of `other` that are not here.
    pub(super) fn merge(&mut self, other: Draft) {
        for (slot, value) in self.values.iter_mut().zip(other.values) {
            if slot.is_none() {
                *slot = value;
            }
        }
    }
}
