//! When and how tables are cut into shards.

use super::*;

#[test]
fn a_set_that_has_grown_large_is_cut_and_a_lead_that_says_little_is_dropped() {
    fn log(words: &[Word]) -> Log<'_> {
        Log { committed: words, fresh: &[] }
    }
    for arity in [2, 3] {
        for (hot, kept) in [(0, true), (1_500, true), (20_000, false)] {
            // Many values in the lead, and one that many tuples have.
            let layout = Layout { shard_from: 10_000, ..with(Switch::Off, Switch::Off) };
            let row = |at: Word| [if at < hot { 7 } else { at.wrapping_mul(0x9e37_79b9) }, at * 100, 5];
            let words: Vec<Word> = (0..30_000).flat_map(|at| row(at)[..arity].to_vec()).collect();
            let mut set = TupleSet::of_rows(arity, layout, &words[..9_999 * arity], 9_999);
            set.lead_by(Some(0));
            assert_eq!(set.settle(log(&words[..9_999 * arity]), 0, 2), None, "it is small still");
            let mut set = TupleSet::of_rows(arity, layout, &words, 30_000);
            set.lead_by(Some(0));
            let dealing = set.settle(log(&words), 0, 2).expect("it is large");
            assert_eq!((dealing.count(), dealing.lead()), (32, kept.then_some(0)), "{hot} of 30,000 tuples");
            assert_eq!(set.settle(log(&words), 0, 2), Some(dealing));
            let mut groups = vec![Vec::new(); GROUPS];
            dealing.deal(&words, &mut groups);
            let most = groups.iter().map(|group| group.len() / arity).max();
            // Evenly, but for the hot value.
            assert!(most < Some(30_000 / 32 * 3 / 2 + if kept { hot as usize } else { 0 }), "{most:?}");
            set.lead_by(Some(1));
            assert_eq!(set.settle(log(&words), 0, 2), Some(dealing), "only before a table is cut");
            assert!(words.chunks_exact(arity).all(|tuple| set.contains(&words, tuple)));
            // Shards together are not much larger than one table.
            let whole = TupleSet::of_rows(arity, layout, &words, 30_000).bytes();
            assert!((whole * 2 / 3..=whole * 3 / 2).contains(&set.bytes()), "{} and {whole} bytes", set.bytes());
        }
    }
}

#[test]
fn tables_are_cut_anew_when_their_shards_are_four_times_too_large() {
    let words: Vec<Word> = (0..3_000).flat_map(|at| [at * 7_919 % 8_192, at / 3]).collect();
    let log = Log { committed: &words, fresh: &[] };
    // As if a shard held nearly four times what it is meant to, or as much as that. Matrices stay as they are.
    for (kind, counts) in [("flat", [128, 512]), ("blocks", [128, 512]), ("dense", [128; 2])] {
        for (len, count) in [(1 << 24) - 1, 1 << 24].into_iter().zip(counts) {
            let mut set = of_many_shards(2, None, kind, &words);
            (set.len, set.layout.blocks) = (len, if kind == "flat" { Switch::Off } else { Switch::Auto });
            assert_eq!(set.settle(log, 0, 2).map(Dealing::count), Some(count), "{kind} {len}");
            assert_eq!(set.kind(), kind);
            assert!(words.chunks_exact(2).all(|tuple| set.contains(&words, tuple)), "{kind} {len}");
        }
    }
    // Where there is no tuple yet there is a shard for each group.
    for (arity, kind) in [(1, "flat"), (2, "flat"), (3, "tagged"), (4, "tagged")] {
        let mut set = TupleSet::new(arity, Layout { shard_from: 0, ..Layout::default() });
        assert_eq!(set.settle(Log { committed: &[], fresh: &[] }, 0, 2).map(Dealing::count), Some(32));
        assert_eq!(set.kind(), kind);
        // Room is made in all shards together.
        set.reserve(6_400);
        assert_eq!(set.bytes(), 32 * (200 + 200 / 4 + 1) * 8);
    }
}

#[test]
fn tables_that_are_cut_keep_their_lead() {
    for (arity, lead, kind) in [(2, 0, "flat"), (2, 1, "flat"), (3, 2, "tagged"), (4, 0, "tagged")] {
        let layout = Layout { shard_from: 1, dense: Switch::Off, blocks: Switch::Off, ..Layout::default() };
        let words: Vec<Word> = (0..9_000).flat_map(|at| [at, at / 2, at / 3, at][..arity].to_vec()).collect();
        let mut set = TupleSet::of_rows(arity, layout, &words, 9_000);
        set.lead_by(Some(lead));
        let dealing = set.settle(Log { committed: &words, fresh: &[] }, 0, 2);
        assert_eq!((set.kind(), dealing.and_then(Dealing::lead)), (kind, Some(lead)));
        // Where few values lead, their shards would hold too much.
        let words: Vec<Word> = (0..9_000).flat_map(|at| [at % 2, at, at % 2, at][..arity].to_vec()).collect();
        let mut set = TupleSet::of_rows(arity, layout, &words, 9_000);
        set.lead_by(Some(if arity == 4 { 0 } else { arity / 2 * 2 - 2 }));
        let dealing = set.settle(Log { committed: &words, fresh: &[] }, 0, 2);
        assert_eq!((set.kind(), dealing.map(Dealing::lead)), (kind, Some(None)));
        assert!(words.chunks_exact(arity).all(|tuple| set.contains(&words, tuple)));
    }
}

/// Lets the shards of a set of some `rows` take tuples, and adds what is new to the rows.
fn deal(set: &mut TupleSet, dealing: Dealing, rows: &mut Vec<Word>, words: &[Word]) {
    let (arity, start) = (set.arity, set.len);
    let log = Log { committed: rows, fresh: &[] };
    let mut groups = vec![Vec::new(); GROUPS];
    dealing.deal(words, &mut groups);
    let mut fresh = Vec::new();
    for (shard, words) in set.shards(dealing, log, None, true).expect("shards").iter_mut().zip(&groups) {
        let mut own = Vec::new();
        shard.insert(words, log, &mut own, &mut Vec::new());
        shard.number(&own, start, fresh.len() / arity);
        fresh.extend(own);
    }
    set.grown(fresh.len() / arity);
    rows.extend(fresh);
}

#[test]
fn a_table_is_cut_before_many_tuples_come_and_a_lead_that_says_little_is_dropped_after() {
    for arity in [2, 3] {
        for (hot, kept, late) in [(700, true, false), (20_000, false, false), (20_000, false, true)] {
            let layout = Layout { shard_from: 10_000, ..with(Switch::Off, Switch::Off) };
            let row = |at: Word| [if at < hot { 7 } else { at.wrapping_mul(0x9e37_79b9) }, at * 100, 5];
            let words: Vec<Word> = (0..30_000).flat_map(|at| row(at)[..arity].to_vec()).collect();
            let empty = Log { committed: &[], fresh: &[] };
            let mut set = TupleSet::new(arity, layout);
            set.lead_by(Some(0));
            assert_eq!(set.settle(empty, 9_999, 2), None);
            let dealing = set.settle(empty, 10_000, 2).expect("much is coming");
            assert_eq!((dealing.count(), dealing.lead()), (32, Some(0)));
            // It stays cut, whatever comes. Few say nothing of a lead, some tell whether it spreads them.
            let mut rows = Vec::new();
            deal(&mut set, dealing, &mut rows, &words[..4_095 * arity]);
            assert_eq!((set.len(), rows.len()), (4_095, 4_095 * arity));
            assert_eq!(set.settle(Log { committed: &rows, fresh: &[] }, 0, 2), Some(dealing));
            let (some, late) = if late { (4_095, 4_095) } else { (4_096, 9_999) };
            deal(&mut set, dealing, &mut rows, &words[some * arity..late * arity]);
            let dealing = set.settle(Log { committed: &rows, fresh: &[] }, 0, 2).expect("it is cut");
            assert_eq!(dealing.lead(), (kept || set.len() == 4_095).then_some(0));
            deal(&mut set, dealing, &mut rows, &words);
            assert_eq!((set.len(), rows.len()), (30_000, words.len()));
            let dealing = set.settle(Log { committed: &rows, fresh: &[] }, 0, 2).expect("it is cut");
            assert_eq!((dealing.count(), dealing.lead()), (32, kept.then_some(0)), "{hot} of 30,000 tuples");
            assert!(words.chunks_exact(arity).all(|tuple| set.contains(&rows, tuple)));
            deal(&mut set, dealing, &mut rows, &words[..60]);
            assert_eq!(set.len(), 30_000, "all are known");
        }
    }
}

#[test]
fn blocks_that_a_cut_table_turns_to_lead_only_where_they_spread() {
    // Two pairs a block along the second column: most with one value there, or each block with its own.
    for (hot, kept) in [(30_000, false), (0, true)] {
        let mut set = TupleSet::new(2, Layout { shard_from: 6_000, ..with(Switch::Off, Switch::Auto) });
        set.lie_along(Some(0));
        let dealing = set.settle(Log { committed: &[], fresh: &[] }, 6_000, 2).expect("much is coming");
        assert_eq!((set.kind(), dealing.lead()), ("flat", None));
        let fixed = |at: Word| if at < hot { 3 } else { at / 2 };
        let words: Vec<Word> = (0..40_000).flat_map(|at| [at / 2 * 64 + at % 2, fixed(at)]).collect();
        let mut rows = Vec::new();
        deal(&mut set, dealing, &mut rows, &words);
        let dealing = set.settle(Log { committed: &rows, fresh: &[] }, 0, 2).expect("it is cut");
        assert_eq!((set.kind(), set.axis(), dealing.lead()), ("blocks", Some(1), kept.then_some(1)));
        assert!(words.chunks_exact(2).all(|tuple| set.contains(&rows, tuple)));
    }
}

#[test]
fn few_tuples_do_not_tell_which_kind_of_table_suits_the_many_that_come() {
    let set = |arity: usize, len: usize| {
        let words: Vec<Word> = (0..4_096).flat_map(|at| [at * 700, at * 900, at][..arity].to_vec()).collect();
        TupleSet::of_rows(arity, Layout::default(), &words[..len * arity], len)
    };
    let most = Layout::default().shard_from;
    assert!(set(2, 4_095).is_unproven(most - 4_095) && set(1, 0).is_unproven(most));
    assert!(!set(2, 4_095).is_unproven(most - 4_096), "what comes is not much either");
    let large = TupleSet::of_rows(2, Layout { shard_from: 1, ..Layout::default() }, &[1, 2], 1);
    assert!(!large.is_unproven(most), "it is cut whatever comes");
    assert!(!set(2, 4_096).is_unproven(most) && !set(3, 0).is_unproven(most));
    let mut wide = set(3, 0);
    wide.lead_by(Some(1));
    assert!(wide.is_unproven(most), "nothing is known of its lead");
    let mut cut = set(2, 0);
    assert!(cut.settle(Log { committed: &[], fresh: &[] }, most, 2).is_some() && !cut.is_unproven(most));
}
