//! Text that knows where each of its characters came from, so that a payload can be escaped, cut into records and
//! escaped again, and the place of each of its bytes in the capture is still known. This is what places are judged by,
//! so it counts lines and columns itself.

use wxsub::Place;

/// A byte of one of the payloads of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    pub(crate) payload: u32,
    pub(crate) offset: u32,
}

/// Text of which some characters stand for a byte of a payload.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traced {
    chars: Vec<(char, Option<Origin>)>,
}

impl Traced {
    /// The text of the payload number `payload`.
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

    /// Text that belongs to no payload.
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

    /// Each character as `escape` writes it.
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

    /// The lines with their line feeds.
    pub(crate) fn lines(&self) -> Vec<Traced> {
        let lines = self.chars.split_inclusive(|(c, _)| *c == '\n');
        lines
            .map(|line| Traced {
                chars: line.to_vec(),
            })
            .collect()
    }

    /// The same without a line feed at the end.
    pub(crate) fn without_end(mut self) -> Self {
        self.chars.pop_if(|(c, _)| *c == '\n');
        self
    }

    /// Pieces of lengths that `len` gives, one after the other; never none.
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

/// What [`cat`] puts together.
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

/// All `pieces`, one behind the other.
pub(crate) fn cat(pieces: &[&dyn Piece]) -> Traced {
    let mut text = Traced::default();
    pieces.iter().for_each(|piece| piece.add_to(&mut text));
    text
}

/// `parts` with `between` between them.
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

/// The bytes of a capture, and where the bytes of its payloads stand in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Capture {
    pub(crate) bytes: Vec<u8>,
    /// For each payload the place of each of its bytes; a byte inside a character has none.
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

    /// Notes that `origin` stands here, unless it stood before.
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

    /// Adds bytes that belong to no payload, text or not.
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

    /// Where the byte at `offset` of a payload stands: the first of the bytes that it was written as.
    pub(crate) fn place(&self, payload: u32, offset: u32) -> Option<Place> {
        let places = self.places.get(payload as usize)?;
        places.get(offset as usize).copied().flatten()
    }
}
