//! From start to answer: on ten facts with three rules, and on the shipped facts. `cargo bench --bench startup`. Reports
//! medians; asserts nothing about time.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often each question is asked.
const RUNS: usize = 21;

/// Ten facts, three rules.
const FAMILY: &str = r#"
.decl parent(one: symbol, other: symbol)
parent("ann", "bob"). parent("ann", "cid"). parent("bob", "dan"). parent("bob", "eve"). parent("cid", "fay").
parent("dan", "gus"). parent("eve", "hal"). parent("eve", "ida"). parent("fay", "jon"). parent("ida", "kim").
.decl ancestor(one: symbol, other: symbol)
.output ancestor
ancestor(x, y) :- parent(x, y).
ancestor(x, z) :- ancestor(x, y), parent(y, z).
.decl cousin(one: symbol, other: symbol)
.output cousin
cousin(x, y) :- parent(a, x), parent(b, y), parent(p, a), parent(p, b), a != b.
"#;

fn main() -> std::io::Result<()> {
    let questions: [(&[&str], &str); 4] = [
        (&["run", "-", "-D", "-"], FAMILY),
        (&["query", r#"relies("astronomer", who, "physical", at)"#], ""),
        (&["query", r#"gap("acme_redis", layer, kind)"#], ""),
        (&["why", r#"relies("astronomer", "aws", "physical", "acme_astro")"#], ""),
    ];
    let mut out = std::io::stdout().lock();
    for (arguments, input) in questions {
        let mut times: Vec<Duration> = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            let start = Instant::now();
            let mut child = Command::new(env!("CARGO_BIN_EXE_onus"))
                .args(arguments)
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()?;
            if let Some(mut stdin) = child.stdin.take() {
                stdin.write_all(input.as_bytes())?;
            }
            let output = child.wait_with_output()?;
            times.push(start.elapsed());
            assert!(output.status.success() && !output.stdout.is_empty(), "the question is answered");
        }
        times.sort_unstable();
        writeln!(out, "{:8.1} ms  onus {}", times[RUNS / 2].as_secs_f64() * 1e3, arguments.join(" "))?;
    }
    Ok(())
}
