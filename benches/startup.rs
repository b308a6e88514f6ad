//! From start to answer on the shipped facts: `cargo bench --bench startup`. Reports medians; asserts nothing about time.

use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

/// How often each question is asked.
const RUNS: usize = 21;

fn main() -> std::io::Result<()> {
    let questions: [&[&str]; 3] = [
        &["query", r#"relies("astronomer", who, "physical", at)"#],
        &["query", r#"gap("acme_redis", layer, kind)"#],
        &["why", r#"relies("astronomer", "aws", "physical", "acme_astro")"#],
    ];
    let mut out = std::io::stdout().lock();
    for arguments in questions {
        let mut times: Vec<Duration> = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            let start = Instant::now();
            let output = Command::new(env!("CARGO_BIN_EXE_onus"))
                .args(arguments)
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .output()?;
            times.push(start.elapsed());
            assert!(output.status.success(), "the question is answered");
        }
        times.sort_unstable();
        writeln!(out, "{:8.1} ms  onus {}", times[RUNS / 2].as_secs_f64() * 1e3, arguments.join(" "))?;
    }
    Ok(())
}
