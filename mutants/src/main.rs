//! Mutation testing of the engine and of explanations, all mutants in one build.
//!
//! cargo-mutants says which mutants there are (`.cargo/mutants.toml` which files) and builds the crate for each, which
//! takes about a night. Here each mutant of its list is woven into a copy of the sources behind a switch that is read at
//! run time, the copy is built once, each test is run once to see which mutants it reaches, and then a mutant costs the
//! tests that reach it, the likeliest to fail first, until one fails.

mod build;
mod mutant;
mod report;
mod run;
mod weave;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Mutation testing, all mutants in one build")]
struct Arguments {
    /// Where the woven copy, its build and what was found are kept.
    #[arg(long, default_value = "target/mutants")]
    place: PathBuf,
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Weave the mutants into a copy of the sources and build it.
    Weave,
    /// See which test takes how long and reaches what.
    Reach {
        /// Only programs of tests whose label contains one of these; what is known of others is kept.
        names: Vec<String>,
        /// Tests of more CPU seconds are left out.
        #[arg(long, default_value_t = 60)]
        longest: u64,
    },
    /// Run mutants against the tests that reach them.
    Test {
        /// Every n-th mutant from the k-th on, as `k/n`.
        #[arg(long, default_value = "0/1")]
        shard: String,
        /// Only mutants whose name contains this.
        #[arg(long, default_value = "")]
        only: String,
        /// Mutants that survived so far, once more.
        #[arg(long)]
        survivors: bool,
        /// Tests of more CPU seconds are left out.
        #[arg(long, default_value_t = 10.0)]
        longest: f64,
        /// CPU seconds that the tests of one mutant may take in all.
        #[arg(long, default_value_t = 120.0)]
        budget: f64,
        /// What the order is drawn by, so that a run that is broken off is a sample.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Tell the figures, and the survivors that `mutants/survivors.md` does not explain.
    Report,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let place = root.join(arguments.place);
    std::fs::create_dir_all(&place)?;
    match arguments.command {
        Task::Weave => build::weave(&root, &place),
        Task::Reach { names, longest } => run::reach(&place, &names, longest),
        Task::Test { shard, only, survivors, longest, budget, seed } => {
            let (k, n) = shard.split_once('/').unwrap_or(("0", "1"));
            let choice = run::Choice { k: k.parse()?, n: n.parse()?, only, survivors, longest, budget, seed };
            run::test(&place, &choice)
        }
        Task::Report => report::report(&root, &place),
    }
}
