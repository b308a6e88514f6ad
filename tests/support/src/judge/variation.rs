//! How a subject runs a program: things that must not change its answers.

use std::fmt;

use crate::answers::{Row, literals};
use crate::engine::SWITCHES;
use crate::random::Random;

/// One way to run a program.
#[derive(Clone, Debug)]
pub struct Variation {
    /// The switches of the engine that do not stand as usual: places in [`SWITCHES`], with what they are set to.
    pub switches: Vec<(usize, u64)>,
    /// In how many pieces the text is given.
    pub pieces: usize,
    /// Whether facts from outside come as a file, not as clauses.
    pub files: bool,
    /// Facts from outside, in this order, repeats included.
    pub given: Vec<(String, Vec<Row>)>,
}

impl Default for Variation {
    fn default() -> Self {
        Self { switches: Vec::new(), pieces: 1, files: false, given: Vec::new() }
    }
}

impl Variation {
    /// Any variation, without facts: each switch stands as usual in every third case, and else anyhow.
    #[must_use]
    pub fn random(random: &mut Random) -> Self {
        let mut switches = Vec::new();
        for (at, switch) in SWITCHES.iter().enumerate() {
            if random.percent(67) {
                let bits = random.bits();
                switches.push((at, random.pick(switch.choices).copied().unwrap_or(bits)));
            }
        }
        let pieces = [1, 1, 2, 5][random.below(4)];
        Self { switches, pieces, files: random.percent(50), given: Vec::new() }
    }

    /// The same with one thing less that is not as usual; each of them in turn.
    pub(super) fn plainer(&self) -> Vec<Self> {
        let without = |at: usize| {
            let mut plainer = self.clone();
            plainer.switches.remove(at);
            plainer
        };
        let mut all: Vec<Self> = (0..self.switches.len()).map(without).collect();
        if self.pieces > 1 {
            all.push(Self { pieces: 1, ..self.clone() });
        }
        if self.files {
            all.push(Self { files: false, ..self.clone() });
        }
        all
    }

    /// The facts from outside as clauses.
    #[must_use]
    pub fn given_text(&self) -> String {
        let mut text = String::new();
        for (relation, rows) in &self.given {
            for row in rows {
                text.push_str(relation);
                text.push('(');
                text.push_str(&literals(row));
                text.push_str(").\n");
            }
        }
        text
    }
}

impl fmt::Display for Variation {
    /// What differs from the plain way.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> =
            self.switches.iter().map(|&(at, value)| format!("{} {value}", SWITCHES[at].name)).collect();
        if self.pieces > 1 {
            parts.push(format!("{} pieces", self.pieces));
        }
        if !self.given.is_empty() {
            parts.push(if self.files { "facts from files" } else { "facts from outside" }.to_owned());
        }
        if parts.is_empty() { formatter.write_str("plain") } else { formatter.write_str(&parts.join(", ")) }
    }
}
