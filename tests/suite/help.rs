//! The help of the program: `-h` fits on a screen, `--help` has all that `-h` has, and both say what is true.

use std::collections::BTreeSet;

use crate::support::program::{chinese, commands, wxsub};

/// Returns the long flags that begin lines of `help`.
fn flags(help: &str) -> BTreeSet<&str> {
    let words = help.lines().filter_map(|line| {
        let line = line.trim_start();
        let line = match line.split_once(", ") {
            Some((short, long)) if short.len() == 2 => long,
            _ => line,
        };
        line.starts_with("--").then(|| line.split(' ').next())
    });
    words.flatten().collect()
}

#[test]
fn the_short_help_of_every_command_fits_on_a_screen() {
    let commands = commands();
    assert!(commands.len() > 12, "{commands:?}");
    for command in &commands {
        let help = wxsub(&[command, "-h"]);
        let most = if command == "parse" { 24 } else { 39 };
        let lines = help.lines().count();
        assert!(lines <= most, "{command}: {lines} lines\n{help}");
    }
    let lines = wxsub(&["-h"]).lines().count();
    assert!(lines < 40, "{lines} lines");
}

/// An example that is broken into two lines cannot be copied.
#[test]
fn no_example_is_broken() {
    for command in commands() {
        for flag in ["-h", "--help"] {
            let help = wxsub(&[&command, flag]);
            let examples = help.lines().skip_while(|line| *line != "Examples:");
            for line in examples.skip(1).take_while(|line| !line.is_empty()) {
                assert!(line.starts_with("  "), "{command} {flag}: {line}");
                assert!(line.contains("wxsub"), "{command} {flag}: {line}");
            }
        }
    }
}

#[test]
fn the_long_help_has_all_flags_of_the_short_one() {
    for command in commands() {
        let [short, long] = ["-h", "--help"].map(|flag| wxsub(&[&command, flag]));
        let (short, long) = (flags(&short), flags(&long));
        assert!(short.contains("--help"), "{command}: {short:?}");
        assert!(short.is_subset(&long), "{command}: {short:?} {long:?}");
    }
}

/// Every flag of a command that reads captures stands under a heading that says what it is for.
#[test]
fn the_long_help_is_in_groups() {
    let help = wxsub(&["parse", "--help"]);
    let headings: Vec<&str> = help
        .lines()
        .filter(|line| line.ends_with(':') && !line.starts_with(' '))
        .collect();
    let expected = [
        "Arguments:",
        "Options:",
        "Choosing callbacks:",
        "Input:",
        "Output:",
        "Encrypted payloads:",
        "Pseudonyms:",
        "Limits of one payload:",
        "Limits of compressed input:",
        "Examples:",
    ];
    assert_eq!(headings, expected);
}

#[test]
fn the_language_is_given_before_the_command_or_after_it() {
    let popup = "examples/payloads/popup.xml";
    for rest in [&["explain", "reject"], &["parse", popup], &["stats", popup]] {
        let english = wxsub(rest);
        let before = wxsub(&[&["--lang", "zh"], &rest[..]].concat());
        let after = wxsub(&[&rest[..], &["--lang=zh"]].concat());
        assert_eq!(before, after, "{rest:?}");
        assert_ne!(before, english, "{rest:?}");
    }
    assert_eq!(
        wxsub(&["--lang", "zh", popup]),
        wxsub(&["parse", "--lang", "zh", popup])
    );
}

/// A list with commas means what the repeated flag means. An id may begin with a hyphen, also in a list.
#[test]
fn lists_are_flags_again_and_again() {
    let log = "examples/logs/day.log";
    let (one, other) = (
        "-ZQBw3nT0c5uYl7sKp_8dVhRjEaM41oGfNxI9tCbPq2",
        "Xk8sgnrD5x3zZZGoDENKVDAJGXB3nJQWXH2_deFGVQ1",
    );
    let users = "o0LloXjEDNrbUldTysPkh4uS-Haw,oJfCqwk4Usmld18eqDsp_0SYqBdK";
    let accounts = "gh_5a2c71d0e9b4,gh_71f03c9d2e6a";
    let lists = [
        ("--event", "popup,sent"),
        ("--status", "accept,reject"),
        ("--template", &format!("{one},{other}")),
        ("--template", &format!("{other},{one}")),
        ("--user", users),
        ("--account", accounts),
    ];
    for (flag, list) in lists {
        let run = |flags: &[&str]| wxsub(&[&["convert", "-q", "--exit-zero", log], flags].concat());
        let values = list.split(',').map(|value| format!("{flag}={value}"));
        let values: Vec<String> = values.collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let together = run(&[flag, list]);
        assert_eq!(together, run(&values), "{flag} {list}");
        assert!(together.len() > run(&values[..1]).len(), "{flag} {list}");
    }
}

#[test]
fn the_help_in_chinese_has_the_same_flags_and_no_english() {
    for command in commands() {
        for form in ["-h", "--help"] {
            let (english, chinese) = (wxsub(&[&command, form]), chinese(&[&command, form]));
            assert_eq!(flags(&english), flags(&chinese), "{command} {form}");
            for word in [
                "Usage",
                "Options",
                "Arguments",
                "default",
                "possible",
                "the ",
            ] {
                assert!(
                    !chinese.contains(word),
                    "{command} {form}: {word}\n{chinese}"
                );
            }
            let most = if form == "-h" { 39 } else { usize::MAX };
            assert!(chinese.lines().count() <= most, "{command} {form}");
        }
    }
    assert!(chinese(&["parse", "-h"]).lines().count() <= 24);
}

#[test]
fn lines_of_chinese_help_fit_the_terminal() {
    for command in commands() {
        for form in ["-h", "--help"] {
            for line in chinese(&[&command, form]).lines() {
                let wide = line.chars().filter(|c| !c.is_ascii()).count();
                let columns = line.chars().count() + wide;
                assert!(columns <= 82, "{command} {form}: {columns} {line}");
            }
        }
    }
}

#[test]
fn the_help_in_chinese_is_found_in_every_way() {
    let expected = chinese(&["stats", "--help"]);
    assert!(expected.starts_with("统计回调"), "{expected}");
    for args in [
        &["--lang", "zh", "stats", "--help"][..],
        &["stats", "--lang=zh", "--help"],
        &["--lang", "zh", "help", "stats"],
        &["stats", "--help", "--lang", "zh"],
    ] {
        assert_eq!(wxsub(args), expected, "{args:?}");
    }
    assert!(chinese(&["--help"]).starts_with("解析微信订阅消息"));
    assert!(chinese(&["help"]).starts_with("解析微信订阅消息"));
    assert_eq!(
        chinese(&["stats", "--help", "--lang", "en"]),
        wxsub(&["stats", "--help"])
    );
}

/// The scripts that complete command lines say in Chinese what commands and flags are for.
#[test]
fn completions_are_in_chinese() {
    for shell in ["zsh", "fish", "powershell", "elvish"] {
        let (english, script) = (
            wxsub(&["completions", shell]),
            chinese(&["completions", shell]),
        );
        assert!(script.contains("统计回调"), "{shell}");
        assert!(script.contains("不显示总结和进度"), "{shell}");
        assert!(!script.contains("Write to FILE"), "{shell}");
        assert_eq!(english.lines().count(), script.lines().count(), "{shell}");
    }
    assert_eq!(
        wxsub(&["completions", "bash"]),
        chinese(&["completions", "bash"])
    );
}
