//! Escapes text like real loggers, languages and servers. A function named after a literal also writes its quotes.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::traced::{Traced, cat};

/// The optional escapes of a writer of JSON strings.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct JsonStyle {
    /// `/` as `\/`, like PHP.
    pub(crate) slash: bool,
    /// `<`, `>` and `&` as `\u003c`…, like Go and Gson.
    pub(crate) html: bool,
    /// All characters outside ASCII, like Python and PHP.
    pub(crate) ascii: bool,
    /// `"` as `\u0022`, like PHP with JSON_HEX_QUOT, and .NET.
    pub(crate) quote: bool,
    /// Hexadecimal digits in upper case, like .NET.
    pub(crate) upper: bool,
}

pub(crate) const JSON: JsonStyle = JsonStyle {
    slash: false,
    html: false,
    ascii: false,
    quote: false,
    upper: false,
};
pub(crate) const JSON_SLASH: JsonStyle = JsonStyle {
    slash: true,
    ..JSON
};
pub(crate) const JSON_HTML: JsonStyle = JsonStyle { html: true, ..JSON };
pub(crate) const JSON_ASCII: JsonStyle = JsonStyle {
    ascii: true,
    ..JSON
};
pub(crate) const JSON_QUOTE: JsonStyle = JsonStyle {
    quote: true,
    ..JSON
};
pub(crate) const JSON_PHP: JsonStyle = JsonStyle {
    slash: true,
    ascii: true,
    ..JSON
};
pub(crate) const JSON_NET: JsonStyle = JsonStyle {
    html: true,
    ascii: true,
    quote: true,
    upper: true,
    slash: false,
};

/// Writes a JSON string.
pub(crate) fn json(text: &Traced, style: JsonStyle) -> Traced {
    quoted('"', &json_inside(text, style))
}

/// Writes a JSON string without its quotes.
pub(crate) fn json_inside(text: &Traced, style: JsonStyle) -> Traced {
    text.escaped(|c, out| match c {
        '"' if !style.quote => *out += "\\\"",
        '\\' => *out += "\\\\",
        '/' if style.slash => *out += "\\/",
        '\n' => *out += "\\n",
        '\r' => *out += "\\r",
        '\t' => *out += "\\t",
        '\u{8}' => *out += "\\b",
        '\u{c}' => *out += "\\f",
        '<' | '>' | '&' if style.html => units(c, style.upper, out),
        '"' | '\0'..='\u{1f}' => units(c, style.upper, out),
        c if style.ascii && !c.is_ascii() => units(c, style.upper, out),
        c => out.push(c),
    })
}

/// Writes `\uXXXX` for each UTF-16 unit.
fn units(c: char, upper: bool, out: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        *out += &match upper {
            true => format!("\\u{unit:04X}"),
            false => format!("\\u{unit:04x}"),
        };
    }
}

/// Escapes like nginx in an access log by default.
pub(crate) fn nginx(text: &Traced) -> Traced {
    text.escaped(|c, out| match c {
        '"' | '\\' => each_byte(c, "\\x", true, out),
        ' '..='~' => out.push(c),
        c => each_byte(c, "\\x", true, out),
    })
}

/// Writes each UTF-8 byte of `c` as `mark` and two hexadecimal digits.
fn each_byte(c: char, mark: &str, upper: bool, out: &mut String) {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        *out += &match upper {
            true => format!("{mark}{byte:02X}"),
            false => format!("{mark}{byte:02x}"),
        };
    }
}

/// Writes each UTF-8 byte of `c` as `mark` and three octal digits.
fn each_byte_octal(c: char, mark: &str, out: &mut String) {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        *out += &format!("{mark}{byte:03o}");
    }
}

/// Escapes control characters like rsyslog on receipt.
pub(crate) fn rsyslog(text: &Traced) -> Traced {
    text.escaped(|c, out| match c.is_ascii_control() {
        true => each_byte_octal(c, "#", out),
        false => out.push(c),
    })
}

/// Writes Python's `repr` of bytes.
pub(crate) fn python_bytes(text: &Traced) -> Traced {
    let quote = python_quote(text);
    let inside = text.escaped(|c, out| match c {
        c if python_short(c, quote, out) => {}
        ' '..='~' => out.push(c),
        c => each_byte(c, "\\x", false, out),
    });
    cat(&[&"b", &quoted(quote, &inside)])
}

/// Writes Python's `repr` of a string.
pub(crate) fn python_str(text: &Traced) -> Traced {
    let quote = python_quote(text);
    let inside = text.escaped(|c, out| match c {
        c if python_short(c, quote, out) => {}
        c if is_printable(c) => out.push(c),
        '\0'..='\u{ff}' => *out += &format!("\\x{:02x}", c as u32),
        '\u{100}'..='\u{ffff}' => *out += &format!("\\u{:04x}", c as u32),
        c => *out += &format!("\\U{:08x}", c as u32),
    });
    quoted(quote, &inside)
}

/// Returns Python's quote: single, unless only the double quote needs no escape.
fn python_quote(text: &Traced) -> char {
    match text.has('\'') && !text.has('"') {
        true => '"',
        false => '\'',
    }
}

fn python_short(c: char, quote: char, out: &mut String) -> bool {
    match c {
        '\n' => *out += "\\n",
        '\r' => *out += "\\r",
        '\t' => *out += "\\t",
        '\\' => *out += "\\\\",
        c if c == quote => out.extend(['\\', c]),
        _ => return false,
    }
    true
}

/// Approximates what Python and Go consider printable.
fn is_printable(c: char) -> bool {
    let is_space = c.is_whitespace() && c != ' ';
    let is_format = matches!(c as u32, 0xAD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF
        | 0xE000..=0xF8FF | 0xFFF0..=0xFFFB | 0xFFFE..=0xFFFF | 0x1FFFE.. );
    !c.is_control() && !is_space && !is_format
}

/// Writes a string like Go's `%q`.
pub(crate) fn go(text: &Traced) -> Traced {
    let inside = text.escaped(|c, out| match c {
        '"' | '\\' => out.extend(['\\', c]),
        '\u{7}' => *out += "\\a",
        '\u{8}' => *out += "\\b",
        '\u{c}' => *out += "\\f",
        '\n' => *out += "\\n",
        '\r' => *out += "\\r",
        '\t' => *out += "\\t",
        '\u{b}' => *out += "\\v",
        c if is_printable(c) => out.push(c),
        '\0'..='\u{7f}' => *out += &format!("\\x{:02x}", c as u32),
        '\u{80}'..='\u{ffff}' => *out += &format!("\\u{:04x}", c as u32),
        c => *out += &format!("\\U{:08x}", c as u32),
    });
    quoted('"', &inside)
}

/// Writes a Java string literal.
pub(crate) fn java(text: &Traced) -> Traced {
    quoted('"', &text.escaped(|c, out| java_char(c, false, out)))
}

/// Writes a Java string literal in ASCII, like commons-text.
pub(crate) fn java_ascii(text: &Traced) -> Traced {
    quoted('"', &text.escaped(|c, out| java_char(c, true, out)))
}

fn java_char(c: char, ascii: bool, out: &mut String) {
    match c {
        '"' | '\\' => out.extend(['\\', c]),
        '\u{8}' => *out += "\\b",
        '\u{c}' => *out += "\\f",
        '\n' => *out += "\\n",
        '\r' => *out += "\\r",
        '\t' => *out += "\\t",
        c if c.is_ascii_control() || (ascii && !c.is_ascii()) => units(c, true, out),
        c => out.push(c),
    }
}

/// Writes PHP's `var_export` of a string. Line feeds stay.
pub(crate) fn php(text: &Traced) -> Traced {
    let inside = text.escaped(|c, out| match c {
        '\'' | '\\' => out.extend(['\\', c]),
        c => out.push(c),
    });
    quoted('\'', &inside)
}

/// Writes a C string literal.
pub(crate) fn c(text: &Traced) -> Traced {
    quoted('"', &text.escaped(|c, out| c_char(c, false, out)))
}

/// Writes a C string literal in ASCII, like gdb.
pub(crate) fn c_octal(text: &Traced) -> Traced {
    quoted('"', &text.escaped(|c, out| c_char(c, true, out)))
}

fn c_char(c: char, ascii: bool, out: &mut String) {
    match c {
        '"' | '\\' => out.extend(['\\', c]),
        '\n' => *out += "\\n",
        '\r' => *out += "\\r",
        '\t' => *out += "\\t",
        c if c.is_ascii_control() || (ascii && !c.is_ascii()) => each_byte_octal(c, "\\", out),
        c => out.push(c),
    }
}

/// Writes a string like mysqldump.
pub(crate) fn sql(text: &Traced) -> Traced {
    let inside = text.escaped(|c, out| match c {
        '"' | '\'' | '\\' => out.extend(['\\', c]),
        '\n' => *out += "\\n",
        '\r' => *out += "\\r",
        '\0' => *out += "\\0",
        '\u{1a}' => *out += "\\Z",
        c => out.push(c),
    });
    quoted('\'', &inside)
}

/// Writes a quoted CSV field. Line feeds stay.
pub(crate) fn csv(text: &Traced) -> Traced {
    let inside = text.escaped(|c, out| match c {
        '"' => *out += "\"\"",
        c => out.push(c),
    });
    quoted('"', &inside)
}

/// Escapes like JavaScript's `encodeURIComponent`.
pub(crate) fn url(text: &Traced) -> Traced {
    text.escaped(|c, out| match is_unreserved(c, "-_.!~*'()") {
        true => out.push(c),
        false => each_byte(c, "%", true, out),
    })
}

/// Writes the numbers of the bytes, with `between` as the separator.
pub(crate) fn numbers(text: &Traced, between: &str) -> Traced {
    let bytes = text.escaped(|c, out| {
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            *out += &format!("{byte}{between}");
        }
    });
    let len = bytes.text().chars().count().saturating_sub(between.len());
    match len {
        0 => bytes,
        len => bytes.pieces(|| len).remove(0),
    }
}

/// Writes each byte in hexadecimal digits.
pub(crate) fn hex(text: &Traced, digits: impl Fn(u8) -> String) -> Traced {
    text.escaped(|c, out| {
        let mut bytes = [0; 4];
        for byte in c.encode_utf8(&mut bytes).bytes() {
            *out += &digits(byte);
        }
    })
}

/// Writes base64.
pub(crate) fn base64(text: &Traced) -> Traced {
    text.encoded(|bytes| STANDARD.encode(bytes))
}

/// Writes base64 with the alphabet for URLs and without padding.
pub(crate) fn base64_url(text: &Traced) -> Traced {
    text.encoded(|bytes| URL_SAFE_NO_PAD.encode(bytes))
}

/// Escapes for a URL with hexadecimal digits in lower case, like .NET.
pub(crate) fn url_lower(text: &Traced) -> Traced {
    text.escaped(|c, out| match is_unreserved(c, "-_.!*()") {
        true => out.push(c),
        false => each_byte(c, "%", false, out),
    })
}

/// Escapes as `application/x-www-form-urlencoded`.
pub(crate) fn form(text: &Traced) -> Traced {
    text.escaped(|c, out| match c {
        ' ' => out.push('+'),
        c if is_unreserved(c, "-_.*") => out.push(c),
        c => each_byte(c, "%", true, out),
    })
}

/// Escapes what a browser must escape in a query, and the separators of a query.
pub(crate) fn url_query(text: &Traced) -> Traced {
    text.escaped(|c, out| match c {
        '"' | '<' | '>' | '{' | '}' | '\\' | '^' | '`' | '|' | '%' | '&' | '+' | '#' | '\'' => {
            each_byte(c, "%", true, out)
        }
        '!'..='~' => out.push(c),
        c => each_byte(c, "%", true, out),
    })
}

fn is_unreserved(c: char, also: &str) -> bool {
    c.is_ascii_alphanumeric() || also.contains(c)
}

/// Escapes HTML with named references. Line feeds stay.
pub(crate) fn html(text: &Traced) -> Traced {
    text.escaped(|c, out| match c {
        '&' => *out += "&amp;",
        '<' => *out += "&lt;",
        '>' => *out += "&gt;",
        '"' => *out += "&quot;",
        '\'' => *out += "&#39;",
        c => out.push(c),
    })
}

/// Escapes HTML text between tags. Quotes stay.
pub(crate) fn html_text(text: &Traced) -> Traced {
    text.escaped(|c, out| match c {
        '&' => *out += "&amp;",
        '<' => *out += "&lt;",
        '>' => *out += "&gt;",
        c => out.push(c),
    })
}

/// Escapes HTML with decimal references.
pub(crate) fn html_decimal(text: &Traced) -> Traced {
    text.escaped(|c, out| match c {
        '&' | '<' | '>' | '"' | '\'' => *out += &format!("&#{};", c as u32),
        c => out.push(c),
    })
}

/// Escapes markup and characters outside ASCII with hexadecimal references.
pub(crate) fn html_hex(text: &Traced) -> Traced {
    text.escaped(|c, out| match c {
        '&' | '<' | '>' | '"' | '\'' => *out += &format!("&#x{:x};", c as u32),
        c if !c.is_ascii() => *out += &format!("&#x{:X};", c as u32),
        c => out.push(c),
    })
}

fn quoted(quote: char, inside: &Traced) -> Traced {
    let quote = quote.to_string();
    cat(&[&quote, inside, &quote])
}
