//! Who owns what in a stack of services.

mod ascent;
mod crepe;

use super::Peer;

pub(super) const PEERS: &[Peer] = &[
    Peer { engine: "ascent", run: ascent::serial },
    Peer { engine: "ascent-par", run: ascent::parallel },
    Peer { engine: "crepe", run: crepe::run },
];
