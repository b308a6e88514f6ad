//! How long programs take to be read: `cargo bench --bench language`. Reports medians; asserts nothing about time.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use onus::session::{MemoryLoader, Options, Session};

/// How often each text is read.
const RUNS: usize = 7;

/// Rules as programs of thousands have them: layers of relations, each from some of the layer below, joins, negation,
/// arithmetic and recursion among them.
fn rules(count: usize) -> String {
    let mut text = String::from(".decl r0(x: number, y: symbol)\n.input r0(filename=\"none\")\n");
    for at in 1..=count / 4 {
        let below = at - 1;
        let other = below.saturating_sub(7);
        let _ = writeln!(
            text,
            ".decl r{at}(x: number, y: symbol)\n\
             r{at}(x, y) :- r{below}(x, y), r{other}(x, _), x > {at}.\n\
             r{at}(x + 1, y) :- r{below}(x, y), !r{other}(x, \"none\"), y != \"a{at}\".\n\
             r{at}(x, z) :- r{at}(x, y), r{below}(_, z), match(\"[a-z]+\", y).\n\
             r{at}(n, y) :- r{below}(_, y), n = count : {{ r{other}(_, y) }}."
        );
    }
    let _ = writeln!(text, ".output r{}", count / 4);
    text
}

/// Facts in clause form.
fn facts(count: usize) -> String {
    let mut text = String::from(".decl edge(x: number, y: number, label: symbol)\n.output edge\n");
    for at in 0..count {
        let _ = writeln!(text, "edge({at}, {}, \"label {}\").", at * 7 % count, at % 1000);
    }
    text
}

fn session(text: &str) -> Session {
    let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    session.add_program("bench.dl", text);
    session
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[RUNS / 2]
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut report = |what: &str, time: Duration| writeln!(out, "{:8.1} ms  {what}", time.as_secs_f64() * 1e3);
    let (rules, facts) = (rules(10_000), facts(1_000_000));
    report("parse 10,000 rules", median(|| drop(session(&rules))))?;
    report("parse and check 10,000 rules", median(|| assert!(session(&rules).lint().is_ok(), "the rules are good")))?;
    let macros = format!("#define NONE \"none\"\n{}", rules.replace("\"none\")", "NONE)"));
    report("the same with a macro in each", median(|| assert!(session(&macros).lint().is_ok(), "the rules are good")))?;
    report("parse 1,000,000 facts", median(|| drop(session(&facts))))?;
    report(
        "parse, check and load 1,000,000 facts",
        median(|| {
            let model = session(&facts).evaluate().map(|model| model.find("edge").map(|id| model.relation(id).len()));
            assert!(matches!(model, Ok(Some(1_000_000))), "all facts are there");
        }),
    )?;
    Ok(())
}
