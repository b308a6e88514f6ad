//! Work shared among threads. Who does what never shows: every piece of work has its own place for its result.
//!
//! Threads are started when there is work for them and then wait for more: to start one takes a tenth of a millisecond,
//! and pieces of a few milliseconds come by the hundred.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use rayon::{ThreadPool, ThreadPoolBuilder};

/// How many threads to use where `wanted` are asked for: 0 means one a core.
pub(crate) fn count(wanted: usize) -> usize {
    // Asking the system is slow: small evaluations would spend their time on it.
    static CORES: OnceLock<usize> = OnceLock::new();
    if wanted > 0 {
        return wanted;
    }
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// Runs `own` on this thread, and `help` meanwhile on each of so many others. Whoever helps has to end once `own` has.
/// Where others panic, so does this one in the end.
///
/// The threads that wait serve one caller at a time, so that all of them begin at once whatever others hold or wait for.
/// Further callers start threads of their own; so do those on threads of a pool, which would do other work while they
/// wait, and that might want a lock that they hold.
fn beside<R>(helpers: usize, help: impl Fn() + Sync, own: impl FnOnce() -> R) -> R {
    static WAITING: Mutex<Option<ThreadPool>> = Mutex::new(None);
    if helpers == 0 {
        return own();
    }
    let mut waiting = match WAITING.try_lock() {
        _ if rayon::current_thread_index().is_some() => None,
        Ok(waiting) => Some(waiting),
        Err(TryLockError::Poisoned(waiting)) => Some(waiting.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    };
    if let Some(pool) = waiting.as_mut().and_then(|waiting| of_size(waiting, helpers)) {
        return pool.in_place_scope(|scope| {
            for _ in 0..helpers {
                scope.spawn(|_| help());
            }
            own()
        });
    }
    drop(waiting);
    std::thread::scope(|scope| {
        for _ in 0..helpers {
            scope.spawn(&help);
        }
        own()
    })
}

/// A pool of so many threads at least; nothing if the system has none to give.
fn of_size(pool: &mut Option<ThreadPool>, threads: usize) -> Option<&ThreadPool> {
    if pool.as_ref().is_none_or(|pool| pool.current_num_threads() < threads) {
        *pool = ThreadPoolBuilder::new().num_threads(threads).build().ok();
    }
    pool.as_ref()
}

/// Does some work on each item, items in order as threads become free. The calling thread works too.
pub(crate) fn each<T: Send>(threads: usize, items: &mut [T], work: impl Fn(&mut T) + Sync) {
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
    beside(helpers, serve, serve);
}

/// Gives the products of `count` pieces of work to `take`, in order, on the calling thread.
///
/// Other threads `make` products ahead, as many as are asked for beside that of threads; each has what `start` gives it.
/// A piece that nobody has begun when its turn comes is given to `take` without a product: to be done on the spot. While
/// the next piece is still under way, the calling thread makes products ahead as well. `spare` has products to be used
/// again.
///
/// # Errors
/// The first error of `take`; nothing is taken after it.
pub(crate) fn in_order<W, P: Default + Send, E>(
    (threads, ahead): (usize, usize),
    count: usize,
    spare: &mut Vec<P>,
    start: impl Fn() -> W + Sync,
    make: impl Fn(&mut W, usize, &mut P) + Sync,
    mut take: impl FnMut(usize, Option<&mut P>) -> Result<(), E>,
) -> Result<(), E> {
    let board = Board { count, ahead, state: Mutex::default(), room: Condvar::new(), ready: Condvar::new() };
    board.lock().spare = std::mem::take(spare);
    let help = || {
        let _closing = Closing(&board, false);
        let mut own = start();
        while let Some((at, mut product)) = board.wait_for_work() {
            make(&mut own, at, &mut product);
            board.put(at, product);
        }
    };
    let result = beside(threads.min(count).saturating_sub(1), help, || {
        // Whatever happens here, no thread waits for what does not come.
        let _closing = Closing(&board, true);
        let mut own = None;
        for at in 0..count {
            loop {
                match board.next(at) {
                    Next::Made(mut product) => {
                        take(at, Some(&mut product))?;
                        board.taken(at, Some(product));
                        break;
                    }
                    Next::Open => {
                        take(at, None)?;
                        board.taken(at, None);
                        break;
                    }
                    Next::Ahead(other, mut product) => {
                        make(own.get_or_insert_with(&start), other, &mut product);
                        board.put(other, product);
                    }
                    // A thread has panicked: so does this one when all have ended.
                    Next::Lost => return Ok(()),
                }
            }
        }
        Ok(())
    });
    *spare = std::mem::take(&mut board.lock().spare);
    result
}

/// Where the threads of [`in_order`] meet.
struct Board<P> {
    count: usize,
    ahead: usize,
    state: Mutex<State<P>>,
    /// There may be work to begin.
    room: Condvar,
    /// There may be a product.
    ready: Condvar,
}

struct State<P> {
    /// Pieces that were begun: those before this one.
    begun: usize,
    /// Pieces that were taken.
    taken: usize,
    made: BTreeMap<usize, P>,
    spare: Vec<P>,
    closed: bool,
}

impl<P> Default for State<P> {
    fn default() -> Self {
        Self { begun: 0, taken: 0, made: BTreeMap::new(), spare: Vec::new(), closed: false }
    }
}

/// What the calling thread does next.
enum Next<P> {
    /// The product is there.
    Made(P),
    /// Nobody has begun the piece; now the caller has.
    Open,
    /// It is under way: the caller has begun a later one, with a product to fill.
    Ahead(usize, P),
    /// It will never come.
    Lost,
}

impl<P: Default> Board<P> {
    fn lock(&self) -> MutexGuard<'_, State<P>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a piece that is not too far ahead, with a product to fill.
    fn begin(&self, state: &mut State<P>) -> Option<(usize, P)> {
        let at = state.begun;
        (at < self.count && at < state.taken + self.ahead).then(|| {
            state.begun += 1;
            (at, state.spare.pop().unwrap_or_default())
        })
    }

    /// A piece to begin, as soon as there is room; nothing once there are no more.
    fn wait_for_work(&self) -> Option<(usize, P)> {
        let mut state = self.lock();
        loop {
            if state.closed || state.begun == self.count {
                return None;
            }
            if let Some(begun) = self.begin(&mut state) {
                return Some(begun);
            }
            state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn put(&self, at: usize, product: P) {
        self.lock().made.insert(at, product);
        self.ready.notify_one();
    }

    fn next(&self, at: usize) -> Next<P> {
        let mut state = self.lock();
        loop {
            if let Some(product) = state.made.remove(&at) {
                return Next::Made(product);
            }
            if state.begun == at {
                state.begun += 1;
                return Next::Open;
            }
            if let Some((other, product)) = self.begin(&mut state) {
                return Next::Ahead(other, product);
            }
            if state.closed {
                return Next::Lost;
            }
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn taken(&self, at: usize, product: Option<P>) {
        let mut state = self.lock();
        state.taken = at + 1;
        state.spare.extend(product);
        drop(state);
        self.room.notify_one();
    }
}

/// Lets go whoever waits at a board: at the end in any case, or only if this thread panics.
struct Closing<'b, P>(&'b Board<P>, bool);

impl<P> Drop for Closing<'_, P> {
    fn drop(&mut self) {
        if self.1 || std::thread::panicking() {
            self.0.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
            self.0.room.notify_all();
            self.0.ready.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_come_in_order_whoever_makes_them() {
        for threads in [1, 2, 3, 8] {
            for (ahead, count) in [(1, 9), (2, 100), (7, 100), (100, 20), (4, 0)] {
                let (mut seen, mut spare) = (Vec::new(), vec![vec![7; 3]]);
                let make = |own: &mut usize, at: usize, product: &mut Vec<usize>| {
                    *own += 1;
                    product.clear();
                    product.extend([at, at * at]);
                };
                let result: Result<(), usize> = in_order(
                    (threads, ahead),
                    count,
                    &mut spare,
                    || 0,
                    make,
                    |at, product| {
                        seen.push(product.map_or(at * at, |product| {
                            assert_eq!(product[0], at);
                            product[1]
                        }));
                        Ok(())
                    },
                );
                assert_eq!(result, Ok(()));
                assert_eq!(seen, (0..count).map(|at| at * at).collect::<Vec<_>>());
                assert!(spare.len() <= ahead.max(1), "{} products kept", spare.len());
            }
        }
    }

    #[test]
    fn one_thread_does_every_piece_on_the_spot() {
        let mut spare: Vec<usize> = Vec::new();
        let take = |_: usize, product: Option<&mut usize>| if product.is_some() { Err("made ahead") } else { Ok(()) };
        assert_eq!(in_order((1, 8), 20, &mut spare, || (), |(), _, _| unreachable!(), take), Ok(()));
        assert!(spare.is_empty());
    }

    #[test]
    fn items_are_worked_on_once_each_by_all_threads_at_once() {
        for threads in 1..5 {
            for count in [0, 1, 3, 50] {
                let mut items: Vec<(usize, usize)> = (0..count).map(|at| (at, 0)).collect();
                each(threads, &mut items, |item| item.1 += item.0 + 1);
                assert!(items.iter().all(|&(at, done)| done == at + 1));
            }
            // Nobody goes on before all are there.
            let all = std::sync::Barrier::new(threads);
            each(threads, &mut vec![(); threads], |()| {
                all.wait();
            });
        }
        // And no more threads than those that are asked for, however much work there is.
        let ids = Mutex::new(std::collections::HashSet::new());
        each(2, &mut [(); 24], |()| {
            ids.lock().unwrap().insert(std::thread::current().id());
            std::thread::sleep(std::time::Duration::from_millis(2));
        });
        let ids = ids.into_inner().unwrap().len();
        assert!((1..=2).contains(&ids), "{ids} threads");
        assert_eq!(count(3), 3);
        assert_eq!(count(0), std::thread::available_parallelism().unwrap().get());
    }

    #[test]
    fn work_within_work_ends() {
        let count = |threads: usize| {
            let mut items = vec![0; 20];
            each(threads, &mut items, |item| *item += 1);
            items.iter().sum::<usize>()
        };
        let lock = Mutex::new(());
        let mut items = vec![0; 60];
        each(3, &mut items, |item| {
            let _held = lock.lock();
            *item = count(3);
        });
        assert!(items.iter().all(|&item| item == 20));
        // And where the other thread waits until this one goes on.
        let mut taken = 0;
        let make = |(): &mut (), at: usize, product: &mut usize| *product = at;
        let result: Result<(), ()> = in_order(
            (2, 1),
            30,
            &mut Vec::new(),
            || (),
            make,
            |_, _| {
                taken += count(2);
                Ok(())
            },
        );
        assert_eq!((result, taken), (Ok(()), 600));
    }

    #[test]
    fn who_shares_work_waits_for_nobody_elses() {
        // One holds a lock and shares work; what the other shares wants that lock, and has begun before.
        let lock = Mutex::new(0);
        let begun = std::sync::Barrier::new(3);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                each(2, &mut [(); 2], |()| {
                    begun.wait();
                    *lock.lock().unwrap() += 1;
                });
            });
            let mut held = lock.lock().unwrap();
            begun.wait();
            let mut items = vec![0; 50];
            each(2, &mut items, |item| *item = 1);
            *held += items.iter().sum::<usize>();
        });
        assert_eq!(lock.into_inner().unwrap(), 52);
    }

    #[test]
    fn threads_run_ahead_as_far_as_they_may() {
        let (most, count) = (5, 40);
        let begun = Mutex::new((0, 0));
        let more = Condvar::new();
        let make = |(): &mut (), at: usize, product: &mut usize| {
            let mut state = begun.lock().unwrap();
            state.0 += 1;
            assert!(at < state.1 + most, "piece {at} when {} were taken", state.1);
            *product = at;
            more.notify_all();
        };
        let mut others = 0;
        let take = |at: usize, product: Option<&mut usize>| -> Result<(), ()> {
            let mut state = begun.lock().unwrap();
            if let Some(product) = product {
                assert_eq!(*product, at);
                others += 1;
            } else {
                state.0 += 1;
            }
            // The other thread makes what it may make meanwhile.
            while state.0 < count.min(at + most) {
                state = more.wait(state).unwrap();
            }
            state.1 = at + 1;
            Ok(())
        };
        assert_eq!(in_order((2, most), count, &mut Vec::new(), || (), make, take), Ok(()));
        assert!(others >= count - 1, "{others} pieces were made ahead");
    }

    #[test]
    fn nothing_is_taken_after_an_error() {
        for threads in [1, 2, 8] {
            let mut seen = 0;
            let result = in_order(
                (threads, 4),
                50,
                &mut Vec::new(),
                || (),
                |(), at, product| *product = at,
                |at, _| {
                    seen = at;
                    if at == 17 { Err("enough") } else { Ok(()) }
                },
            );
            assert_eq!((result, seen), (Err("enough"), 17));
        }
    }

    #[test]
    #[should_panic] // with the text of the other thread, or that of a scope
    fn a_thread_that_panics_is_not_waited_for() {
        let calling = std::thread::current().id();
        let make = |(): &mut (), _: usize, _: &mut ()| {
            assert_eq!(std::thread::current().id(), calling, "only the calling thread may do this");
        };
        let slow = |_: usize, _: Option<&mut ()>| -> Result<(), ()> {
            std::thread::yield_now();
            Ok(())
        };
        // Some piece is made by another thread sooner or later.
        loop {
            let _ = in_order((4, 64), 1000, &mut Vec::new(), || (), make, slow);
        }
    }
}
