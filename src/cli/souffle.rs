//! Flags of Soufflé's command line that `onus run` knows beside its own: hints, and what it cannot do.

use clap::{Args, ValueEnum};

use crate::diagnostic::{Diagnostic, code};

/// What of Soufflé's command line is accepted without effect, or refused with the way to get the same
#[derive(Debug, Args)]
pub(super) struct Souffle {
    /// Ask for explanations on standard input after the run: explain, or none
    #[arg(short = 't', long = "provenance", value_name = "KIND", value_enum, default_value = "none")]
    pub(super) provenance: Provenance,

    // Hints: what they tune, onus tunes itself.
    #[arg(short = 'c', long, hide = true)]
    compile: bool,
    #[arg(short = 'a', long, value_name = "FILE", hide = true)]
    auto_schedule: Option<String>,
    #[arg(short = 'm', long, value_name = "RELATIONS", hide = true)]
    magic_transform: Option<String>,
    #[arg(long, value_name = "RELATIONS", hide = true)]
    magic_transform_exclude: Option<String>,
    #[arg(long, value_name = "RELATIONS", hide = true)]
    inline_exclude: Option<String>,
    #[arg(short = 'z', long, value_name = "TRANSFORMERS", hide = true)]
    disable_transformers: Option<String>,
    #[arg(short = 'u', long, value_name = "FILE", hide = true)]
    profile_use: Option<String>,
    #[arg(long, hide = true)]
    profile_frequency: bool,
    #[arg(long, hide = true)]
    emit_statistics: bool,
    #[arg(short = 'L', long, value_name = "DIR", hide = true)]
    library_dir: Vec<String>,
    #[arg(short = 'v', long, hide = true)]
    verbose: bool,
    #[arg(long, hide = true)]
    legacy: bool,

    // Refused.
    #[arg(short = 'g', long, value_name = "FILE", hide = true)]
    generate: Option<String>,
    #[arg(short = 'o', long, value_name = "FILE", hide = true)]
    dl_program: Option<String>,
    #[arg(short = 's', long, value_name = "LANG", hide = true)]
    swig: Option<String>,
    #[arg(short = 'l', long, value_name = "FILE", hide = true)]
    libraries: Vec<String>,
    #[arg(short = 'p', long, value_name = "FILE", hide = true)]
    profile: Option<String>,
    #[arg(long, hide = true)]
    live_profile: bool,
    #[arg(short = 'r', long, value_name = "FILE", hide = true)]
    debug_report: Option<String>,
    #[arg(long, value_name = "WHAT", hide = true)]
    show: Option<String>,
    #[arg(long, hide = true)]
    parse_errors: bool,
    #[arg(long, value_name = "COMMAND", hide = true)]
    preprocessor: Option<String>,
    #[arg(short = 'P', long, value_name = "OPTIONS", hide = true)]
    pragma: Vec<String>,
}

/// What is kept of how tuples came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Provenance {
    /// Nothing is asked
    None,
    /// `explain R(1, 2)` and the like on standard input
    Explain,
    /// As explain
    #[value(hide = true)]
    Explore,
}

impl Souffle {
    /// What is asked for and cannot be had, each flag by name with a way on.
    pub(super) fn refused(&self) -> Vec<Diagnostic> {
        let compiled = "programs are not compiled to C++: `onus run` evaluates them as they are";
        let flags: [(bool, &str, &str); 11] = [
            (self.generate.is_some(), "--generate", compiled),
            (self.dl_program.is_some(), "--dl-program", compiled),
            (self.swig.is_some(), "--swig", compiled),
            (
                !self.libraries.is_empty(),
                "--libraries",
                "native functors are not loaded: register functors of Rust through the crate's library",
            ),
            (self.profile.is_some(), "--profile", "`onus plan PROGRAM` shows how its rules are carried out"),
            (self.live_profile, "--live-profile", "`onus plan PROGRAM` shows how its rules are carried out"),
            (self.debug_report.is_some(), "--debug-report", "`onus plan PROGRAM` shows how its rules are carried out"),
            (
                self.show.is_some(),
                "--show",
                "`onus lint PROGRAM` tells what is wrong with it, `onus plan PROGRAM` how it runs",
            ),
            (self.parse_errors, "--parse-errors", "`onus lint PROGRAM` tells what is wrong with it"),
            (
                self.preprocessor.is_some(),
                "--preprocessor",
                "macros are part of onus; the output of another preprocessor can be piped into `onus run -`",
            ),
            (
                !self.pragma.is_empty(),
                "--pragma",
                "give the option itself, such as `--wrap`, or write `.pragma` in the program",
            ),
        ];
        let given = flags.into_iter().filter(|(given, ..)| *given);
        given
            .map(|(_, flag, help)| {
                Diagnostic::new(code::USAGE, format!("onus does not know what to do with `{flag}`")).help(help)
            })
            .collect()
    }
}
