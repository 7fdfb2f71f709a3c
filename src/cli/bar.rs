//! The look of the progress bar: bytes read, speed, callbacks, time left.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{HumanCount, ProgressState, ProgressStyle};
use wxsub::Lang;

const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// The style of a bar on a terminal of `width` columns. `callbacks` is the count it shows.
pub(super) fn style(
    lang: Lang,
    has_total: bool,
    width: usize,
    callbacks: Arc<AtomicU64>,
) -> ProgressStyle {
    let tell = move |_: &ProgressState, out: &mut dyn Write| {
        _ = write!(out, "{}", HumanCount(callbacks.load(Ordering::Relaxed)));
    };
    // Never fails: a test tries every template.
    ProgressStyle::with_template(template(lang, has_total, width))
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("█░")
        .tick_strings(&SPINNER)
        .with_key("callbacks", tell)
}

fn template(lang: Lang, has_total: bool, width: usize) -> &'static str {
    let rows: &[Row] = match has_total {
        true => &WITH_TOTAL,
        false => &WITHOUT_TOTAL,
    };
    let row = rows.iter().find(|(least, ..)| width >= *least);
    row.map_or("", |(_, en, zh)| match lang {
        Lang::En => en,
        Lang::Zh => zh,
    })
}

/// The least columns of the terminal, and the text of the bar in English and in Chinese. The text never wraps.
type Row = (usize, &'static str, &'static str);

const WITH_TOTAL: [Row; 5] = [
    (
        110,
        "{percent:>3}% {bar:24} {bytes} of {total_bytes} · {bytes_per_sec} · {callbacks} callbacks · {eta} left",
        "{percent:>3}% {bar:24} {bytes} / {total_bytes} · {bytes_per_sec} · {callbacks} 个回调 · 剩余 {eta}",
    ),
    (
        80,
        "{percent:>3}% {bar:10} {bytes} · {bytes_per_sec} · {callbacks} callbacks · {eta} left",
        "{percent:>3}% {bar:10} {bytes} · {bytes_per_sec} · {callbacks} 个回调 · 剩余 {eta}",
    ),
    (
        56,
        "{percent:>3}% · {bytes_per_sec} · {callbacks} callbacks · {eta} left",
        "{percent:>3}% · {bytes_per_sec} · {callbacks} 个回调 · 剩余 {eta}",
    ),
    (
        40,
        "{percent:>3}% · {callbacks} callbacks · {eta} left",
        "{percent:>3}% · {callbacks} 个回调 · 剩余 {eta}",
    ),
    (0, "{percent:>3}%", "{percent:>3}%"),
];

const WITHOUT_TOTAL: [Row; 3] = [
    (
        64,
        "{spinner} {bytes} · {bytes_per_sec} · {callbacks} callbacks · {elapsed}",
        "{spinner} {bytes} · {bytes_per_sec} · {callbacks} 个回调 · {elapsed}",
    ),
    (
        40,
        "{spinner} {bytes} · {callbacks} callbacks",
        "{spinner} {bytes} · {callbacks} 个回调",
    ),
    (0, "{spinner}", "{spinner}"),
];

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex;

    use indicatif::{ProgressBar, ProgressDrawTarget, TermLike};
    use unicode_width::UnicodeWidthStr;

    use super::*;

    /// A terminal that keeps what is written to it.
    #[derive(Clone, Debug)]
    struct Screen {
        width: u16,
        text: Arc<Mutex<String>>,
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            self.width
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.text.lock().expect("no panic").push_str(text);
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            self.text.lock().expect("no panic").clear();
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Returns the text of a bar at a position.
    fn shown(lang: Lang, total: Option<u64>, width: u16, bytes: u64, callbacks: u64) -> String {
        let text = Arc::<Mutex<String>>::default();
        let screen = Screen {
            width,
            text: text.clone(),
        };
        let target = ProgressDrawTarget::term_like(Box::new(screen));
        let callbacks = Arc::new(AtomicU64::new(callbacks));
        let style = style(lang, total.is_some(), width.into(), callbacks);
        let bar = ProgressBar::with_draw_target(total, target).with_style(style);
        bar.set_position(bytes);
        bar.force_draw();
        let shown = text.lock().expect("no panic");
        shown.trim_end().to_owned()
    }

    #[test]
    fn it_says_how_far_a_run_is() {
        let text = shown(Lang::En, Some(4 << 20), 80, 1 << 20, 1234);
        assert!(text.starts_with(" 25% ██░░░░░░░░ 1.00 MiB · "), "{text}");
        assert!(text.contains("/s · 1,234 callbacks · "), "{text}");
        assert!(text.ends_with(" left"), "{text}");
        assert_eq!(shown(Lang::En, Some(4 << 20), 20, 5 << 20, 0), "100%");
    }

    #[test]
    fn it_says_what_a_run_without_an_end_has_read() {
        let text = shown(Lang::Zh, None, 40, 120, 7);
        assert!(text.ends_with(" 120 B · 7 个回调"), "{text}");
    }

    #[test]
    fn every_row_fits_its_terminal() {
        for lang in [Lang::En, Lang::Zh] {
            for total in [Some(1023 << 30), None] {
                for (least, ..) in WITH_TOTAL.iter().chain(&WITHOUT_TOTAL) {
                    let width = (*least).max(4) as u16;
                    let text = shown(lang, total, width, 1022 << 30, 123_456_789);
                    assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}");
                    assert!(text.width() <= width.into(), "{text}");
                }
            }
        }
    }
}
