//! Work shared among threads. Who does what never shows: every piece of work has its own place for its result.

use std::num::NonZero;
use std::sync::{Mutex, OnceLock, PoisonError};

/// How many threads to use where `wanted` are asked for: 0 means one a core.
pub(super) fn count(wanted: usize) -> usize {
    // Asking the system is slow: small evaluations would spend their time on it.
    static CORES: OnceLock<usize> = OnceLock::new();
    if wanted > 0 {
        return wanted;
    }
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// Does some work on each item, items in order as threads become free. The calling thread works too.
pub(super) fn each<T: Send>(threads: usize, items: &mut [T], work: impl Fn(&mut T) + Sync) {
    if threads <= 1 || items.len() <= 1 {
        return items.iter_mut().for_each(work);
    }
    let helpers = threads.min(items.len()) - 1;
    let queue = Mutex::new(items.iter_mut());
    let serve = || {
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            match next {
                Some(item) => work(item),
                None => return,
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..helpers {
            scope.spawn(serve);
        }
        serve();
    });
}
