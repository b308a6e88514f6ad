//! The shrinker: the smallest program around that still fails.
//!
//! Items go in chunks, then singly; then every edit of what is left is tried (`edits`), until none of them keeps the
//! failure. Each edit makes the program smaller by some measure, so that this ends.

mod edits;

use onus::syntax::ast::Item;

use crate::sample::Sample;

/// How many programs are tried at most.
const TRIES: usize = 20_000;

/// The smallest program found for which `fails` holds; it must hold of the one given. `fails` decides what counts: it
/// must refuse programs that are wrong for another reason.
#[must_use]
pub fn shrink(sample: &Sample, fails: &mut dyn FnMut(&Sample) -> bool) -> Sample {
    let mut best = sample.clone();
    let mut left = TRIES;
    let mut attempt = |candidate: &Sample| {
        left = left.saturating_sub(1);
        left > 0 && fails(candidate)
    };
    loop {
        let size = edits::size(&best);
        remove_items(&mut best, &mut attempt);
        try_edits(&mut best, &mut attempt);
        if edits::size(&best) == size {
            return best;
        }
    }
}

/// Takes items away: halves, quarters, and so on down to single ones.
fn remove_items(best: &mut Sample, fails: &mut dyn FnMut(&Sample) -> bool) {
    let mut chunk = best.program.items.len().div_ceil(2);
    while chunk > 0 {
        let mut at = 0;
        while at < best.program.items.len() {
            let items: Vec<Item> = best.program.items.clone();
            let mut candidate = best.clone();
            candidate.program.items = [&items[..at], items.get(at + chunk..).unwrap_or(&[])].concat();
            if fails(&candidate) {
                *best = candidate;
            } else {
                at += chunk;
            }
        }
        chunk = if chunk == 1 { 0 } else { chunk.div_ceil(2) };
    }
}

fn try_edits(best: &mut Sample, fails: &mut dyn FnMut(&Sample) -> bool) {
    let mut at = 0;
    while let Some(candidate) = edits::nth(best, at) {
        if edits::size(&candidate) < edits::size(best) && fails(&candidate) {
            *best = candidate;
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Limits;

    #[test]
    fn what_does_not_matter_goes() {
        let text = ".type Name <: symbol
            .decl e(x: number, y: number, note: Name)
            e(1, 2, \"a\"). e(2, 3, \"b\"). e(3, 4, \"c\"). e(7, 8, \"d\").
            .decl s(x: number) s(2). s(9).
            .decl p(x: number, y: number)
            .decl n(x: number)
            p(x, y) :- e(x, y, _), x < 5 + 1, !s(y + 1).
            p(x, z) :- p(x, y), e(y, z, note), note != \"zz\", (x = 1 ; x > 0).
            n(c) :- c = count : { p(x, y), s(y) }.
            .output p
            .output n";
        let sample = Sample::parse(text).unwrap();
        let mut fails = |candidate: &Sample| {
            candidate.answers(&Limits::default()).is_ok_and(|answers| answers.get("n").is_some_and(|n| !n.is_empty()))
        };
        assert_eq!(shrink(&sample, &mut fails).text(), ".decl n()\nn().\n");
        let mut recursion = |candidate: &Sample| {
            let answers = candidate.answers(&Limits::default());
            answers.is_ok_and(|answers| {
                let rows = |name: &str| answers.get(name).map_or(0, std::collections::BTreeSet::len);
                rows("p") > rows("e")
            })
        };
        let small = shrink(&sample, &mut recursion);
        assert!(small.program.items.len() <= 3, "{}", small.text());
    }
}
