//! The domain: who answers for what in a stack of cloud services. The engine below knows nothing of it.

pub mod cite;
