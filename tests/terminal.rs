//! The prompt on a real terminal: keys go in, and the screen is read, as a person would.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};

/// How long a test waits for what must come, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(120);

const TAB: &str = "\t";
const ENTER: &str = "\r";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const UP: &str = "\x1b[A";

fn size(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

/// A terminal in which `onus` runs.
struct Terminal {
    pty: Arc<Pty>,
    child: std::process::Child,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
}

impl Terminal {
    fn start(directory: &Path, words: &[&str]) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(50, 120)).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_onus"))
            .args(words)
            .current_dir(directory)
            .env_clear()
            .env("HOME", directory)
            .env("LANG", "C.UTF-8")
            .env("TERM", "xterm-256color")
            .spawn(pts)
            .unwrap();
        let pty = Arc::new(pty);
        let (sender, output) = channel();
        let reader = Arc::clone(&pty);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Where the program has gone, so has the other end.
            while let Ok(length @ 1..) = (&*reader).read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        let mut terminal = Self { pty, child, output, screen: vt100::Parser::new(size(50), size(120), 0) };
        terminal.prompt();
        terminal
    }

    fn keys(&mut self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).unwrap();
    }

    /// What the screen shows, without the blanks that fill it.
    fn shown(&self) -> String {
        self.screen.screen().contents().trim_end().to_owned()
    }

    /// Waits until the screen shows a text.
    fn until(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.shown().contains(text) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(_) => panic!("the screen never showed `{text}`:\n{}", self.shown()),
            }
        }
    }

    /// Types a line, and waits for what comes of it and for the next prompt.
    fn line(&mut self, line: &str, expected: &str) {
        self.keys("\x0c");
        self.keys(line);
        self.keys(ENTER);
        self.until(expected);
        self.prompt();
    }

    /// Waits until the last line is a prompt again.
    fn prompt(&mut self) {
        let end = Instant::now() + PATIENCE;
        while self.shown().lines().last().map(str::trim_end) != Some("onus>") {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(_) => panic!("there is no prompt:\n{}", self.shown()),
            }
        }
    }

    fn ends(mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }
}

const RULES: &str = r#".type City <: symbol
/// A road leads from one city to another.
.decl road(start: City, end: City)
road("bern", "basel").
road("basel", "chur").
.decl reach(start: City, end: City)
@[label = "by-road"]
reach(x, y) :- road(x, y).
@[label = "further"]
reach(x, z) :- reach(x, y), road(y, z).
"#;

#[test]
fn a_session_as_a_person_has_it() {
    let place = tempfile::tempdir().unwrap();
    let rules = place.path().join("rules/roads.dl");
    std::fs::create_dir_all(place.path().join("rules")).unwrap();
    std::fs::create_dir_all(place.path().join("facts")).unwrap();
    std::fs::write(&rules, RULES).unwrap();

    let mut terminal = Terminal::start(place.path(), &[]);
    // A relation, then a constant of its column; what is still missing is shown behind the cursor.
    terminal.keys("rea");
    terminal.keys(TAB);
    terminal.until("reach(start, end)");
    terminal.keys("\"ber");
    terminal.keys(TAB);
    terminal.until("reach(\"bern\"");
    terminal.keys(", to)?");
    terminal.keys(ENTER);
    terminal.until("2 rows");
    terminal.prompt();
    terminal.line(":why #2", "[further] rules/roads.dl:10");
    terminal.line("road(\"chur\", \"arosa\").", "road +1, reach +3");
    terminal.line("reach(\"bern\", to)?", "3 rows");
    terminal.line(":undo", "road -1, reach -3");
    terminal.line("reach(\"bern\", to)?", "2 rows");

    // A file that changes is read again; a broken one changes nothing.
    std::fs::write(&rules, format!("{RULES}road(\"chur\", \"davos\").\n")).unwrap();
    terminal.line("reach(\"bern\", \"davos\")?", "rules/roads.dl changed: road +1, reach +3");
    assert!(terminal.shown().contains("yes"), "{}", terminal.shown());
    std::fs::write(&rules, format!("{RULES}road(\"chur\".\n")).unwrap();
    terminal.line("reach(\"bern\", \"davos\")?", "everything stays as it was before");
    assert!(terminal.shown().contains("yes"), "{}", terminal.shown());
    std::fs::write(&rules, RULES).unwrap();
    terminal.line("reach(\"bern\", \"davos\")?", "rules/roads.dl changed: road -1, reach -3");

    // A rule without an end is stopped by the key, and the session is as it was.
    terminal.line(".decl n(x: number) n(0).", "n +1");
    terminal.keys("n(x + 1) :- n(x).");
    terminal.keys(ENTER);
    std::thread::sleep(Duration::from_millis(300));
    terminal.keys(CTRL_C);
    terminal.until("interrupted; nothing has changed");
    terminal.prompt();
    terminal.line("n(x)?", "1 row");

    terminal.keys(":quit");
    terminal.keys(ENTER);
    assert_eq!(terminal.ends(), 0);

    // What was typed is there the next day.
    let mut terminal = Terminal::start(place.path(), &[]);
    terminal.keys(UP);
    terminal.until("onus> :quit");
    terminal.keys(UP);
    terminal.until("onus> n(x)?");
    terminal.keys(ENTER);
    terminal.until("no relation is called `n`");
    terminal.prompt();
    terminal.keys(CTRL_D);
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn the_tutorial_goes_on_at_the_enter_key() {
    let place = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(place.path(), &["tutorial"]);
    terminal.until("1 of 10: Ask");
    terminal.prompt();
    terminal.keys(ENTER);
    terminal.until("2 of 10: Who says so");
    terminal.prompt();
    // Something else is carried out, and the step stays.
    terminal.line("2 + 2 = x?", "1 row");
    terminal.line(":why #1", "no relation stands behind this answer");
    terminal.keys(":quit");
    terminal.keys(ENTER);
    assert_eq!(terminal.ends(), 0);
}
