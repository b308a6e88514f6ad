//! What teaches: the tutorial, the manual pages, the examples of `--help`.

use crate::support::Place;

#[test]
fn the_tutorial_has_ten_steps_that_work() {
    let (out, err, code) = Place::new().run(&["tutorial"], "");
    assert_eq!((err.as_str(), code), ("", 0), "{out}");
    for step in 1..=10 {
        assert!(out.contains(&format!("{step} of 10: ")), "{out}");
    }
    assert_eq!(out.matches("\nonus> ").count(), 10, "{out}");
    // The first answer, the source of its proof, a gap, and the change that is undone.
    assert!(out.contains("\"aws\"  \"acme_astro\""), "{out}");
    assert!(out.contains("D4 Cloud Provider Security Responsibilities, l. 39"), "{out}");
    assert!(out.contains("\"backup\"        \"limbo\""), "{out}");
    assert!(out.contains("chosen -1") && out.contains("chosen +1"), "{out}");
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let place = Place::new();
    let (page, _, code) = place.run(&["man"], "");
    assert_eq!(code, 0);
    assert!(page.contains(".TH onus 1") && page.contains("Exit codes"), "{page}");
    place.file("man1/.keep", "");
    assert_eq!(place.run(&["man", "man1"], ""), (String::new(), String::new(), 0));
    let page = place.read("man1/onus-query.1");
    assert!(page.contains(".TH onus-query 1") && page.contains("Examples"), "{page}");
    assert_eq!(place.run(&["man", "nowhere"], "").2, 3);
}

#[test]
fn help_teaches_by_example() {
    let place = Place::new();
    let (help, _, _) = place.run(&["--help"], "");
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?.split_whitespace().next())
        .filter(|word| word.starts_with(|first: char| first.is_ascii_lowercase()))
        .collect();
    assert!(commands.len() > 25, "{help}");
    let mut without = Vec::new();
    for command in commands {
        let (help, _, code) = place.run(&[command, "--help"], "");
        assert_eq!(code, 0, "{command}");
        // A server is started by editors, and has nothing to show.
        if !help.contains("Example") && command != "lsp" {
            without.push(command.to_owned());
        }
    }
    assert!(without.is_empty(), "no examples in the help of {without:?}");
}
