//! How loggers, languages and servers write a text, each as the real one does. Functions named after a literal write
//! its quotes too; the others write what stands between.

use super::traced::{Traced, cat};

/// What a writer of JSON strings escapes beyond what it must.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct JsonStyle {
    /// `/` as `\/`: PHP.
    pub(crate) slash: bool,
    /// `<`, `>` and `&` as `\u003c`…: Go, Gson.
    pub(crate) html: bool,
    /// Everything beyond ASCII: Python, PHP.
    pub(crate) ascii: bool,
    /// `"` as `\u0022`: PHP with JSON_HEX_QUOT, .NET.
    pub(crate) quote: bool,
    /// Hexadecimal digits in upper case: .NET.
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

/// A JSON string.
pub(crate) fn json(text: &Traced, style: JsonStyle) -> Traced {
    quoted('"', &json_inside(text, style))
}

/// A JSON string without its quotes.
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

/// `\uXXXX` for each UTF-16 unit.
fn units(c: char, upper: bool, out: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        *out += &match upper {
            true => format!("\\u{unit:04X}"),
            false => format!("\\u{unit:04x}"),
        };
    }
}

/// What nginx writes into an access log by default.
pub(crate) fn nginx(text: &Traced) -> Traced {
    text.escaped(|c, out| match c {
        '"' | '\\' => each_byte(c, "\\x", true, out),
        ' '..='~' => out.push(c),
        c => each_byte(c, "\\x", true, out),
    })
}

/// Each byte of `c` in UTF-8 as two hexadecimal digits behind `mark`.
fn each_byte(c: char, mark: &str, upper: bool, out: &mut String) {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        *out += &match upper {
            true => format!("{mark}{byte:02X}"),
            false => format!("{mark}{byte:02x}"),
        };
    }
}

/// Each byte of `c` in UTF-8 as three octal digits behind `mark`.
fn each_byte_octal(c: char, mark: &str, out: &mut String) {
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        *out += &format!("{mark}{byte:03o}");
    }
}

/// rsyslog escapes control characters on receipt.
pub(crate) fn rsyslog(text: &Traced) -> Traced {
    text.escaped(|c, out| match c.is_ascii_control() {
        true => each_byte_octal(c, "#", out),
        false => out.push(c),
    })
}

/// Python's `repr` of bytes.
pub(crate) fn python_bytes(text: &Traced) -> Traced {
    let quote = python_quote(text);
    let inside = text.escaped(|c, out| match c {
        c if python_short(c, quote, out) => {}
        ' '..='~' => out.push(c),
        c => each_byte(c, "\\x", false, out),
    });
    cat(&[&"b", &quoted(quote, &inside)])
}

/// Python's `repr` of a text.
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

/// Python prefers single quotes, unless only the other kind needs no escape.
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

/// Near enough to what Python and Go think of the characters that occur here.
fn is_printable(c: char) -> bool {
    let is_space = c.is_whitespace() && c != ' ';
    let is_format = matches!(c as u32, 0xAD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF
        | 0xE000..=0xF8FF | 0xFFF0..=0xFFFB | 0xFFFE..=0xFFFF | 0x1FFFE.. );
    !c.is_control() && !is_space && !is_format
}

/// Go's `%q`.
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

/// A Java string literal.
pub(crate) fn java(text: &Traced) -> Traced {
    quoted('"', &text.escaped(|c, out| java_char(c, false, out)))
}

/// A Java string literal in ASCII, as commons-text writes it.
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

/// PHP's `var_export` of a string: line feeds stay.
pub(crate) fn php(text: &Traced) -> Traced {
    let inside = text.escaped(|c, out| match c {
        '\'' | '\\' => out.extend(['\\', c]),
        c => out.push(c),
    });
    quoted('\'', &inside)
}

/// A C string literal.
pub(crate) fn c(text: &Traced) -> Traced {
    quoted('"', &text.escaped(|c, out| c_char(c, false, out)))
}

/// A C string literal in ASCII, as gdb prints it.
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

/// A string as mysqldump writes it.
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

/// A quoted field of CSV: line feeds stay.
pub(crate) fn csv(text: &Traced) -> Traced {
    let inside = text.escaped(|c, out| match c {
        '"' => *out += "\"\"",
        c => out.push(c),
    });
    quoted('"', &inside)
}

/// JavaScript's `encodeURIComponent`.
pub(crate) fn url(text: &Traced) -> Traced {
    text.escaped(|c, out| match is_unreserved(c, "-_.!~*'()") {
        true => out.push(c),
        false => each_byte(c, "%", true, out),
    })
}

/// The same with hexadecimal digits in lower case, as .NET writes it.
pub(crate) fn url_lower(text: &Traced) -> Traced {
    text.escaped(|c, out| match is_unreserved(c, "-_.!*()") {
        true => out.push(c),
        false => each_byte(c, "%", false, out),
    })
}

/// `application/x-www-form-urlencoded`.
pub(crate) fn form(text: &Traced) -> Traced {
    text.escaped(|c, out| match c {
        ' ' => out.push('+'),
        c if is_unreserved(c, "-_.*") => out.push(c),
        c => each_byte(c, "%", true, out),
    })
}

/// What a browser must escape in a query, and the separators of a query.
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

/// HTML with named references: line feeds stay.
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

/// HTML as text between tags needs it: quotes stay.
pub(crate) fn html_text(text: &Traced) -> Traced {
    text.escaped(|c, out| match c {
        '&' => *out += "&amp;",
        '<' => *out += "&lt;",
        '>' => *out += "&gt;",
        c => out.push(c),
    })
}

/// HTML with decimal references.
pub(crate) fn html_decimal(text: &Traced) -> Traced {
    text.escaped(|c, out| match c {
        '&' | '<' | '>' | '"' | '\'' => *out += &format!("&#{};", c as u32),
        c => out.push(c),
    })
}

/// HTML with hexadecimal references for all that is no ASCII or markup.
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
