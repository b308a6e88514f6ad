//! The one alias under which the standard hash map may be used: where the order of its entries cannot be seen.

/// A hash map whose entries are only ever looked up, never listed.
#[allow(clippy::disallowed_types)] // this is the alias
pub(crate) type StdHashMap<K, V> = std::collections::HashMap<K, V>;
