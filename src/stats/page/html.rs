//! The document: its head, its policy, and its sections in their order.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::lang::Lang;
use crate::report::Tally;
use crate::stats::page::show::clip;
use crate::stats::page::texts::TITLE;
use crate::stats::page::{Page, sections, svg};

/// The one style sheet. It holds no value of a payload.
const STYLE: &str = include_str!("style.css");

/// The most columns of a title.
const MOST_TITLE: usize = 200;

/// Draws the whole page.
pub(super) fn page(page: &Page, tally: &Tally, title: Option<&str>, lang: Lang) -> Markup {
    let title = title.map_or(TITLE.get(lang).to_owned(), |title| clip(title, MOST_TITLE));
    html! {
        (DOCTYPE)
        html lang=(code(lang)) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (svg::patterns())
                main { (sections::all(page, tally, &title, lang)) }
            }
        }
    }
}

/// Returns the policy: nothing is loaded or run, and the one style is the one here.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Zh => "zh-CN",
    }
}
