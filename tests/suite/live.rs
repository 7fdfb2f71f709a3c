//! The program on live and compressed input: it shows what arrives at once, and Ctrl-C ends it in good order.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than any step takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

const CALLBACK: &str = "<xml><ToUserName>gh_5a2c71d0e9b4</ToUserName>\
    <FromUserName>o0LloXjEDNrbUldTysPkh4uS-Haw</FromUserName><CreateTime>1763812861</CreateTime>\
    <MsgType>event</MsgType><Event>subscribe_msg_change_event</Event><SubscribeMsgChangeEvent><List>\
    <TemplateId>KB8hJiBh-3sQXKxixVOz_2z0vOhWBBRQs9c7_9XOOMN</TemplateId>\
    <SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent></xml>";

fn wxsub(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wxsub"));
    command
        .args(args)
        .env("WXSUB_LANG", "en")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A running program. Its standard output arrives piece by piece.
struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    output: Receiver<Vec<u8>>,
}

impl Running {
    fn start(args: &[&str]) -> Self {
        Self::of(wxsub(args).spawn().expect("the program starts"))
    }

    fn of(mut child: Child) -> Self {
        let mut stdout = child.stdout.take().expect("a pipe");
        let (to, output) = channel();
        thread::spawn(move || {
            let mut block = [0; 4096];
            while let Ok(len @ 1..) = stdout.read(&mut block) {
                _ = to.send(block[..len].to_vec());
            }
        });
        let stdin = child.stdin.take();
        Running {
            child,
            stdin,
            output,
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("not closed yet");
        stdin
            .write_all(bytes)
            .and_then(|()| stdin.flush())
            .expect("the program reads");
    }

    /// Waits until the output holds `text`.
    fn expect(&self, text: &str) {
        let mut seen = Vec::new();
        while !String::from_utf8_lossy(&seen).contains(text) {
            let block = self.output.recv_timeout(PATIENCE);
            seen.extend(block.unwrap_or_else(|_| {
                panic!(
                    "waited for `{text}`, got {:?}",
                    String::from_utf8_lossy(&seen)
                )
            }));
        }
    }

    fn interrupt(&self) {
        self.signal("INT");
    }

    fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .expect("a shell")
                .success()
        );
    }

    /// Waits for the end, with standard input open. Returns the exit status and standard error.
    fn end(mut self) -> (Option<i32>, String) {
        let mut stderr = self.child.stderr.take().expect("a pipe");
        let said = thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).map(|_| text)
        });
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "the program does not end");
            thread::sleep(Duration::from_millis(5));
        };
        (status.code(), said.join().expect("a thread").expect("text"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn run(args: &[&str], input: &[u8]) -> Output {
    let mut child = wxsub(args).spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // A program that failed does not read its input to the end.
    thread::spawn(move || _ = stdin.write_all(&input));
    child.wait_with_output().expect("it ends")
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text)
        .and_then(|()| gzip.finish())
        .expect("memory")
}

#[test]
fn a_callback_is_shown_before_its_line_ends() {
    for format in ["pretty", "table"] {
        let mut live = Running::start(&["parse", "--format", format]);
        live.write(format!("2025-11-22 20:01:01 INFO body={CALLBACK}").as_bytes());
        live.expect("o0LloXjEDNrbUldTysPkh4uS-Haw");
        live.write(b"\n");
        let next = CALLBACK.replace(
            "o0LloXjEDNrbUldTysPkh4uS-Haw",
            "oJfCqwk4Usmld18eqDsp_0SYqBdK",
        );
        for byte in next.bytes() {
            live.write(&[byte]);
        }
        live.expect("oJfCqwk4Usmld18eqDsp_0SYqBdK");
        live.stdin = None;
        let (status, said) = live.end();
        assert_eq!(
            (status, said.lines().next()),
            (
                Some(0),
                Some("1 file: 2 callbacks (2 change), 27 bytes of noise")
            )
        );
    }
}

#[test]
fn what_arrives_apart_is_written_like_what_arrives_together() {
    let parts = [
        format!("{CALLBACK}\n"),
        format!("<xml><ToUserName>gh_5a2c71d0e9b4</xml>\n{CALLBACK}\n"),
    ];
    let together = run(&["parse"], parts.concat().as_bytes());
    let mut live = Running::start(&["parse"]);
    let mut seen = Vec::new();
    for part in parts {
        live.write(part.as_bytes());
        let shown = live.output.recv_timeout(PATIENCE).expect("a callback");
        seen.extend(shown);
    }
    live.stdin = None;
    seen.extend(live.output.iter().flatten());
    assert_eq!(
        String::from_utf8_lossy(&seen),
        String::from_utf8_lossy(&together.stdout)
    );
    assert_eq!(live.end().0, together.status.code());
}

#[test]
fn compressed_input_is_live_too() {
    let mut live = Running::start(&["convert"]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(CALLBACK.as_bytes())
        .and_then(|()| gzip.flush())
        .expect("memory");
    live.write(gzip.get_ref());
    live.expect("subscribe_msg_change_event");
}

#[test]
fn ctrl_c_ends_with_the_summary_though_the_read_is_blocked() {
    let mut live = Running::start(&["parse"]);
    live.write(
        format!("noise {CALLBACK} <xml><ToUserName>gh_5a2c71d0e9b4</ToUserName>").as_bytes(),
    );
    live.expect("change");
    live.interrupt();
    let (status, said) = live.end();
    assert_eq!(status, Some(130));
    assert_eq!(
        said,
        "wxsub: interrupted\n1 file: 1 callback (1 change), 5 bytes of noise\n"
    );
}

#[test]
fn ctrl_c_is_obeyed_by_every_command_and_waits_for_nothing_to_read() {
    for args in [&["parse"][..], &["convert", "--to", "json"], &["check"]] {
        let mut live = Running::start(args);
        // The program has begun to read: it can now be interrupted.
        live.write(&vec![b'\n'; 200_000]);
        live.interrupt();
        let (status, said) = live.end();
        assert_eq!(
            (status, said.lines().next()),
            (Some(130), Some("wxsub: interrupted")),
            "{args:?}"
        );
        assert!(said.lines().all(|line| !line.contains("error")), "{said}");
    }
}

#[test]
fn ctrl_c_is_quick_while_input_pours_in() {
    let mut live = Running::start(&["convert", "-o", "/dev/null", "--summary", "json"]);
    let block = format!("some noise\n{CALLBACK}\n").repeat(1000);
    live.write(block.as_bytes());
    let mut stdin = live.stdin.take().expect("a pipe");
    let pouring = thread::spawn(move || while stdin.write_all(block.as_bytes()).is_ok() {});
    thread::sleep(Duration::from_millis(300));
    let pressed = Instant::now();
    live.interrupt();
    let (status, said) = live.end();
    assert!(
        pressed.elapsed() < Duration::from_secs(20),
        "{:?}",
        pressed.elapsed()
    );
    assert_eq!(status, Some(130));
    assert!(
        said.starts_with("{\"files\":1,\"bytes\":") && said.ends_with("}\n"),
        "{said}"
    );
    pouring.join().expect("the pipe is closed");
}

#[test]
fn an_interrupted_run_leaves_the_old_file_and_nothing_else() {
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        if is_ignored(number) {
            println!("this test was started to ignore SIG{signal}, and so is what it starts");
            continue;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("out.jsonl");
        fs::write(&file, "old").expect("a file");
        let mut live = Running::start(&["convert", "-o", file.to_str().expect("a name")]);
        live.write(format!("{CALLBACK}\n").repeat(10_000).as_bytes());
        live.signal(signal);
        let (status, said) = live.end();
        assert_eq!(status, Some(128 + number));
        assert!(
            said.starts_with(
                "wxsub: interrupted\nwxsub: the output file was not touched\n1 file: "
            ),
            "{said}"
        );
        assert_eq!(names(folder.path()), ["out.jsonl"]);
        assert_eq!(fs::read_to_string(&file).expect("a file"), "old");
    }
}

/// Returns true if `nohup` or the like made this process ignore the signal. SIGINT and SIGTERM are watched even then.
fn is_ignored(number: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    number == 1 && mask.is_some_and(|mask| mask & 1 != 0)
}

#[test]
fn a_run_that_was_started_to_ignore_the_end_of_its_terminal_goes_on() {
    let program = env!("CARGO_BIN_EXE_wxsub");
    let script = format!("trap '' HUP; exec '{program}' convert -q");
    let child = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut live = Running::of(child.expect("a shell"));
    live.write(format!("{CALLBACK}\n").repeat(1000).as_bytes());
    live.expect("change");
    live.signal("HUP");
    live.write(CALLBACK.replace("change", "sent").as_bytes());
    live.stdin = None;
    live.expect("sent");
    assert_eq!(live.end().0, Some(0));
}

#[test]
fn output_that_ends_early_ends_with_a_whole_line() {
    let mut live = Running::start(&["convert"]);
    live.write(format!("{CALLBACK}\n").repeat(10_000).as_bytes());
    live.signal("TERM");
    let seen: Vec<u8> = live.output.iter().flatten().collect();
    assert_eq!(live.end().0, Some(143));
    assert!(seen.is_empty() || seen.ends_with(b"}\n"));
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    names.sort();
    names
}

#[test]
fn compressed_files_are_read_wherever_they_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = format!("2025-11-22 20:01:01\nbody={CALLBACK}\n");
    let bytes = gzip(log.as_bytes());
    // The compression does not depend on the name.
    for name in ["a.gz", "b.log", "c.xml"] {
        fs::write(folder.path().join(name), &bytes).expect("a file");
    }
    fs::write(folder.path().join("d.gz"), &log).expect("a file");
    fs::write(folder.path().join("e.gz"), "").expect("a file");
    let path = folder.path().to_str().expect("a name");
    let file = format!("{path}/b.log");
    let output = run(&["convert", "--with-source", path, "-", &file], &bytes);
    let records = String::from_utf8(output.stdout).expect("text");
    assert_eq!(records.lines().count(), 6);
    for record in records.lines() {
        assert!(
            record.contains(r#","line":2,"offset":25,"format":"xml"}"#),
            "{record}"
        );
    }
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(
        (output.status.code(), &said[..]),
        (
            Some(0),
            "7 files: 6 callbacks (6 change), 138 bytes of noise\n"
        )
    );
}

#[test]
fn damaged_files_show_what_is_in_front_and_fail_the_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| {
        folder
            .path()
            .join(name)
            .to_str()
            .expect("a name")
            .to_owned()
    };
    let log = format!("{CALLBACK}\n").repeat(3);
    let bytes = gzip(log.as_bytes());
    fs::write(path("cut.gz"), &bytes[..bytes.len() - 4]).expect("a file");
    fs::write(path("good.gz"), &bytes).expect("a file");
    fs::write(path("out"), "old").expect("a file");
    let (cut, good, out) = (path("cut.gz"), path("good.gz"), path("out"));

    let output = run(&["convert", &cut, &good], b"");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(output.stdout)
            .expect("text")
            .lines()
            .count(),
        6
    );
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(
        said,
        format!(
            "wxsub: error: cannot read `{cut}`: the gzip data is cut off\n2 files: 6 callbacks (6 change)\n"
        )
    );

    let output = run(&["convert", "-o", &out, &cut], b"");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        fs::read_to_string(&out).expect("a file"),
        "old",
        "a failed run leaves the old file whole"
    );
    assert_eq!(names(folder.path()), ["cut.gz", "good.gz", "out"]);
}

#[test]
fn a_pipe_sees_no_progress() {
    let mut live = Running::start(&["convert", "-o", "/dev/null"]);
    live.write(format!("{CALLBACK}\n").as_bytes());
    // Longer than the time until a bar appears.
    thread::sleep(Duration::from_millis(1500));
    live.stdin = None;
    assert_eq!(
        live.end(),
        (Some(0), "1 file: 1 callback (1 change)\n".to_owned())
    );
}

#[test]
fn reports_tell_that_a_run_was_interrupted() {
    let said = "interrupted: the rest was not read";
    for (format, told) in [
        ("sarif", "\"executionSuccessful\":false"),
        ("junit", "type=\"unreadable\""),
        ("github", "::error title=wxsub::"),
    ] {
        let mut live = Running::start(&["check", "--no-config", "--format", format]);
        live.write(&vec![b'\n'; 200_000]);
        live.signal("TERM");
        let report: Vec<u8> = live.output.iter().flatten().collect();
        let report = String::from_utf8(report).expect("text");
        assert!(report.contains(said) && report.contains(told), "{report}");
        assert_eq!(live.end().0, Some(143));
    }
}
