//! One page to look at: what `stats` counts, drawn over time, by scene, code and hour, as HTML.
//!
//! [`Charts`] is the fold, [`Page`] is what it comes to, and `html` draws it. The page loads nothing and runs nothing: it
//! has one style sheet, whose hash its policy names, and charts as SVG.
//!
//! Markup is made with `maud`. It is checked when the program is compiled, it escapes each value that is spliced in, and
//! it brings no interpreter of templates into the library. Only the style sheet is written as it stands.
//!
//! Adding a section: a function that `sections::all` calls, with its texts in `texts`.

mod acceptance;
mod bars;
mod columns;
mod figures;
mod found;
mod head;
mod heat;
mod html;
mod lines;
mod periods;
mod places;
mod results;
mod sections;
mod sheet;
mod show;
mod svg;
mod tables;
mod texts;
mod timeline;
mod whole;

use std::io::{self, Write};

use jiff::tz::TimeZone;

use crate::lang::Lang;
use crate::record::Record;
use crate::report::Tally;
use crate::stats::count::{self, Settings};
use crate::stats::folding::{Collect, Folding, Whole as _, fold};
use crate::stats::{Failure, Key};

use periods::Periods;
use places::Places;
use whole::Whole;

/// How to count what a page shows.
#[derive(Clone, Debug)]
pub struct ChartSettings {
    /// The zone of hours, days, weeks and months.
    pub time_zone: TimeZone,
    /// True to count repeated deliveries, too.
    pub keep_repeats: bool,
    /// The most bytes that may be used for counting.
    pub max_memory: usize,
}

impl Default for ChartSettings {
    fn default() -> Self {
        ChartSettings {
            time_zone: TimeZone::UTC,
            keep_repeats: false,
            max_memory: Settings::MAX_MEMORY,
        }
    }
}

impl ChartSettings {
    /// Returns what the block of a capture collects.
    fn of_block(&self) -> Settings {
        Settings {
            by: vec![Key::Template, Key::Scene],
            time_zone: self.time_zone.clone(),
            keep_repeats: self.keep_repeats,
            with_codes: true,
            max_memory: self.max_memory,
        }
    }
}

/// Counts what a page shows; a sink of records.
///
/// A run with a selection of items needs [`Filter::noting_keys`](crate::select::Filter::noting_keys), to tell repeated
/// deliveries by all of their items.
///
/// ```
/// use wxsub::Lang;
/// use wxsub::pipeline;
/// use wxsub::report::Tally;
/// use wxsub::stats::{ChartSettings, Charts};
///
/// let log = r#"{"event":"subscribe_msg_popup_event","from_user":"a","create_time":1767225600,"items":[{"status":"accept"}]}"#;
/// let (options, mut tally) = (pipeline::Options::default(), Tally::default());
/// let mut charts = Charts::new(ChartSettings::default());
/// pipeline::run(log.as_bytes(), "log", &options, &mut tally).unwrap();
/// pipeline::run(log.as_bytes(), "log", &options, &mut charts).unwrap();
/// let mut html = Vec::new();
/// charts.finish()?.write(&tally, Some("A < B"), Lang::En, &mut html).unwrap();
/// let html = String::from_utf8(html).unwrap();
/// assert!(html.contains("<h1>A &lt; B</h1>") && html.contains("100.0 %"));
/// # Ok::<(), wxsub::stats::Failure>(())
/// ```
pub struct Charts(Folding<Whole>);

impl Charts {
    /// Makes a sink that counts as `settings` say.
    pub fn new(settings: ChartSettings) -> Self {
        let settings = settings.of_block();
        let (block, whole) = (Block::new(&settings), Whole::none(&settings));
        Charts(Folding::new(settings, block, whole, Ok(())))
    }

    /// Returns the page.
    ///
    /// # Errors
    ///
    /// The reason why its counts cannot be right.
    pub fn finish(self) -> Result<Page, Failure> {
        let (mut whole, settings) = self.0.finish()?;
        whole.deliveries.forget();
        Ok(Page {
            periods: Periods::of(&whole.timeline),
            whole,
            time_zone: settings.time_zone.clone(),
        })
    }
}

fold!(Charts);

/// A page of charts.
#[derive(Debug)]
pub struct Page {
    whole: Whole,
    periods: Periods,
    time_zone: TimeZone,
}

impl Page {
    /// Writes the page as one HTML file. `tally` has the counts of the run, and `title` replaces the usual one.
    ///
    /// # Errors
    ///
    /// An error of `to`.
    pub fn write(
        &self,
        tally: &Tally,
        title: Option<&str>,
        lang: Lang,
        to: &mut dyn Write,
    ) -> io::Result<()> {
        let html = html::page(self, tally, title, lang);
        to.write_all(html.into_string().as_bytes())
    }
}

/// The callbacks of a block of a capture, and the places of findings.
#[derive(Debug)]
struct Block {
    rows: count::Block,
    places: Places,
}

impl Block {
    fn new(settings: &Settings) -> Self {
        Block {
            rows: count::Block::new(settings),
            places: Places::default(),
        }
    }
}

impl Collect<Settings> for Block {
    fn like(&self, settings: &Settings) -> Self {
        Block::new(settings)
    }

    #[inline]
    fn add(&mut self, record: &Record<'_>, settings: &Settings) {
        self.rows.add(record, settings);
        self.places.add(record);
    }

    fn empty(&mut self) {
        self.rows.empty();
        self.places = Places::default();
    }
}
