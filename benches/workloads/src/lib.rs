//! Work for Datalog engines: seeded facts, the same programs in other engines' hands, and answers by hand.

mod answer;
mod facts;
pub mod floor;
pub mod generate;
#[cfg(feature = "peers")]
pub mod peers;
mod random;

pub use answer::{Answer, Outcome, Tuple, Watch};
pub use facts::{Facts, Table};
pub use random::Random;
