//! The shipped facts, rules and questions: every answer under snapshot.

use onus::session::{DiskLoader, Options, Session};

#[allow(clippy::unwrap_used)] // a helper of tests
fn session(scenario: &[&str]) -> Session {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let mut session = Session::new(Box::new(DiskLoader), Options::default());
    session.add_program("rules/responsibility.dl", &read("rules/responsibility.dl"));
    let documents = ["vocabulary", "redis_cloud", "yugabyte_model", "yugabyte_security", "aws", "astronomer"];
    let mut files: Vec<(String, String)> = Vec::new();
    for name in documents.iter().chain(scenario) {
        let path = format!("facts/{name}.toml");
        let text = read(&path);
        files.push((path, text));
    }
    session.add_statements(&files);
    session
}

#[test]
fn the_model_certifies_and_every_tuple_says_why() {
    let mut session = session(&["scenario/acme"]);
    let model = session.evaluate().unwrap_or_else(|failure| {
        panic!("{}", onus::diagnostic::render_all(&failure.diagnostics, &failure.sources, false));
    });
    assert_eq!(session.warnings(), []);
    let certificate = session.certify().unwrap();
    assert_eq!((certificate.holds(), certificate.rows), (true, 8207));
    let options = onus::eval::Options::default();
    let mut explainer = onus::explain::Explainer::new(&model, onus::explain::Limits::default(), &options);
    let mut explained = 0;
    for id in model.program().relation_ids() {
        for row in model.relation(id).rows() {
            let tuple = onus::model::Tuple { relation: id, words: row.into() };
            let proof = explainer.why(&tuple).unwrap().unwrap();
            assert!(proof.complete, "{}", model.literal(&tuple));
            explained += 1;
            // A check reads the whole model anew: every fiftieth proof.
            if explained % 50 == 0 {
                let flaw = onus::explain::check::check_proof(&model, &proof, None, &options).unwrap().err();
                assert_eq!(flaw, None, "{}", model.literal(&tuple));
            }
        }
    }
}

/// Each shipped question answers over its scenario as reviewed. A changed rule shows here as changed answers.
#[test]
fn every_question_answers_as_reviewed() {
    insta::glob!("../queries", "*.dl", |path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_onus"))
            .args(["query", &format!("queries/{name}")])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
    });
}

#[test]
fn every_statement_is_recorded_and_speaks_or_says_why_not() {
    let session = session(&["scenario/acme"]);
    let statements = session.statements();
    let counts =
        ["D0", "D1", "D2", "D3", "D4"].map(|id| statements.iter().filter(|statement| statement.document == id).count());
    assert_eq!(counts, [29, 23, 54, 55, 44]);
    let silent: Vec<&str> = statements
        .iter()
        .filter(|statement| !statement.allocates && statement.note.as_deref().is_none_or(str::is_empty))
        .map(|statement| statement.id.as_str())
        .collect();
    assert!(silent.is_empty(), "neither a row nor a note: {silent:?}");
}

/// Some ids whose text allocates something, by hand: they must have rows.
#[test]
fn statements_that_allocate_have_rows() {
    let session = session(&["scenario/acme"]);
    let allocating = [
        "S0-4", "S0-5", "S0-8", "S0-15", "S0-18", "S0-22", "S0-26", "S1-3", "S1-13", "S1-20", "S1-21", "S2-5", "S2-10",
        "S2-22", "S2-26", "S2-43", "S2-46", "S3-9", "S3-12", "S3-20", "S3-36", "S3-46", "S3-52", "S3-54", "S4-6",
        "S4-18", "S4-23", "S4-32", "S4-35", "S4-38", "S4-44",
    ];
    for id in allocating {
        let statement = session.statements().iter().find(|statement| statement.id == id).unwrap();
        assert!(statement.allocates, "{id}");
    }
}

/// Other people's facts in clause form, with the standard rules and a scenario of clauses.
#[test]
fn the_rules_answer_over_facts_in_clause_form() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let facts = write(
        "other.dl",
        r#"
        party("ours", "customer"). party("saas", "vendor"). party("iaas", "csp").
        scope("saas:any", "service"). scope("iaas:any", "service"). scope("us", "deployment"). scope("us_host", "deployment").
        within("us", "saas:any"). within("us_host", "iaas:any").
        offers("saas", "saas:any"). offers("iaas", "iaas:any"). consumes("ours", "us").
        layer("physical"). doc("X1", "saas", "Terms"). cites("X-1", "X1", "Hosting", "3"). cites("X-2", "X1", "Duties", "4").
        runs_on("X-1", "saas:any", "iaas:any", "fixed").
        claim("X-2", "saas:any", "physical", "@host", "sole").
        "#,
    );
    let scenario = write("move.dl", r#"chosen("us", "us_host")."#);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_onus"))
        .args(["query", "--rules", "rules/responsibility.dl", "--facts", &facts, "--scenario", &scenario])
        .args(["--format", "csv", r#"relies(a, b, "physical", at)"#])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap(), @r"
    a,b,at
    ours,iaas,us
    saas,iaas,us
    ");
}
