//! A points-to analysis of a hundred rules.

mod ascent;
mod crepe;

use super::Peer;

/// Without ascent's parallel mode, which would take as long again to compile.
pub(super) const PEERS: &[Peer] =
    &[Peer { engine: "ascent", run: ascent::serial }, Peer { engine: "crepe", run: crepe::run }];
