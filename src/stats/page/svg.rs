//! What all charts share: the frame, coordinates and labels.
//!
//! All charts have one width, that of a narrow phone. On a desk several stand side by side.

use maud::{Markup, html};

/// The width of a chart.
pub(super) const WIDTH: f64 = 340.0;

/// Draws a chart of a height. `title` says in words what it shows.
pub(super) fn chart(height: f64, title: &str, body: &Markup) -> Markup {
    html! {
        svg viewBox=(format_args!("0 0 {WIDTH} {height}")) width=(WIDTH) height=(height) role="img" {
            title { (title) }
            (body)
        }
    }
}

/// Shows a coordinate to a tenth of a pixel.
pub(super) fn px(at: f64) -> String {
    let text = format!("{at:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// Where a label stands, relative to its point.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Draws a label. `class` says how it looks.
pub(super) fn label(x: f64, y: f64, anchor: Anchor, class: &str, text: &str) -> Markup {
    let anchor = match anchor {
        Anchor::Start => None,
        Anchor::Middle => Some("middle"),
        Anchor::End => Some("end"),
    };
    html! { text x=(px(x)) y=(px(y)) text-anchor=[anchor] class=(class) { (text) } }
}

/// Draws a rectangle from its left upper corner. `title` is shown when it is pointed at.
pub(super) fn rect(
    (x, y): (f64, f64),
    (width, height): (f64, f64),
    class: &str,
    title: Option<&str>,
) -> Markup {
    html! {
        rect x=(px(x)) y=(px(y)) width=(px(width)) height=(px(height)) class=(class) {
            @if let Some(title) = title { title { (title) } }
        }
    }
}

/// Draws a horizontal line.
pub(super) fn rule(from: f64, to: f64, y: f64, class: &str) -> Markup {
    html! { line x1=(px(from)) x2=(px(to)) y1=(px(y)) y2=(px(y)) class=(class) {} }
}

/// The patterns that tell areas apart without colour. The document has them once.
pub(super) fn patterns() -> Markup {
    html! {
        svg width="0" height="0" class="defs" aria-hidden="true" {
            defs {
                pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect width="5" height="5" class="p-back" {}
                    rect width="2.2" height="5" class="p-warm" {}
                }
                pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse" {
                    rect width="5" height="5" class="p-back" {}
                    circle cx="2.5" cy="2.5" r="1.3" class="p-ink" {}
                }
            }
        }
    }
}

/// Draws a key of areas: the class of each and what it stands for.
pub(super) fn legend(entries: &[(&str, &str)]) -> Markup {
    html! {
        p class="legend" {
            @for (class, text) in entries {
                span {
                    svg width="14" height="10" viewBox="0 0 14 10" aria-hidden="true" {
                        rect width="14" height="10" class=(class) {}
                    }
                    " " (text)
                }
            }
        }
    }
}
