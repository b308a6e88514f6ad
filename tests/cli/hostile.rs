//! What no Markdown file can hold: bytes that are no text, files that are none, full disks, huge inputs, texts that move
//! the cursor. Each is told by its code, with exit 3, or 4 at a limit, and nothing is half-written.

use std::process::{Command, Stdio};

use insta::assert_snapshot;
use onus_judge::case::below;

use crate::support::Place;

fn bytes(place: &Place, name: &str, bytes: &[u8]) {
    let path = place.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// The files of a place, hidden ones too.
fn names(place: &Place) -> Vec<String> {
    let relative = |path: std::path::PathBuf| path.strip_prefix(place.path()).unwrap().to_string_lossy().into_owned();
    let mut found: Vec<String> = below(place.path()).into_iter().map(relative).collect();
    found.sort();
    found
}

#[test]
fn bytes_that_are_no_text_are_placed() {
    let place = Place::new();
    bytes(&place, "latin.dl", b".decl p(x: symbol)\np(\"caf\xe9\").\n");
    bytes(&place, "wide.dl", &".decl p(x: number)\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    bytes(&place, "marked.dl", &[&[0xff, 0xfe][..], b"p\0"].concat());
    bytes(&place, "nul.dl", b".decl p(x: symbol)\np(\"a\0b\").\n");
    bytes(&place, "including.dl", b".include \"latin.dl\"\n#include \"latin.dl\"\n");
    bytes(&place, "facts.dl", b".decl p(x: symbol)\n.input p\n.output p\n");
    bytes(&place, "p.facts", b"good\nb\xffd\n");
    bytes(&place, "said.toml", b"[[party]]\nid = \"\xff\"\n");
    for (words, codes) in [
        (&["run", "latin.dl"][..], &["E0107"][..]),
        (&["run", "wide.dl"], &["E0107"]),
        (&["run", "marked.dl"], &["E0107"]),
        (&["run", "nul.dl"], &["E0107"]),
        (&["run", "including.dl"], &["E0209", "E0209"]),
        (&["run", "facts.dl"], &["E0107"]),
        (&["query", "latin.dl"], &["E0107"]),
        (&["query", "--facts", "said.toml", "gap(x, y, z)"], &["E0107"]),
        (&["fmt", "latin.dl"], &["E0107"]),
    ] {
        let (out, err, code) = place.run(words, "");
        let told: Vec<&str> = err.lines().filter_map(|line| line.strip_prefix("error[")?.get(..5)).collect();
        assert_eq!((out.as_str(), told.as_slice(), code), ("", codes, 3), "{words:?}: {err}");
    }
    assert_snapshot!(place.onus(&["run", "latin.dl"]), @r#"
    --- stderr
    error[E0107]: the file is not UTF-8: byte 0xe9 at offset 25
    --> latin.dl:2
    --- exit 3
    "#);
    assert_snapshot!(place.onus(&["run", "marked.dl"]), @r#"
    --- stderr
    error[E0107]: the file is not UTF-8: byte 0xff at offset 0
    --> marked.dl:1
     = help: it looks like UTF-16; save it as UTF-8
    --- exit 3
    "#);
    assert_snapshot!(place.onus(&["run", "nul.dl"]), @r#"
    --- stderr
    error[E0107]: the text holds a NUL byte
     --> nul.dl:2:5
      |
    2 | p("a␀b").
      |     ^ U+0000
    --- exit 3
    "#);
    assert_snapshot!(place.onus(&["run", "facts.dl"]), @r#"
    --- stderr
    error[E0107]: byte 6 (0xff, on line 2) is not UTF-8
    --> ./p.facts:2
    --- exit 3
    "#);
}

#[test]
fn standard_input_that_is_no_text_is_told() {
    for words in [&["run", "-"][..], &["query", "-"], &["fmt", "-"], &["lint", "-"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_onus"))
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), b".decl p(x: symbol)\np(\"\xe9\").\n").unwrap();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(err.contains("error[E0107]: the file is not UTF-8: byte 0xe9 at offset 22"), "{words:?}: {err}");
        assert_eq!(output.status.code(), Some(3));
    }
}

#[test]
fn marks_of_order_and_other_line_ends_are_accepted() {
    let place = Place::new();
    bytes(&place, "a.dl", b"\xef\xbb\xbf.decl p(x: symbol)\r\n.input p\r\n/* c\r\n */ p(\"x\").\r\n.output p\r\n");
    bytes(&place, "p.facts", b"\xef\xbb\xbfone\r\ntwo");
    assert_eq!(place.run(&["run", "a.dl"], ""), (String::new(), String::new(), 0));
    assert_eq!(place.read("p.csv"), "one\ntwo\nx\n");
}

#[test]
fn files_that_are_none_or_never_end_are_told() {
    let place = Place::new();
    std::fs::create_dir_all(place.path().join("p.facts")).unwrap();
    place.file("a.dl", ".decl p(x: symbol)\n.input p\n.output p\n");
    let told = |words: &[&str], wanted: &str| {
        let (out, err, code) = place.run(words, "");
        assert!(err.contains(wanted), "{words:?}: {err}");
        assert_eq!((out.as_str(), code), ("", 3), "{err}");
    };
    told(&["run", "a.dl"], "error[E0601]: cannot read the facts of `p`: it is a directory");
    told(&["run", "p.facts"], "error[E0601]: cannot read `p.facts`: it is a directory");
    told(
        &["query", "p(x)", "--facts", "nowhere.csv"],
        "error[E0601]: cannot read `nowhere.csv`: there is no such file",
    );
    if cfg!(target_os = "linux") {
        place.file("b.dl", ".decl p(x: symbol)\n.input p(filename=\"/dev/zero\")\n.output p\n");
        told(
            &["run", "b.dl", "--max-memory", "1M"],
            "error[E0610]: cannot read the facts of `p`: `/dev/zero` leads out",
        );
        let allowed = &["run", "b.dl", "--max-memory", "1M", "--allow-path", "/dev"];
        told(allowed, "error[E0601]: cannot read the facts of `p`: it holds more than 1048576 bytes");
    }
    // Files with nothing in them, that are said to be a terabyte long.
    for name in ["huge.dl", "q.facts"] {
        std::fs::File::create(place.path().join(name)).unwrap().set_len(1 << 40).unwrap();
    }
    told(&["run", "huge.dl"], "error[E0601]: cannot read `huge.dl`: it holds more than 1073741824 bytes");
    place.file("c.dl", ".decl q(x: symbol)\n.input q\n.output q\n");
    told(&["run", "c.dl"], "error[E0601]: cannot read the facts of `q`: it holds more than 17179869184 bytes");
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_are_not_followed() {
    let (place, away) = (Place::new(), Place::new());
    away.file("p.facts", "secret\n").file("rules.dl", ".decl q(x: symbol)\n");
    let link =
        |from: &str, to: &str| std::os::unix::fs::symlink(away.path().join(from), place.path().join(to)).unwrap();
    link("p.facts", "p.facts");
    link("rules.dl", "rules.dl");
    link("new.csv", "out.csv");
    place.file("a.dl", ".include \"rules.dl\"\n");
    place.file("b.dl", ".decl p(x: symbol)\n.input p\n.output p(filename=\"b.csv\")\n");
    place.file("c.dl", ".decl p(x: symbol)\np(\"a\").\n.output p(filename=\"out.csv\")\n");
    for (name, code) in [("a.dl", "E0209"), ("b.dl", "E0610"), ("c.dl", "E0610")] {
        let (out, err, exit) = place.run(&["run", name], "");
        assert!(err.starts_with(&format!("error[{code}]: ")) && err.contains("--allow-path"), "{name}: {err}");
        assert_eq!((out.as_str(), exit), ("", 3));
        let away = away.path().to_str().unwrap();
        assert_eq!(place.run(&["run", name, "-w", "--allow-path", away], "").2, 0, "{name}");
    }
    assert_eq!(place.read("b.csv"), "secret\n");
    // The link that led nowhere still is one, and the file was made where it leads.
    assert_eq!(away.read("new.csv"), "a\n");
}

/// Runs `onus` where no file may grow beyond a few kilobytes, as on a disk that is full.
#[cfg(unix)]
fn on_a_full_disk(place: &Place, words: &[&str]) -> (String, i32) {
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_onus")])
        .args(words)
        .current_dir(place.path())
        .env_clear()
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (String::from_utf8(output.stderr).unwrap(), output.status.code().unwrap())
}

#[cfg(unix)]
#[test]
fn on_a_full_disk_nothing_is_half_written() {
    let place = Place::new();
    let rows: String = (0..2_000).map(|number| format!("{}\tabc{number}\n", number * 7919 % 100_003)).collect();
    let forms = ["IO=file", "rfc4180=true", "IO=jsonfile", "compress=true", "IO=sqlite"];
    place.file("p.facts", &rows);
    for (at, form) in forms.iter().enumerate() {
        let text = format!(
            ".decl p(x: number, y: symbol)\n.input p\n.decl few(x: number)\nfew(1).\n\
             .output few(filename=\"few\")\n.output p({form}, filename=\"all\")\n.output few(IO=stdout)\n"
        );
        place.file(&format!("{at}.dl"), &text);
    }
    place.file("all", "as it was\n");
    let before = names(&place);
    for (at, form) in forms.iter().enumerate() {
        if *form == "IO=sqlite" {
            std::fs::remove_file(place.path().join("all")).unwrap();
        }
        let (err, code) = on_a_full_disk(&place, &["run", &format!("{at}.dl")]);
        assert!(
            err.starts_with("error[E0608]: cannot write `./all`: ") && err.contains("no output was written"),
            "{err}"
        );
        assert_eq!(code, 3);
        if *form == "IO=sqlite" {
            place.file("all", "as it was\n");
        }
        assert_eq!((names(&place), place.read("all").as_str()), (before.clone(), "as it was\n"), "{form}");
    }
    let (err, code) = on_a_full_disk(&place, &["matrix", "-o", "matrix.html"]);
    assert!(err.starts_with("error[E0608]: cannot write `matrix.html`: ") && code == 3, "{err}");
    let (err, code) = on_a_full_disk(&place, &["new", "ours"]);
    assert!(err.starts_with("error[E0608]: ") && code == 3, "{err}");
    assert!(names(&place).iter().all(|name| !name.contains(".onus-") && name != "matrix.html"), "{:?}", names(&place));
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_that_is_full_is_told() {
    let place = Place::new();
    place.file("a.dl", ".decl p(x: number)\np(1).\n.output p(IO=stdout)\n");
    for words in
        [&["run", "a.dl"][..], &["query", "gap(x, y, z)"], &["man"], &["matrix", "--format", "html", "-o", "/dev/full"]]
    {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_onus"))
            .args(words)
            .current_dir(place.path())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(full)
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(err.starts_with("error[E0608]: cannot write "), "{words:?}: {err}");
        assert_eq!(output.status.code(), Some(3));
    }
    assert_eq!(names(&place), ["a.dl"]);
}

#[test]
fn deep_wide_and_long_programs_are_read_or_told() {
    let place = Place::new();
    let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    place.file("deep.dl", &format!(".decl p(x: number)\np(x) :- x = {}.\n.output p\n", nested(10_000)));
    let (out, err, code) = place.run(&["run", "deep.dl"], "");
    assert!(err.contains("error[E0106]: ") && err.contains("--> deep.dl:2:"), "{err}");
    assert_eq!((out.as_str(), code, names(&place)), ("", 3, vec!["deep.dl".to_owned()]));

    // A rule with a thousand atoms, and a thousand rules that lean on each other.
    let chain: Vec<String> = (0..1_000).map(|at| format!("e(x{at}, x{})", at + 1)).collect();
    let mut text = format!(
        ".decl e(x: number, y: number)\ne(1, 1). e(1, 2).\n.decl far(x: number)\nfar(x0) :- {}.\n",
        chain.join(", ")
    );
    text.push_str(".decl r0(x: number)\nr0(x) :- far(x).\n");
    for at in 1..1_000 {
        text.push_str(&format!(".decl r{at}(x: number)\nr{at}(x) :- r{}(x).\n", at - 1));
    }
    place.file("wide.dl", &format!("{text}.printsize far, r999\n"));
    assert_eq!(place.run(&["run", "wide.dl", "-w"], ""), ("far\t1\nr999\t1\n".to_owned(), String::new(), 0));

    // Facts by the hundred thousand in one program, and a line of a megabyte.
    let facts: String = (0..100_000).map(|number| format!("p({number}).\n")).collect();
    place.file("long.dl", &format!(".decl p(x: number)\n{facts}.printsize p\n"));
    assert_eq!(place.run(&["run", "long.dl"], "").0, "p\t100000\n");
    place.file("s.facts", &"x".repeat(1 << 20));
    place.file("line.dl", ".decl s(x: symbol, y: symbol)\n.input s\n.printsize s\n");
    let (_, err, code) = place.run(&["run", "line.dl"], "");
    assert!(err.starts_with("error[E0602]: ") && err.len() < 1_000 && code == 3, "{} bytes", err.len());
}

/// Texts that would move the cursor, colour the terminal, turn the direction of reading or hide.
const TRICKS: [&str; 5] =
    ["\u{1b}[31mred\u{1b}[0m", "over\rwritten", "\u{202e}turned", "hid\u{200b}den", "bell\u{7}\u{9b}2J"];

fn harmless(text: &str) -> bool {
    text.chars().all(|one| {
        one == '\n'
            || !one.is_control() && !matches!(one, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}')
    })
}

#[test]
fn what_facts_hold_does_nothing_to_a_terminal() {
    let place = Place::new();
    let rows: String = TRICKS.iter().map(|text| format!("\"{}\"\n", text.replace('"', "\"\""))).collect();
    place.file("p.csv", &format!("x\n{rows}")).file("a.dl", ".decl p(x: symbol)\n.decl q(x: symbol)\nq(x) :- p(x).\n");
    place.file("n.csv", &format!("x\n{rows}")).file("bad.dl", ".decl n(x: number)\n?- n(x).\n");
    let given = ["--rules", "a.dl", "--facts", "p.csv"];
    let query = |more: &[&str]| place.run(&[&["query", "q(x)"][..], &given, more].concat(), "");
    // Clauses and CSV are written to be read back, and the language knows no escapes for these.
    for form in ["table", "json", "ndjson", "markdown"] {
        let (out, err, code) = query(&["--format", form]);
        assert!(harmless(&out) && harmless(&err) && code == 0 && out.lines().count() >= 5, "{form}: {out}");
    }
    for text in TRICKS {
        let goal = format!("q(\"{text}\")");
        for command in ["why", "why-not", "critical", "witnesses"] {
            let (out, err, _) = place.run(&[&[command, goal.as_str()][..], &given].concat(), "");
            assert!(harmless(&out) && harmless(&err), "{command} {goal:?}: {out}{err}");
        }
    }
    let (out, err, code) = place.run(&["query", "n(x)", "--rules", "bad.dl", "--facts", "n.csv"], "");
    assert!(harmless(&out) && harmless(&err) && code == 3 && err.matches("error[E0603]").count() == 5, "{err}");
    // A name that nobody knows, in a goal, a command and a path.
    for text in TRICKS {
        for words in [&["query", text][..], &["run", text], &["query", "gap(x, y, z)", "--scenario", text]] {
            let (out, err, code) = place.run(words, "");
            assert!(harmless(&out) && harmless(&err) && code != 0, "{words:?}: {out}{err}");
        }
    }
}
