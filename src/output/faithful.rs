//! Checks that a written payload decodes to the callback from which it was written.
//!
//! An extra field may have the name of a known field, or a structure that the syntax cannot express. These cases are
//! many and rare, so instead of listing them the output is read back and compared.

use crate::event::CallbackRef;
use crate::event::extra::Scalars;
use crate::event::fields::ITEM;
use crate::event::serialize::Style;
use crate::finding::{Finding, Reason};
use crate::json_format;
use crate::output::jsonl::Line;
use crate::record::{Record, decode_written};
use crate::syntax::Syntax;

/// Reads `written` back and compares it, if the callback has more than typed fields.
///
/// # Errors
///
/// [`Reason::NotFaithful`] if the callbacks differ. In XML, all scalars are compared as text.
pub(super) fn check(
    record: &Record<'_>,
    callback: &CallbackRef<'_>,
    written: &[u8],
    syntax: Syntax,
) -> Result<(), Finding> {
    if !is_delicate(callback) {
        return Ok(());
    }
    let scalars = if syntax == Syntax::Xml {
        Scalars::AsText
    } else {
        Scalars::AsGiven
    };
    let again = decode_written(written);
    match line(record, scalars) == line(&again, scalars) {
        true => Ok(()),
        false => {
            let span = callback
                .header()
                .extras()
                .next()
                .map(|(_, view)| view.span())
                .unwrap_or_default();
            Err(Finding::new(Reason::NotFaithful, span).with(syntax.as_str().to_uppercase()))
        }
    }
}

fn is_delicate(callback: &CallbackRef<'_>) -> bool {
    let mut items = callback.items().map(|item| item.fields());
    callback.header().extras().len() > 0
        || items.any(|item| {
            item.extras().len() > 0 || ITEM.iter().all(|field| item.get(field).is_none())
        })
}

fn line(record: &Record<'_>, scalars: Scalars) -> Vec<u8> {
    let mut line = Vec::new();
    if let Some(callback) = record.callback() {
        let style = Style {
            scalars,
            ..Style::default()
        };
        json_format::write(&Line::styled(callback, style), &mut line);
    }
    line
}
