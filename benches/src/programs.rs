//! The programs: their text, their facts, what they answer.

use onus_workloads::generate::{self, Size};
use onus_workloads::{Facts, Outcome, floor};

/// One program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is, in a line.
    pub(crate) about: &'static str,
    /// In onus' language.
    pub(crate) text: &'static str,
    /// Its facts.
    pub(crate) facts: fn(Size) -> Facts,
    /// A way to the answer by hand.
    pub(crate) floor: Option<fn(&Facts) -> Outcome>,
}

macro_rules! text {
    ($name:literal) => {
        include_str!(concat!("../programs/", $name, ".dl"))
    };
}

pub(crate) const ALL: &[Program] = &[
    Program {
        name: "closure_random",
        about: "transitive closure of a random graph with one giant component",
        text: text!("closure"),
        facts: generate::random_graph,
        floor: Some(floor::closure),
    },
    Program {
        name: "closure_chain",
        about: "transitive closure of one long chain: thousands of rounds",
        text: text!("closure"),
        facts: generate::chain,
        floor: Some(floor::closure),
    },
    Program {
        name: "closure_dense",
        about: "transitive closure of few nodes with many edges: each pair derived dozens of times",
        text: text!("closure"),
        facts: generate::dense_graph,
        floor: Some(floor::closure),
    },
    Program {
        name: "closure_sparse",
        about: "transitive closure of a wide layered graph: small groups",
        text: text!("closure"),
        facts: generate::sparse_graph,
        floor: Some(floor::closure),
    },
    Program {
        name: "same_generation",
        about: "same generation",
        text: text!("same_generation"),
        facts: generate::generations,
        floor: None,
    },
    Program {
        name: "andersen",
        about: "Andersen's points-to analysis",
        text: text!("andersen"),
        facts: generate::pointers,
        floor: None,
    },
    Program {
        name: "cspa",
        about: "context-sensitive pointer analysis: three relations, each recursive through the others",
        text: text!("cspa"),
        facts: generate::value_flow,
        floor: None,
    },
    Program {
        name: "triangles",
        about: "directed triangles of a graph with hubs",
        text: text!("triangles"),
        facts: generate::hubs,
        floor: None,
    },
    Program {
        name: "star",
        about: "directed triangles of a star with a million spokes",
        text: text!("triangles"),
        facts: generate::star,
        floor: None,
    },
    Program {
        name: "ownership",
        about: "who owns what in a stack of services: 36 rules with negation over a million facts",
        text: text!("ownership"),
        facts: generate::ownership,
        floor: None,
    },
    Program {
        name: "points_to",
        about: "a points-to analysis of 104 rules with contexts and clients",
        text: text!("points_to"),
        facts: generate::objects,
        floor: None,
    },
];
