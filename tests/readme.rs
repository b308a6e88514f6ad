//! The README shows what onus really prints: each `console` block whose command is `cargo run` is run and compared.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::process::Command;

/// The words of a shell line with single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().unwrap().push(other),
        }
    }
    words
}

#[test]
fn the_readme_shows_what_is_printed() {
    let root = env!("CARGO_MANIFEST_DIR");
    let path = format!("{root}/README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let mut written = String::new();
    let mut rest = readme.as_str();
    let mut run = 0;
    while let Some((before, after)) = rest.split_once("```console\n$ ") {
        let (block, after) = after.split_once("```").unwrap();
        let command = block.lines().next().unwrap();
        written += before;
        written += "```console\n$ ";
        match command.strip_prefix("cargo run -q -- ") {
            Some(arguments) => {
                run += 1;
                let output = Command::new(env!("CARGO_BIN_EXE_onus"))
                    .args(words(arguments))
                    .current_dir(root)
                    .env_clear()
                    .env("LANG", "C.UTF-8")
                    .output()
                    .unwrap();
                assert!(output.status.success(), "{command}");
                written += command;
                written += "\n";
                written += &String::from_utf8(output.stdout).unwrap();
            }
            None => written += block,
        }
        written += "```";
        rest = after;
    }
    written += rest;
    assert_eq!(run, 2);
    if std::env::var("CASES").is_ok_and(|value| value == "update") {
        std::fs::write(path, &written).unwrap();
    } else {
        assert_eq!(readme, written);
    }
}
