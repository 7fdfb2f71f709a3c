//! Samples decode, have exactly the findings of their shape, hold the values asked for, and depend only on the seed.

use std::collections::{BTreeSet, HashSet};

use proptest::prelude::*;
use proptest::sample::select;
use wxsub::output::{Format, Json, JsonLines, Xml};
use wxsub::sample::{Contradiction, Recipe, Shape};
use wxsub::{Capture, Code, Event, Outcome, Record, Severity, Syntax, decode};

use crate::support::cases::{Share, cases};
use crate::support::model::{is_xml_char, text};

const SYNTAXES: [Syntax; 2] = [Syntax::Json, Syntax::Xml];

/// Makes the first `count` samples of a seed.
fn samples(recipe: &Recipe, seed: u64, count: usize) -> Vec<String> {
    let mut samples = recipe.clone().samples(seed).expect("a sound recipe");
    let one = |_| {
        let mut out = Vec::new();
        samples.write(&mut out);
        String::from_utf8(out).expect("UTF-8")
    };
    (0..count).map(one).collect()
}

/// Returns a recipe for each event and syntax of a shape.
fn recipes(shape: Shape) -> Vec<Recipe> {
    let events = Event::ALL
        .into_iter()
        .filter(|event| shape.event().is_none_or(|only| only == *event));
    let recipe = |event, syntax| Recipe {
        syntax: Some(syntax),
        shape,
        ..Recipe::new(event)
    };
    events
        .flat_map(|event| SYNTAXES.map(|syntax| recipe(event, syntax)))
        .filter(|recipe| {
            shape
                .syntax()
                .is_none_or(|only| Some(only) == recipe.syntax)
        })
        .collect()
}

fn all_recipes() -> Vec<Recipe> {
    Shape::all().flat_map(recipes).collect()
}

fn codes(record: &Record<'_>) -> BTreeSet<Code> {
    record
        .findings()
        .iter()
        .map(|finding| finding.code())
        .collect()
}

#[test]
fn every_shape_is_found_to_be_what_its_row_says() {
    let mut share = Share::default();
    for recipe in all_recipes() {
        let counts = [None, Some(1), Some(3), Some(17)];
        let most = recipe.shape.most_items().unwrap_or(17);
        for items in counts
            .into_iter()
            .filter(|count| count.is_none_or(|count| count <= most))
        {
            let recipe = Recipe {
                items,
                ..recipe.clone()
            };
            let seeds = (0..20).filter(|_| share.takes_next());
            for (seed, sample) in seeds.flat_map(|seed| {
                samples(&recipe, seed, 3)
                    .into_iter()
                    .map(move |s| (seed, s))
            }) {
                let record = decode(sample.as_bytes());
                assert_eq!(
                    *record.outcome(),
                    Outcome::Callback(recipe.event),
                    "{seed} {sample}"
                );
                assert_eq!(Some(record.syntax()), recipe.syntax);
                let expected: BTreeSet<Code> = recipe.shape.findings().iter().copied().collect();
                // One bare message id in 250 looks rounded.
                let mut found = codes(&record);
                if !expected.contains(&Code::ImpreciseMsgId) {
                    found.remove(&Code::ImpreciseMsgId);
                }
                assert_eq!(found, expected, "{seed} {sample}");
                let found = record.callback().expect("a callback").items().len();
                let usual = if most == 0 { 0..=0 } else { 1..=3 };
                assert!(
                    items.map_or(usual.contains(&found), |items| items == found),
                    "{sample}"
                );
            }
        }
    }
}

#[test]
fn the_documented_shape_is_what_convert_writes() {
    for event in Event::ALL {
        for (syntax, format) in SYNTAXES
            .into_iter()
            .zip([&Json::default() as &dyn Format, &Xml::default()])
        {
            let recipe = Recipe {
                syntax: Some(syntax),
                ..Recipe::new(event)
            };
            for sample in samples(&recipe, 3, 50) {
                let mut out = Vec::new();
                format
                    .record(&decode(sample.as_bytes()), &mut out)
                    .expect("nothing odd");
                assert_eq!(String::from_utf8(out).expect("UTF-8"), sample + "\n");
            }
        }
    }
}

/// Returns the records of the samples, which do not depend on the shape.
fn records(samples: &[String]) -> Vec<String> {
    let line = |sample: &String| {
        let mut out = Vec::new();
        JsonLines::default()
            .record(&decode(sample.as_bytes()), &mut out)
            .expect("a record");
        String::from_utf8(out).expect("UTF-8")
    };
    samples.iter().map(line).collect()
}

#[test]
fn a_shape_changes_how_it_is_said_and_not_what() {
    for event in Event::ALL {
        let documented = records(&samples(&Recipe::new(event), 11, 20));
        let same = |shape: &Shape| {
            shape
                .findings()
                .iter()
                .all(|code| code.severity() == Severity::Warning)
        };
        let others = [
            Code::UnknownField,
            Code::OddAccountId,
            Code::OddMsgId,
            Code::ImpreciseMsgId,
        ];
        let says_the_same =
            |shape: &Shape| !shape.findings().iter().any(|code| others.contains(code));
        for shape in Shape::all()
            .filter(same)
            .filter(says_the_same)
            .filter(|s| s.most_items().is_none())
        {
            for recipe in recipes(shape)
                .into_iter()
                .filter(|recipe| recipe.event == event)
            {
                assert_eq!(records(&samples(&recipe, 11, 20)), documented, "{shape:?}");
            }
        }
    }
}

#[test]
fn asking_for_one_value_changes_no_other() {
    let plain = samples(&Recipe::new(Event::Popup), 5, 20);
    let user = "oAsked4-abcdefghijklmnopqrst";
    let asked = Recipe {
        user: Some(user.into()),
        ..Recipe::new(Event::Popup)
    };
    for (plain, asked) in plain.iter().zip(samples(&asked, 5, 20)) {
        let record = decode(plain.as_bytes());
        let drawn = record
            .callback()
            .expect("a callback")
            .from_user()
            .expect("a user");
        assert_eq!(plain.replace(drawn, user), asked);
    }
    let first_items = |samples: &[String]| -> Vec<String> {
        let first = |sample: &String| {
            sample
                .split("},{")
                .next()
                .unwrap_or_default()
                .replace("}]}", "")
        };
        samples.iter().map(first).collect()
    };
    let three = Recipe {
        items: Some(3),
        ..Recipe::new(Event::Popup)
    };
    assert_eq!(first_items(&plain), first_items(&samples(&three, 5, 20)));
}

#[test]
fn samples_are_many_and_each_is_another() {
    let recipe = Recipe::new(Event::Sent);
    let many = samples(&recipe, 1, 5_000);
    assert_eq!(many.iter().collect::<HashSet<_>>().len(), 5_000);
    assert_eq!(many[..10], samples(&recipe, 1, 10));
    let firsts: HashSet<String> = (0..1_000)
        .map(|seed| samples(&recipe, seed, 1).remove(0))
        .collect();
    assert_eq!(firsts.len(), 1_000);
    let capture = many.join("\n");
    let times: Vec<i64> = Capture::new(capture.as_bytes())
        .map(|record| {
            record
                .expect("memory can be read")
                .callback()
                .and_then(|c| c.create_time())
                .expect("a time")
        })
        .collect();
    assert_eq!(times.len(), 5_000);
    assert!(times.is_sorted() && times[0] < times[4_999]);
}

#[test]
fn all_values_occur() {
    let mut seen: HashSet<String> = HashSet::new();
    for seed in 0..50 {
        for sample in samples(&Recipe::new(Event::Popup), seed, 10) {
            let record = decode(sample.as_bytes());
            let callback = record.callback().expect("a callback");
            seen.insert(format!("{} items", callback.items().len()));
            for item in callback.items() {
                seen.insert(format!("scene {:?}", item.popup_scene()));
                seen.insert(item.status().unwrap_or_default().to_owned());
            }
        }
    }
    let expected = [
        "1 items",
        "2 items",
        "3 items",
        "accept",
        "reject",
        "scene Some(0)",
        "scene Some(1)",
        "scene Some(2)",
    ];
    assert_eq!(
        seen.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        BTreeSet::from(expected)
    );
}

/// The FNV-1a hash: short, and the same on all machines.
fn hash(texts: &[String]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([b'\n']));
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

/// Samples of a seed never change: users make fixtures with seeds, and make them again.
#[test]
fn the_same_seed_gives_the_same_bytes_for_ever() {
    let told: Vec<String> = all_recipes()
        .iter()
        .map(|recipe| {
            let syntax = recipe.syntax.expect("said").as_str();
            let name = format!(
                "{} {} {syntax}",
                recipe.shape.name(),
                recipe.event.short_name()
            );
            format!("{name} {:016x}", hash(&samples(recipe, 20_260_102, 100)))
        })
        .collect();
    let expected: Vec<&str> = include_str!("../sample.hashes").lines().collect();
    assert_eq!(told, expected);
}

/// Generates recipes, many of which contradict themselves.
fn recipe() -> BoxedStrategy<Recipe> {
    let shapes: Vec<Shape> = Shape::all().collect();
    let events = select(Event::ALL.to_vec());
    let syntax = select(vec![None, Some(Syntax::Json), Some(Syntax::Xml)]);
    let maybe = |odds| prop::option::weighted(odds, text());
    // Ids with line breaks make a payload undecodable.
    let id = || text().prop_map(|text| text.replace(['\n', '\r'], "."));
    let values = (
        prop::option::weighted(0.3, id()),
        prop::collection::vec(id(), 0..3),
        maybe(0.2),
    );
    let numbers = (
        prop::option::weighted(0.3, 0..12usize),
        prop::option::weighted(0.2, any::<i64>()),
    );
    (events, syntax, select(shapes), values, numbers)
        .prop_map(
            |(event, syntax, shape, (user, templates, status), (items, error_code))| Recipe {
                event,
                syntax,
                shape,
                items,
                user,
                templates,
                status,
                error_code,
            },
        )
        .boxed()
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn what_was_asked_for_is_in_the_sample_or_the_contradiction_is_one(recipe in recipe(), seed: u64) {
        match recipe.clone().samples(seed) {
            Err(contradiction) => prop_assert!(is_true(&contradiction, &recipe), "{contradiction:?}"),
            Ok(_) => {
                for sample in samples(&recipe, seed, 2) {
                    prop_assert_eq!(holds(&sample, &recipe), Ok(()), "{}", sample);
                }
            }
        }
    }
}

fn is_true(contradiction: &Contradiction, recipe: &Recipe) -> bool {
    match contradiction {
        Contradiction::Status => recipe.event == Event::Sent && recipe.status.is_some(),
        Contradiction::ErrorCode(event) => *event != Event::Sent && recipe.error_code.is_some(),
        Contradiction::Syntax(shape, only) => {
            *shape == recipe.shape && recipe.syntax != Some(*only)
        }
        Contradiction::Event(shape, only) => *shape == recipe.shape && recipe.event != *only,
        Contradiction::Items(shape, most) => shape.most_items() == Some(*most),
        Contradiction::Count(_) => recipe.items == Some(0),
        Contradiction::Character(text, c) => text.contains(*c) && !is_xml_char(*c),
        _ => false,
    }
}

/// Checks that `sample` holds what `recipe` asks for.
fn holds(sample: &str, recipe: &Recipe) -> Result<(), String> {
    let record = decode(sample.as_bytes());
    let callback = record.callback().ok_or(format!("{:?}", record.outcome()))?;
    let check = |what: &str, holds: bool| if holds { Ok(()) } else { Err(what.to_owned()) };
    let is = |given: Option<&str>, asked: &Option<String>| {
        // White space around a text is lost in XML without CDATA.
        let bare = |text: &str| match record.syntax() {
            Syntax::Xml => text.trim().to_owned(),
            Syntax::Json => text.to_owned(),
        };
        asked
            .as_ref()
            .is_none_or(|asked| given.map(bare) == Some(bare(asked)))
    };
    check("a line", !sample.contains('\n'))?;
    let has_header = !recipe.shape.findings().contains(&Code::MissingField);
    check(
        "user",
        !has_header || is(callback.from_user(), &recipe.user),
    )?;
    let count = recipe.items.unwrap_or(callback.items().len());
    check("items", callback.items().len() == count)?;
    for (at, item) in callback.items().enumerate() {
        let template = (!recipe.templates.is_empty())
            .then(|| recipe.templates[at % recipe.templates.len()].clone());
        check("template", is(item.template_id(), &template))?;
        check("status", is(item.status(), &recipe.status))?;
        check(
            "code",
            recipe
                .error_code
                .is_none_or(|code| item.error_code() == Some(code)),
        )?;
        let has_text =
            recipe.event != Event::Sent || item.error_status().is_some_and(|text| !text.is_empty());
        check("error text", has_text)?;
    }
    Ok(())
}
