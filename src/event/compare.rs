//! Compares the plain fields of an envelope with the decrypted payload.
//!
//! In compatible mode the envelope has all fields, in safe mode the account. The signature covers none of them.

use crate::event::decode::head;
use crate::event::fields::{self, ITEM, Top};
use crate::event::{CallbackRef, Event, ItemRef};
use crate::finding::{Finding, Reason};
use crate::syntax::{Kind, View};

/// Returns the differences between `outer` and `inner`. `callbacks` are both decoded, if they are callbacks.
pub(crate) fn compare(
    outer: View<'_>,
    inner: View<'_>,
    callbacks: Option<(CallbackRef<'_>, CallbackRef<'_>)>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut has_lists = false;
    for child in outer.children() {
        match part(child.name()) {
            Role::Envelope => {}
            Role::Lists => has_lists = true,
            Role::Field => findings.extend(difference(child, inner)),
        }
    }
    let is_same = callbacks.is_some_and(|(outer, inner)| have_same_items(outer, inner));
    if has_lists && !is_same {
        findings.push(Finding::new(Reason::EnvelopeLists, head(inner_list(inner))));
    }
    findings
}

/// The role of a name in an envelope.
enum Role {
    Envelope,
    Lists,
    Field,
}

fn part(name: &str) -> Role {
    match fields::top(name).map(|known| known.what) {
        Some(Top::Encrypt) => Role::Envelope,
        Some(Top::List) => Role::Lists,
        None if fields::is_of_envelope(name) => Role::Envelope,
        None if Event::by_wrapper(name).is_some() => Role::Lists,
        _ => Role::Field,
    }
}

fn difference(outer: View<'_>, inner: View<'_>) -> Option<Finding> {
    let is_it = |child: &View<'_>| child.name().eq_ignore_ascii_case(outer.name());
    let Some(inside) = inner.children().find(is_it) else {
        let finding = Finding::new(Reason::EnvelopeOnly, head(inner));
        return Some(finding.with(outer.name()));
    };
    let finding = || Finding::new(Reason::EnvelopeDiffers, inside.span());
    (!is_same(outer, inside)).then(|| finding().with(outer.name()).with(outer.value()))
}

/// Returns true if two values are equal, ignoring white space around scalars.
fn is_same(a: View<'_>, b: View<'_>) -> bool {
    let is_scalar = |view: View<'_>| !matches!(view.kind(), Kind::Object | Kind::Array);
    match is_scalar(a) && is_scalar(b) {
        true => a.value().trim_ascii() == b.value().trim_ascii(),
        false => {
            let mut pairs = a.children().zip(b.children());
            a.children().count() == b.children().count()
                && pairs.all(|(a, b)| a.name() == b.name() && is_same(a, b))
        }
    }
}

fn have_same_items(outer: CallbackRef<'_>, inner: CallbackRef<'_>) -> bool {
    let (outer, inner) = (outer.items(), inner.items());
    outer.len() == inner.len() && outer.zip(inner).all(|(a, b)| is_same_item(a, b))
}

fn is_same_item(a: ItemRef<'_>, b: ItemRef<'_>) -> bool {
    let (a, b) = (a.fields(), b.fields());
    let (extras, others) = (a.extras(), b.extras());
    ITEM.iter().all(|field| a.get(field) == b.get(field))
        && extras.len() == others.len()
        && extras
            .zip(others)
            .all(|(a, b)| a.0 == b.0 && is_same(a.1, b.1))
}

/// Returns the list in the payload, or the whole payload if it has none.
fn inner_list(inner: View<'_>) -> View<'_> {
    let is_list = |child: &View<'_>| matches!(part(child.name()), Role::Lists);
    inner.children().find(is_list).unwrap_or(inner)
}
