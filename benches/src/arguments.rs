//! The flags.

use clap::{Parser, ValueEnum};
use onus_workloads::generate;

use crate::translate::Peer;

/// Measure onus beside other engines on the same facts.
#[derive(Debug, Parser)]
#[command(name = "onus-benches", after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Programs whose names begin so; all where none is given
    programs: Vec<String>,
    /// Only these engines
    #[arg(long, value_delimiter = ',', value_name = "NAME,...")]
    engines: Vec<String>,
    /// How often each is run; the median counts
    #[arg(long, default_value_t = 3)]
    pub(crate) runs: usize,
    /// How many facts
    #[arg(long, value_enum, default_value_t = Size::Full)]
    size: Size,
    /// Threads of the parallel engines
    #[arg(short = 'j', long, value_delimiter = ',', default_value = "1", value_name = "N,...")]
    pub(crate) threads: Vec<usize>,
    /// Also run onus with the literals of every rule in this many random orders
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) shuffled: u64,
    /// Also measure the peak memory of each engine, in a process of its own
    #[arg(long)]
    pub(crate) memory: bool,
    /// Compare by time on a processor instead of time on the wall: for a busy machine and one thread
    #[arg(long)]
    pub(crate) busy: bool,
    /// Also say how many tuples each relation has
    #[arg(long)]
    pub(crate) relations: bool,
    /// Write the facts of the programs as tab-separated files into a directory, one a program, instead of running them
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<std::path::PathBuf>,
    /// List the programs
    #[arg(long)]
    pub(crate) list: bool,
    /// Write a program for another engine to standard output, as Rust
    #[arg(long, value_name = "FILE.dl")]
    pub(crate) translate: Option<String>,
    /// For which engine
    #[arg(long, value_enum, default_value_t = Peer::Crepe, requires = "translate")]
    pub(crate) into: Peer,
    /// A process that measures memory: program, engine, file of facts
    #[arg(long, hide = true, num_args = 3)]
    pub(crate) child: Option<Vec<String>>,
}

const EXAMPLES: &str = "Examples:
  onus-benches closure_chain --engines onus,datafrog --runs 1
  onus-benches --size small                equality of all answers, in moments
  onus-benches --memory --shuffled 3 -j 1,2";

/// How many facts.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Size {
    /// Thousands of tuples
    Small,
    /// Millions
    Full,
}

impl Arguments {
    /// Whether a program is to be measured.
    pub(crate) fn wants(&self, program: &str) -> bool {
        self.programs.is_empty() || self.programs.iter().any(|wanted| program.starts_with(wanted.as_str()))
    }

    /// Whether an engine is to be run. `onus` stands for all its variants.
    pub(crate) fn runs(&self, engine: &str) -> bool {
        let kind = engine.split([' ', '~']).next().unwrap_or(engine);
        self.engines.is_empty() || self.engines.iter().any(|wanted| wanted == engine || wanted == kind)
    }

    /// How many facts.
    pub(crate) fn size(&self) -> generate::Size {
        match self.size {
            Size::Small => generate::Size::Small,
            Size::Full => generate::Size::Full,
        }
    }
}
