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
    for id in model.program().relation_ids() {
        for row in model.relation(id).rows() {
            let tuple = onus::model::Tuple { relation: id, words: row.into() };
            let proof = explainer.why(&tuple).unwrap();
            assert!(proof.is_some_and(|proof| proof.complete), "{}", model.literal(&tuple));
        }
    }
}
