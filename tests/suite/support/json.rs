//! JSON for tests: numbers as written, members in order and with repetitions.

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    /// `true`, `false` or `null`.
    Literal(&'static str),
    Number(String),
    Text(String),
    /// A string with half of a surrogate pair, in UTF-16. Only written, never read.
    Half(Vec<u16>),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(crate) fn text(text: &str) -> Json {
        Json::Text(text.into())
    }

    /// Returns the member `name` of an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        let Json::Object(members) = self else {
            return None;
        };
        members.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// Returns true if `holds` is true for this value or one inside it.
    pub(crate) fn any(&self, holds: &impl Fn(&Json) -> bool) -> bool {
        holds(self)
            || match self {
                Json::Array(entries) => entries.iter().any(|entry| entry.any(holds)),
                Json::Object(members) => members.iter().any(|(_, value)| value.any(holds)),
                _ => false,
            }
    }
}

/// Groups the values of a repeated name into an array, at the position of the first.
pub(crate) fn grouped(members: &[(String, Json)]) -> Vec<(String, Json)> {
    let mut groups: Vec<(String, Vec<Json>)> = Vec::new();
    for (name, value) in members {
        let value = value.clone();
        match groups.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(value),
            None => groups.push((name.clone(), vec![value])),
        }
    }
    let one_or_list = |mut values: Vec<Json>| match values.len() {
        1 => values.remove(0),
        _ => Json::Array(values),
    };
    groups
        .into_iter()
        .map(|(name, values)| (name, one_or_list(values)))
        .collect()
}

/// Converts a value to the form of records: no repeated names, U+FFFD for half of a surrogate pair.
pub(crate) fn normal(value: &Json) -> Json {
    match value {
        Json::Array(entries) => Json::Array(entries.iter().map(normal).collect()),
        Json::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| (name.clone(), normal(value)))
                .collect();
            Json::Object(grouped(&members))
        }
        Json::Half(units) => Json::Text(String::from_utf16_lossy(units)),
        scalar => scalar.clone(),
    }
}

/// Parses all of `text` by RFC 8259. If `compact`, white space between tokens is an error.
pub(crate) fn parse(text: &str, compact: bool) -> Result<Json, String> {
    let mut parser = Parser {
        rest: text,
        compact,
    };
    let value = parser.value()?;
    parser.space();
    match parser.rest {
        "" => Ok(value),
        rest => Err(format!("behind the value: {rest:?}")),
    }
}

struct Parser<'a> {
    rest: &'a str,
    compact: bool,
}

impl Parser<'_> {
    fn space(&mut self) {
        if !self.compact {
            self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
        }
    }

    fn eat(&mut self, token: &str) -> bool {
        self.space();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        match self.eat(token) {
            true => Ok(()),
            false => Err(format!("expected {token:?} before {:?}", self.rest)),
        }
    }

    fn value(&mut self) -> Result<Json, String> {
        self.space();
        if self.rest.starts_with('"') {
            return self.string().map(Json::Text);
        }
        for literal in ["true", "false", "null"] {
            if self.eat(literal) {
                return Ok(Json::Literal(literal));
            }
        }
        if self.eat("[") {
            return self.list("]", Self::value).map(Json::Array);
        }
        if self.eat("{") {
            return self.list("}", Self::member).map(Json::Object);
        }
        self.number()
    }

    fn list<T>(
        &mut self,
        end: &str,
        entry: impl Fn(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let mut entries = Vec::new();
        if self.eat(end) {
            return Ok(entries);
        }
        loop {
            entries.push(entry(self)?);
            if self.eat(end) {
                return Ok(entries);
            }
            self.expect(",")?;
        }
    }

    fn member(&mut self) -> Result<(String, Json), String> {
        self.space();
        let name = self.string()?;
        self.expect(":")?;
        Ok((name, self.value()?))
    }

    fn string(&mut self) -> Result<String, String> {
        self.expect("\"")?;
        let mut units = Vec::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return String::from_utf16(&units).map_err(|half| half.to_string());
                }
                '\\' => units.push(escape(&mut chars).ok_or("a bad escape")?),
                '\0'..='\u{1f}' => return Err(format!("a raw {c:?} in a string")),
                c => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
            }
        }
        Err("a string without end".into())
    }

    fn number(&mut self) -> Result<Json, String> {
        let len = self
            .rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c));
        let (word, rest) = self.rest.split_at(len.unwrap_or(self.rest.len()));
        self.rest = rest;
        match is_number(word) {
            true => Ok(Json::Number(word.into())),
            false => Err(format!("no value: {word:?} before {rest:?}")),
        }
    }
}

fn escape(chars: &mut std::str::CharIndices<'_>) -> Option<u16> {
    let plain = match chars.next()?.1 {
        c @ ('"' | '\\' | '/') => c,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let digits: Option<u32> = (0..4)
                .map(|_| chars.next()?.1.to_digit(16))
                .try_fold(0, |sum, digit| Some(sum * 16 + digit?));
            return digits.map(|unit| unit as u16);
        }
        _ => return None,
    };
    Some(plain as u16)
}

/// Returns true if `text` is a number of RFC 8259.
pub(crate) fn is_number(text: &str) -> bool {
    let is_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    is_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(is_digits)
        && exponent.is_none_or(|e| is_digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

/// Returns true if `text` is a whole number without fraction and exponent.
pub(crate) fn is_integer(text: &str) -> bool {
    is_number(text) && !text.contains(['.', 'e', 'E']) && text != "-0"
}
