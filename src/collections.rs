//! Collections that stand below everything: the one alias of the standard hash map, for use where the order of its entries
//! cannot be seen; and tables of distinct items in two layers, whose copies are cheap.

use std::sync::Arc;

/// A hash map whose entries are only ever looked up, never listed.
#[allow(clippy::disallowed_types)] // this is the alias
pub(crate) type StdHashMap<K, V> = std::collections::HashMap<K, V>;

/// Distinct items by dense id, from 0 in order of first appearance; it only grows.
pub(crate) trait Distinct: Clone + Default {
    /// An item as it is given and looked at.
    type Item<'a>: Copy;

    /// How many there are.
    fn len(&self) -> usize;

    /// The id of an item, where it is there.
    fn find(&self, item: Self::Item<'_>) -> Option<u32>;

    /// The item of an id below [`Self::len`].
    fn get(&self, id: u32) -> Self::Item<'_>;

    /// Adds an item that is not there yet; its id is the length before.
    fn push(&mut self, item: Self::Item<'_>);
}

/// Distinct items in two layers: a shared one that no longer changes, and above it what came since. A copy shares the
/// lower layer and copies the upper one, so that whoever adds a name to a pool of millions copies a handful.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layered<T> {
    shared: Option<Arc<T>>,
    /// Ids of the lower layer: those of the upper one come after.
    below: u32,
    own: T,
}

impl<T: Distinct> Layered<T> {
    /// How many items there are.
    pub(crate) fn len(&self) -> usize {
        self.below as usize + self.own.len()
    }

    /// The id of an item, where it is there.
    #[inline]
    pub(crate) fn find(&self, item: T::Item<'_>) -> Option<u32> {
        let shared = self.shared.as_ref().and_then(|shared| shared.find(item));
        shared.or_else(|| self.own.find(item).map(|id| id + self.below))
    }

    /// The item of an id that was given out.
    #[inline]
    pub(crate) fn get(&self, id: u32) -> T::Item<'_> {
        match &self.shared {
            Some(shared) if id < self.below => shared.get(id),
            _ => self.own.get(id - self.below),
        }
    }

    /// The id of an item, made if new.
    ///
    /// # Panics
    /// After `most` distinct items.
    #[inline]
    pub(crate) fn intern(&mut self, item: T::Item<'_>, most: u32) -> u32 {
        if let Some(id) = self.find(item) {
            return id;
        }
        let id = u32::try_from(self.len()).ok().filter(|&id| id < most).expect("fewer distinct values than ids");
        self.own.push(item);
        id
    }

    /// Makes copies cheap from here on: the upper layer joins the lower one, unless it is small beside it.
    pub(crate) fn settle(&mut self) {
        let own = self.own.len();
        if own == 0 || own < self.below as usize / 2 {
            return;
        }
        let own = std::mem::take(&mut self.own);
        let shared = match self.shared.take() {
            None => Arc::new(own),
            Some(mut shared) => {
                let lower = Arc::make_mut(&mut shared);
                (0..).take(own.len()).for_each(|id| lower.push(own.get(id)));
                shared
            }
        };
        self.below = u32::try_from(shared.len()).unwrap_or(u32::MAX);
        self.shared = Some(shared);
    }
}
