//! Whoever waits may stop waiting: limits of time and Ctrl-C are asked for while large files are read and large relations
//! are sorted, not only between them. The clock here counts how often it is asked, so nothing depends on the machine.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::cell::Cell;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use onus::eval::Clock;
use onus::session::{MemoryLoader, Options, Session};

/// A second passes whenever it is asked.
#[derive(Debug, Default)]
struct Asked(AtomicU64);

impl Clock for Asked {
    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

const ROWS: usize = 100_000;

/// The facts of `p(n: number, x: symbol)` in each form: the parameters of the directive, and the bytes.
fn files() -> [(&'static str, Vec<u8>); 5] {
    let text = |row: &dyn Fn(usize) -> String| (0..ROWS).map(row).collect::<String>().into_bytes();
    let json = text(&|at| format!("{}[{at}, \"x{at}\"]\n", if at == 0 { '[' } else { ',' }));
    let mut database = rusqlite::Connection::open_in_memory().unwrap();
    let rows = format!("WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < {ROWS} - 1)");
    database.execute_batch(&format!("CREATE TABLE p AS {rows} SELECT n, 'x' || n AS x FROM c")).unwrap();
    [
        ("", text(&|at| format!("{at}\tx{at}\n"))),
        // The quotes have it read row by row.
        (", rfc4180=true", text(&|at| format!("{at},\"x{at}\"\n"))),
        (", delimiter=\"; \"", text(&|at| format!("{at}; x{at}\n"))),
        (", IO=jsonfile", [json, b"]".to_vec()].concat()),
        (", IO=sqlite", database.serialize("main").unwrap().to_vec()),
    ]
}

/// Evaluates with so many seconds: what is told, and how often the clock was asked.
fn evaluated(parameters: &str, bytes: &[u8], seconds: u64) -> (String, u64) {
    let clock = Arc::new(Asked::default());
    let mut options = Options { inputs: true, ..Options::default() };
    options.eval.threads = 1;
    options.eval.budget.time = Some(Duration::from_secs(seconds));
    options.eval.budget.clock = Some(Arc::clone(&clock) as Arc<dyn Clock>);
    let mut loader = MemoryLoader::default();
    loader.add("p", bytes);
    let mut session = Session::new(Box::new(loader), options);
    let text = format!(".decl p(n: number, x: symbol)\n.input p(filename=\"p\"{parameters})\n");
    session.add_program("p.dl", &text);
    let mut told = String::new();
    match session.evaluate() {
        Ok(model) => write!(told, "{} rows", model.relation(model.find("p").unwrap()).len()).unwrap(),
        Err(failure) => {
            for found in &failure.diagnostics {
                write!(told, "{} {}", found.code.id, found.message).unwrap();
            }
        }
    }
    (told, clock.0.load(Ordering::Relaxed))
}

#[test]
fn reading_a_large_file_stops_when_time_is_over() {
    for (parameters, bytes) in files() {
        let (told, asked) = evaluated(parameters, &bytes, 1_000);
        assert_eq!(told, format!("{ROWS} rows"), "{parameters}");
        assert!((ROWS as u64 / 5_000..1_000).contains(&asked), "{parameters}: asked {asked} times");
        let (told, asked) = evaluated(parameters, &bytes, 5);
        assert_eq!(told, "E0801 the evaluation needs more than 5 s", "{parameters}");
        // Once more by each who had not heard yet, and not for every row that is left.
        assert!(asked <= 12, "{parameters}: asked {asked} times");
    }
}

#[test]
fn sorting_a_large_relation_stops_when_it_is_told_to() {
    let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    session.add_program(
        "p.dl",
        ".decl n(x: number)\nn(x) :- x = range(0, 270000).\n.decl two(x: number, y: symbol)\n\
         two((x * 7919) % 600011, to_string(x)) :- n(x).\n.decl five(a: number, b: number, c: number, d: number, e: number)\n\
         five(0, 1, 2, 3, (x * 7919) % 600011) :- n(x).\n",
    );
    let model = session.evaluate().unwrap();
    for name in ["n", "two", "five"] {
        let id = model.find(name).unwrap();
        let asked = Cell::new(0);
        let until = |most: u32| {
            asked.set(0);
            let stop = || {
                asked.set(asked.get() + 1);
                asked.get() > most
            };
            model.sorted_rows_unless(id, &stop)
        };
        let rows = until(u32::MAX).unwrap();
        assert_eq!(rows.len(), 270_000, "{name}");
        let mut plain: Vec<_> = model.relation(id).rows().map(|row| model.decode(id, row)).collect();
        plain.sort_unstable();
        assert!(rows.iter().zip(&plain).all(|(row, wanted)| model.decode(id, row) == *wanted), "{name}");
        let all = asked.get();
        assert!(all >= 3, "{name}: asked {all} times");
        for most in [0, all / 2, all - 1] {
            assert!(until(most).is_none() && asked.get() == most + 1, "{name} goes on after {most}");
        }
    }
}

#[test]
fn who_interrupts_while_a_text_is_read_is_heard_when_it_is() {
    let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
    session.add_program("p.dl", ".decl p(n: number)\np(1).\n");
    let interrupt = Arc::clone(&session.options().eval.budget.interrupt);
    interrupt.store(true, Ordering::Relaxed);
    let failure = session.evaluate().unwrap_err();
    assert_eq!(failure.diagnostics[0].message, "interrupted; nothing has changed");
    interrupt.store(false, Ordering::Relaxed);
    assert_eq!(session.evaluate().unwrap().relation(onus::program::RelationId(0)).len(), 1);
}
