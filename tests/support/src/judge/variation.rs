//! How a subject runs a program: things that must not change its answers.

use std::fmt;

use crate::answers::{Row, literals};
use crate::random::Random;

/// One way to run a program. A subject takes from it what it knows; what it does not know it ignores.
#[derive(Clone, Debug)]
pub struct Variation {
    /// Threads.
    pub threads: usize,
    /// Bindings that go through a step at once.
    pub batch: usize,
    /// Rows that a relation has room for at first.
    pub capacity: usize,
    /// Where hashes begin.
    pub hash_seed: u64,
    /// Every hash is the same.
    pub constant_hash: bool,
    /// A bit for each optimisation that can be switched off: set bits are off.
    pub switched_off: u64,
    /// In how many pieces the text is given.
    pub pieces: usize,
    /// Whether facts from outside come as a file, not as clauses.
    pub files: bool,
    /// Facts from outside, in this order, repeats included.
    pub given: Vec<(String, Vec<Row>)>,
}

impl Default for Variation {
    fn default() -> Self {
        Self {
            threads: 1,
            batch: 1024,
            capacity: 16,
            hash_seed: 0,
            constant_hash: false,
            switched_off: 0,
            pieces: 1,
            files: false,
            given: Vec::new(),
        }
    }
}

impl Variation {
    /// Any variation, without facts.
    #[must_use]
    pub fn random(random: &mut Random) -> Self {
        let one = |random: &mut Random, of: &[usize]| of[random.below(of.len())];
        Self {
            threads: one(random, &[1, 2, 3, 8]),
            batch: one(random, &[1, 2, 7, 1024]),
            capacity: one(random, &[1, 2, 16, 1024]),
            hash_seed: random.bits(),
            constant_hash: random.percent(10),
            switched_off: if random.percent(50) { random.bits() } else { 0 },
            pieces: one(random, &[1, 1, 2, 5]),
            files: random.percent(50),
            given: Vec::new(),
        }
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
        let plain = Self::default();
        let mut parts = Vec::new();
        if self.threads != plain.threads {
            parts.push(format!("{} threads", self.threads));
        }
        if self.batch != plain.batch {
            parts.push(format!("batches of {}", self.batch));
        }
        if self.capacity != plain.capacity {
            parts.push(format!("room for {}", self.capacity));
        }
        if self.hash_seed != plain.hash_seed {
            parts.push(format!("hash seed {:#x}", self.hash_seed));
        }
        if self.constant_hash {
            parts.push("one hash for all".to_owned());
        }
        if self.switched_off != plain.switched_off {
            parts.push(format!("switched off {:#x}", self.switched_off));
        }
        if self.pieces != plain.pieces {
            parts.push(format!("{} pieces", self.pieces));
        }
        if !self.given.is_empty() {
            parts.push(if self.files { "facts from files" } else { "facts from outside" }.to_owned());
        }
        if parts.is_empty() { formatter.write_str("plain") } else { formatter.write_str(&parts.join(", ")) }
    }
}
