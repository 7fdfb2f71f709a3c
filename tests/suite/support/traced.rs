//! Text that knows the origin of each character. A payload can be escaped, split into records and escaped again, and
//! the place of each of its bytes is still known. Tests compare places with it, so it counts lines and columns itself.

use wxsub::Place;

/// A byte of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    pub(crate) payload: u32,
    pub(crate) offset: u32,
}

/// Text in which some characters come from a payload.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traced {
    chars: Vec<(char, Option<Origin>)>,
}

impl Traced {
    /// Makes the text of payload number `payload`.
    pub(crate) fn payload(payload: u32, text: &str) -> Self {
        let origin = |offset: usize| Origin {
            payload,
            offset: offset as u32,
        };
        let chars = text
            .char_indices()
            .map(|(offset, c)| (c, Some(origin(offset))));
        Traced {
            chars: chars.collect(),
        }
    }

    /// Makes text that belongs to no payload.
    pub(crate) fn plain(text: &str) -> Self {
        Traced {
            chars: text.chars().map(|c| (c, None)).collect(),
        }
    }

    pub(crate) fn text(&self) -> String {
        self.chars.iter().map(|(c, _)| *c).collect()
    }

    pub(crate) fn has(&self, wanted: char) -> bool {
        self.chars.iter().any(|(c, _)| *c == wanted)
    }

    /// Applies `escape` to each character.
    pub(crate) fn escaped(&self, escape: impl Fn(char, &mut String)) -> Self {
        let mut chars = Vec::with_capacity(self.chars.len() * 2);
        let mut written = String::new();
        for &(c, origin) in &self.chars {
            written.clear();
            escape(c, &mut written);
            chars.extend(written.chars().map(|c| (c, origin)));
        }
        Traced { chars }
    }

    /// Encodes each group of three bytes. A group is written as four characters, of which two belong to the first byte.
    pub(crate) fn encoded(&self, encode: impl Fn(&[u8]) -> String) -> Self {
        let mut bytes = Vec::new();
        for &(c, origin) in &self.chars {
            let mut buffer = [0; 4];
            let mut origin = origin;
            for &byte in c.encode_utf8(&mut buffer).as_bytes() {
                bytes.push((byte, origin.take()));
            }
        }
        let mut chars = Vec::new();
        for group in bytes.chunks(3) {
            let plain: Vec<u8> = group.iter().map(|(byte, _)| *byte).collect();
            let origins = [0, 0, 1, 2].map(|number: usize| group.get(number)?.1);
            chars.extend(encode(&plain).chars().zip(origins));
        }
        Traced { chars }
    }

    /// Splits the text into lines, with their line feeds.
    pub(crate) fn lines(&self) -> Vec<Traced> {
        let lines = self.chars.split_inclusive(|(c, _)| *c == '\n');
        lines
            .map(|line| Traced {
                chars: line.to_vec(),
            })
            .collect()
    }

    /// Removes the line feed at the end.
    pub(crate) fn without_end(mut self) -> Self {
        self.chars.pop_if(|(c, _)| *c == '\n');
        self
    }

    /// Splits the text into pieces with lengths from `len`. Returns at least one piece.
    pub(crate) fn pieces(&self, mut len: impl FnMut() -> usize) -> Vec<Traced> {
        let mut pieces = Vec::new();
        let mut rest = &self.chars[..];
        while !rest.is_empty() || pieces.is_empty() {
            let (piece, behind) = rest.split_at(rest.len().min(len()));
            pieces.push(Traced {
                chars: piece.to_vec(),
            });
            rest = behind;
        }
        pieces
    }
}

/// A part of the text that [`cat`] builds.
pub(crate) trait Piece {
    fn add_to(&self, text: &mut Traced);
}

impl Piece for Traced {
    fn add_to(&self, text: &mut Traced) {
        text.chars.extend_from_slice(&self.chars);
    }
}

impl Piece for &Traced {
    fn add_to(&self, text: &mut Traced) {
        (*self).add_to(text);
    }
}

impl Piece for &str {
    fn add_to(&self, text: &mut Traced) {
        text.chars.extend(self.chars().map(|c| (c, None)));
    }
}

impl Piece for String {
    fn add_to(&self, text: &mut Traced) {
        self.as_str().add_to(text);
    }
}

/// Concatenates `pieces`.
pub(crate) fn cat(pieces: &[&dyn Piece]) -> Traced {
    let mut text = Traced::default();
    pieces.iter().for_each(|piece| piece.add_to(&mut text));
    text
}

/// Joins `parts` with `between` as the separator.
pub(crate) fn join(parts: &[Traced], between: &str) -> Traced {
    let mut text = Traced::default();
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            between.add_to(&mut text);
        }
        part.add_to(&mut text);
    }
    text
}

/// The bytes of a capture, and the places of its payloads' bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Capture {
    pub(crate) bytes: Vec<u8>,
    /// For each payload, the place of each byte. Only the first byte of a character has one.
    places: Vec<Vec<Option<Place>>>,
    here: Place,
}

impl Capture {
    pub(crate) fn of(text: &Traced) -> Self {
        let mut capture = Capture::default();
        capture.add(text);
        capture
    }

    pub(crate) fn add(&mut self, text: &Traced) {
        for &(c, origin) in &text.chars {
            if let Some(origin) = origin {
                self.note(origin);
            }
            let mut buffer = [0; 4];
            self.push(c.encode_utf8(&mut buffer).as_bytes());
        }
    }

    /// Stores the current place of `origin`, if it has none.
    fn note(&mut self, origin: Origin) {
        let (payload, offset) = (origin.payload as usize, origin.offset as usize);
        if self.places.len() <= payload {
            self.places.resize_with(payload + 1, Vec::new);
        }
        let places = &mut self.places[payload];
        if places.len() <= offset {
            places.resize(offset + 1, None);
        }
        places[offset].get_or_insert(self.here);
    }

    /// Appends bytes that belong to no payload.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'\n' => (self.here.line, self.here.column) = (self.here.line + 1, 1),
                0x80..0xC0 => {}
                _ => self.here.column += 1,
            }
            self.here.offset += 1;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns the place of the byte at `offset` of a payload, where its escaped form begins.
    pub(crate) fn place(&self, payload: u32, offset: u32) -> Option<Place> {
        let places = self.places.get(payload as usize)?;
        places.get(offset as usize).copied().flatten()
    }
}
