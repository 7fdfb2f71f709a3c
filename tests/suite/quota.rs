//! The grants that `wxsub::stats::Quota` counts: each rule checked by hand, and drawn captures against a model.

use jiff::tz::TimeZone;
use serde_json::json;
use wxsub::report::text::TextOptions;
use wxsub::select::Selection;
use wxsub::stats::{Failure, Form, Quota, QuotaSettings, Sends};

use crate::support::python::{Model, draws};
use crate::support::rng::Rng;
use crate::support::sends::{Drawn, NOON, change, fold, popup, record, sends, sent};

/// Counts the grants of files.
fn ask(
    files: &[String],
    sends: Sends,
    settings: QuotaSettings,
    threads: usize,
) -> Result<String, Failure> {
    let grants = fold(files, threads, 300, Quota::new(settings, sends)).finish()?;
    let mut csv = Vec::new();
    let written = grants.write(
        Form::Csv,
        None,
        (&TextOptions::default(), &TimeZone::UTC),
        &mut csv,
    );
    written.expect("memory");
    Ok(String::from_utf8(csv).expect("text"))
}

/// Returns granted, used and left of the only row.
fn balance_with(log: &[String], sends_in: &str, settings: QuotaSettings) -> [u64; 3] {
    let files: Vec<String> = (!sends_in.is_empty())
        .then(|| sends_in.to_owned())
        .into_iter()
        .collect();
    let sends = sends(&files).expect("sends");
    let csv = ask(&[log.concat()], sends, settings, 1).expect("grants");
    let row = csv.lines().nth(1).expect("a row").to_owned();
    let cells: Vec<_> = row.split(',').collect();
    assert_eq!(
        (csv.lines().count(), &cells[..3]),
        (2, &["gh_1", "u", "t"][..]),
        "{csv}"
    );
    [3, 4, 5].map(|at| cells[at].parse().expect("a number"))
}

fn balance(log: &[String]) -> [u64; 3] {
    balance_with(log, "", QuotaSettings::default())
}

#[test]
fn an_accept_grants_one_and_a_reject_in_the_prompt_takes_nothing() {
    assert_eq!(
        balance(&[popup(NOON, "accept"), popup(NOON + 1, "accept")]),
        [2, 0, 2]
    );
    assert_eq!(
        balance(&[popup(NOON, "accept"), popup(NOON + 1, "reject")]),
        [1, 0, 1]
    );
    assert_eq!(balance(&[popup(NOON, "acceptWithAudio")]), [0, 0, 0]);
}

#[test]
fn a_change_that_rejects_takes_all_and_no_other_change_does() {
    let granted = [popup(NOON, "accept"), popup(NOON + 1, "accept")].concat();
    assert_eq!(
        balance(&[granted.clone(), change(NOON + 2, "reject")]),
        [2, 0, 0]
    );
    assert_eq!(
        balance(&[granted.clone(), change(NOON + 2, "accept")]),
        [2, 0, 2]
    );
    let again = popup(NOON + 3, "accept");
    assert_eq!(
        balance(&[granted, change(NOON + 2, "reject"), again]),
        [3, 0, 1]
    );
}

#[test]
fn a_delivered_message_uses_one_and_a_failed_one_none() {
    let granted = [popup(NOON, "accept"), popup(NOON + 1, "accept")].concat();
    assert_eq!(
        balance(&[granted.clone(), sent(NOON + 2, "1", 0)]),
        [2, 1, 1]
    );
    assert_eq!(balance(&[granted, sent(NOON + 2, "1", -1)]), [2, 0, 2]);
}

#[test]
fn left_is_held_at_zero_at_each_step() {
    let log = [
        sent(NOON, "1", 0),
        sent(NOON + 1, "2", 0),
        popup(NOON + 2, "accept"),
    ];
    assert_eq!(balance(&log), [1, 2, 1]);
}

#[test]
fn order_is_that_of_times_and_within_a_second_accept_change_sent() {
    let late = [change(NOON + 1, "reject"), popup(NOON, "accept")];
    assert_eq!(balance(&late), [1, 0, 0]);
    let one_second = [
        sent(NOON, "1", 0),
        popup(NOON, "accept"),
        popup(NOON, "reject"),
    ];
    assert_eq!(balance(&one_second), [1, 1, 0]);
    let with_change = [change(NOON, "reject"), popup(NOON, "accept")];
    assert_eq!(balance(&with_change), [1, 0, 0]);
}

#[test]
fn repeated_deliveries_count_once_unless_they_are_kept() {
    let log = [popup(NOON, "accept"), popup(NOON, "accept")];
    assert_eq!(balance(&log), [1, 0, 1]);
    let kept = QuotaSettings {
        keep_repeats: true,
        ..QuotaSettings::default()
    };
    assert_eq!(balance_with(&log, "", kept), [2, 0, 2]);
}

#[test]
fn a_send_and_its_result_use_one_grant() {
    let log = [
        popup(NOON, "accept"),
        popup(NOON, "reject"),
        popup(NOON + 1, "accept"),
    ];
    let sends = format!(
        "msgid,touser,template_id,errcode,time\n7,u,t,0,{}\n",
        NOON + 2
    );
    let settings = QuotaSettings::default;
    assert_eq!(balance_with(&log, &sends, settings()), [2, 1, 1]);
    let with_result = [log.concat(), sent(NOON + 3, "7", 0)];
    assert_eq!(balance_with(&with_result, &sends, settings()), [2, 1, 1]);
    let twice = format!("{sends}7,u,t,0,{}\n", NOON + 2);
    assert_eq!(balance_with(&with_result, &twice, settings()), [2, 1, 1]);
    let with_other = [log.concat(), sent(NOON + 3, "8", 0)];
    assert_eq!(balance_with(&with_other, &sends, settings()), [2, 2, 0]);
}

#[test]
fn a_failed_result_gives_back_what_its_send_used() {
    let sends = format!(
        "msgid,touser,template_id,errcode,time\n7,u,t,0,{}\n",
        NOON + 2
    );
    let failed = sent(NOON + 4, "7", -1);
    let settings = QuotaSettings::default;
    let log = [popup(NOON, "accept"), failed.clone()];
    assert_eq!(balance_with(&log, &sends, settings()), [1, 0, 1]);
    // That it was accepted shows that there was a grant.
    assert_eq!(
        balance_with(std::slice::from_ref(&failed), &sends, settings()),
        [0, 0, 1]
    );
    let off_since = [
        popup(NOON, "accept"),
        change(NOON + 3, "reject"),
        failed.clone(),
    ];
    assert_eq!(balance_with(&off_since, &sends, settings()), [1, 0, 0]);
    let off_before = [change(NOON + 1, "reject"), failed];
    assert_eq!(balance_with(&off_before, &sends, settings()), [0, 0, 1]);
}

#[test]
fn a_refused_send_means_zero_only_if_that_is_assumed() {
    let sends = format!(
        "msgid,touser,template_id,errcode,time\n,u,t,43101,{}\n",
        NOON + 2
    );
    let log = [popup(NOON, "accept")];
    assert_eq!(
        balance_with(&log, &sends, QuotaSettings::default()),
        [1, 0, 1]
    );
    let assumed = || QuotaSettings {
        refused_is_zero: true,
        ..QuotaSettings::default()
    };
    assert_eq!(balance_with(&log, &sends, assumed()), [1, 0, 0]);
    assert_eq!(
        balance_with(&log, &sends.replace("43101", "47003"), assumed()),
        [1, 0, 1]
    );
    let in_callback = [popup(NOON, "accept"), sent(NOON + 1, "7", 43101)];
    assert_eq!(
        balance_with(&in_callback, "", QuotaSettings::default()),
        [1, 0, 1]
    );
    assert_eq!(balance_with(&in_callback, "", assumed()), [1, 0, 0]);
}

#[test]
fn long_term_templates_are_not_used_up_but_end() {
    let long_term = || QuotaSettings {
        long_term: vec!["t".into()],
        ..QuotaSettings::default()
    };
    let log = [
        popup(NOON, "accept"),
        sent(NOON + 1, "7", 0),
        sent(NOON + 2, "8", 0),
    ]
    .concat();
    assert_eq!(
        balance_with(std::slice::from_ref(&log), "", long_term()),
        [1, 2, 1]
    );
    assert_eq!(
        balance_with(&[log, change(NOON + 3, "reject")], "", long_term()),
        [1, 2, 0]
    );
}

#[test]
fn a_send_to_a_user_without_callbacks_has_the_only_account_there_is() {
    let sends_in = format!("msgid,touser,template_id,errcode,time\n7,v,t,0,{NOON}\n8,v,t,0,\n");
    let one = popup(NOON, "accept");
    let ask = |log: String| {
        let sends = sends(std::slice::from_ref(&sends_in)).expect("sends");
        let csv = ask(&[log], sends, QuotaSettings::default(), 1).expect("grants");
        csv.lines()
            .find(|row| row.contains(",v,"))
            .map(str::to_owned)
    };
    // A send without a time counts last.
    assert_eq!(ask(one.clone()).as_deref(), Some("gh_1,v,t,0,2,0,,send,"));
    let other = one.replace("gh_1", "gh_2");
    assert_eq!(ask(one + &other).as_deref(), Some(",v,t,0,2,0,,send,"));
    assert_eq!(ask(String::new()).as_deref(), Some(",v,t,0,2,0,,send,"));
}

#[test]
fn sends_of_others_make_no_rows_of_the_account_that_was_chosen() {
    let sends_in =
        format!("msgid,touser,template_id,errcode,time\n7,v,t,0,{NOON}\n8,u,t,0,{NOON}\n");
    let settings = QuotaSettings {
        selection: Selection {
            accounts: vec!["gh_1".into()],
            ..Selection::default()
        },
        ..QuotaSettings::default()
    };
    assert_eq!(
        balance_with(&[popup(NOON, "accept")], &sends_in, settings),
        [1, 1, 0]
    );
}

#[test]
fn callbacks_without_a_plausible_time_are_counted_apart() {
    let log: String = [-1, 4_133_980_800, 1 << 40]
        .map(|time| popup(time, "accept"))
        .concat();
    let quota = fold(
        &[log + &popup(NOON, "accept")],
        1,
        300,
        Quota::new(QuotaSettings::default(), Sends::default()),
    );
    let grants = quota.finish().expect("grants");
    assert_eq!(
        grants.notes(wxsub::Lang::En),
        ["3 callbacks not counted: without a time between 1970 and 2100"]
    );
    assert_eq!(
        balance(&[
            popup(-1, "accept"),
            popup(0, "accept"),
            popup(4_133_980_799, "accept")
        ]),
        [2, 0, 2]
    );
}

#[test]
fn what_is_empty_says_so() {
    let quota = fold(
        &["GET /\n".into()],
        1,
        300,
        Quota::new(QuotaSettings::default(), Sends::default()),
    );
    let grants = quota.finish().expect("grants");
    assert_eq!(
        grants.notes(wxsub::Lang::En),
        ["no callbacks and no sends: nothing to count"]
    );
}

#[test]
fn only_rows_with_so_many_left_are_written() {
    let other = record(
        "popup",
        NOON,
        json!({"template_id": "s", "status": "reject"}),
    );
    let log = popup(NOON, "accept") + &other;
    for (left, row) in [(0, "gh_1,u,s,0,0,0"), (1, "gh_1,u,t,1,0,1")] {
        let quota = Quota::new(QuotaSettings::default(), Sends::default());
        let grants = fold(std::slice::from_ref(&log), 1, 300, quota)
            .finish()
            .expect("grants");
        let mut csv = Vec::new();
        let shown = (&TextOptions::default(), &TimeZone::UTC);
        grants
            .write(Form::Csv, Some(left), shown, &mut csv)
            .expect("memory");
        let csv = String::from_utf8(csv).expect("text");
        assert!(csv.lines().count() == 2 && csv.contains(row), "{csv}");
    }
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation: cargo test --profile thorough"
)]
fn what_exceeds_memory_is_an_error() {
    let log: String = (0..20_000)
        .map(|user| popup(NOON, "accept").replace("\"u\"", &format!("\"user {user}\"")))
        .collect();
    for keep_repeats in [false, true] {
        let small = QuotaSettings {
            max_memory: 1 << 20,
            keep_repeats,
            ..QuotaSettings::default()
        };
        let limit = 1 << 20;
        assert_eq!(
            ask(std::slice::from_ref(&log), Sends::default(), small, 2),
            Err(Failure::Memory { limit })
        );
    }
}

#[test]
fn a_table_for_people_has_pages() {
    let log: String = (0..10_001)
        .map(|user| popup(NOON, "accept").replace("\"u\"", &format!("\"user {user}\"")))
        .collect();
    let quota = Quota::new(QuotaSettings::default(), Sends::default());
    let grants = fold(&[log], 2, 1 << 16, quota).finish().expect("grants");
    let mut table = Vec::new();
    let shown = (&TextOptions::default(), &TimeZone::UTC);
    grants
        .write(Form::Table, None, shown, &mut table)
        .expect("memory");
    let table = String::from_utf8(table).expect("text");
    assert_eq!(table.matches("last change").count(), 2);
    assert_eq!(table.matches("≥ 1").count(), 10_001);
}

/// `PROPTEST_CASES` asks for another number of captures.
#[test]
fn drawn_captures_have_the_grants_that_the_model_says() {
    let Some(mut model) = Model::start("quota_model.py") else {
        return;
    };
    for seed in 0..draws() {
        let mut rng = Rng::new(seed);
        let drawn = Drawn::new(&mut rng);
        let long_term: Vec<String> = rng.one_in(3).then(|| "x".to_owned()).into_iter().collect();
        let refused_is_zero = rng.one_in(2);
        let expected = model.ask(&json!({
            "ask": "quota", "files": drawn.files, "sends": drawn.sends, "keep_repeats": drawn.keep_repeats,
            "long_term": long_term, "refused_is_zero": refused_is_zero,
        }));
        for threads in [1, 2] {
            let (files, sends) = drawn.rotated(&mut rng);
            let settings = QuotaSettings {
                long_term: long_term.clone(),
                refused_is_zero,
                keep_repeats: drawn.keep_repeats,
                ..QuotaSettings::default()
            };
            assert_eq!(
                ask(&files, sends, settings, threads),
                Ok(expected.clone()),
                "seed {seed}"
            );
        }
    }
}
