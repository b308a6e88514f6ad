use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

mod cuts;

#[test]
fn the_nullary_tuple_exists_once() {
    let mut set = TupleSet::new(0, Layout::default());
    assert!(!set.contains(&[], &[]));
    assert_eq!(set.insert_batch(&[], &mut Vec::new(), &[], 3), 1);
    assert_eq!(set.insert_batch(&[], &mut Vec::new(), &[], 1), 0);
    assert!(set.contains(&[], &[]));
}

#[test]
fn close_values_become_a_matrix_and_far_ones_a_flat_table_again() {
    let mut set = TupleSet::new(2, Layout::default());
    let words: Vec<Word> = (0..200).flat_map(|x| (0..200).flat_map(move |y| [x, y])).collect();
    let mut rows = Vec::new();
    assert_eq!(set.insert_batch(&[], &mut rows, &words, 40_000), 40_000);
    assert_eq!(set.kind(), "dense");
    assert_eq!(set.insert_batch(&rows, &mut Vec::new(), &words, 40_000), 0);
    let mut fresh = Vec::new();
    assert_eq!(set.insert_batch(&rows, &mut fresh, &[7, 2_000_000, 7, 7], 2), 1);
    assert_eq!(set.kind(), "flat");
    rows.extend(fresh);
    assert!(set.contains(&rows, &[7, 2_000_000]) && set.contains(&rows, &[199, 0]) && !set.contains(&rows, &[200, 0]));
}

#[test]
fn pairs_that_lie_close_in_a_wide_field_become_blocks() {
    let mut set = TupleSet::new(2, Layout::default());
    let words: Vec<Word> = (0..2_000).flat_map(|x| (0..20).flat_map(move |y| [x * 7, x * 1_000 + y])).collect();
    let mut rows = Vec::new();
    assert_eq!(set.insert_batch(&[], &mut rows, &words, 40_000), 40_000);
    assert_eq!(set.kind(), "blocks");
    assert_eq!(set.insert_batch(&rows, &mut Vec::new(), &words, 40_000), 0);
    assert!(set.contains(&rows, &[7, 1_019]) && !set.contains(&rows, &[7, 1_020]) && !set.contains(&rows, &[8, 1_019]));
}

#[test]
fn blocks_that_lie_across_the_lead_are_not_dealt_by_it() {
    // Runs in the first column: blocks lie along the second.
    let words: Vec<Word> = (0..300).flat_map(|y| (0..30).flat_map(move |x| [y * 1_000 + x, y * 7])).collect();
    let layout = Layout { shard_from: 1, ..Layout::default() };
    let mut set = TupleSet::of_rows(2, layout, &words, 9_000);
    assert_eq!((set.kind(), set.cut.axis), ("blocks", Some(1)));
    set.lead_by(Some(0));
    assert_eq!(set.settle(Log { committed: &words, fresh: &[] }, 0, 2).map(Dealing::lead), Some(None));
    assert_eq!(set.insert_batch(&words, &mut Vec::new(), &words, 9_000), 0);
}

#[test]
fn scattered_pairs_stay_in_a_flat_table() {
    let mut set = TupleSet::new(2, Layout::default());
    let words: Vec<Word> =
        (0..20_000_u32).flat_map(|x| [x.wrapping_mul(0x9e37_79b9), x.wrapping_mul(0x85eb_ca6b)]).collect();
    assert_eq!(set.insert_batch(&[], &mut Vec::new(), &words, 20_000), 20_000);
    assert_eq!(set.kind(), "flat");
}

fn layouts() -> impl Strategy<Value = Layout> {
    let hashing = prop_oneof![
        4 => any::<u64>().prop_map(|seed| Hashing { seed, constant: false }),
        1 => Just(Hashing { seed: 3, constant: true }),
    ];
    let dense = prop_oneof![Just(Switch::Off), Just(Switch::Auto), Just(Switch::Force)];
    let blocks = prop_oneof![Just(Switch::Off), Just(Switch::Auto), Just(Switch::Force)];
    let shard_from = prop_oneof![Just(0), Just(100), Just(1 << 16)];
    (hashing, dense, blocks, shard_from).prop_map(|(hashing, dense, blocks, shard_from)| Layout {
        hashing,
        dense,
        blocks,
        shard_from,
    })
}

/// Words that lie close, or now and then far out.
fn word() -> impl Strategy<Value = Word> {
    prop_oneof![20 => 0_u32..40, 1 => 0_u32..3_000, 1 => 4_000_000_000_u32..4_000_000_003]
}

proptest! {
    #[test]
    fn behaves_as_a_set_in_order_of_first_appearance(
        arity in 1_usize..5,
        words in proptest::collection::vec(word(), 0..3_000),
        cut in 0_usize..2_000,
        layout in layouts(),
        settle in any::<bool>(),
    ) {
        let rows = words.len() / arity;
        let words = &words[..rows * arity];
        let cut = (cut % (rows + 1)) * arity;
        let mut set = TupleSet::new(arity, layout);
        let mut committed = Vec::new();
        set.insert_batch(&[], &mut committed, &words[..cut], cut / arity);
        if settle {
            set.settle(Log { committed: &committed, fresh: &[] }, 0, 2);
        }
        let mut fresh = Vec::new();
        set.insert_batch(&committed, &mut fresh, &words[cut..], rows - cut / arity);
        committed.extend(fresh);
        let mut model = BTreeSet::new();
        let expected: Vec<Word> =
            words.chunks_exact(arity).filter(|row| model.insert(row.to_vec())).flatten().copied().collect();
        prop_assert_eq!(&committed, &expected);
        prop_assert_eq!(set.len(), model.len());
        for probe in words.chunks_exact(arity) {
            prop_assert!(set.contains(&committed, probe));
        }
        prop_assert!(!set.contains(&committed, &vec![41_000; arity]));
    }

    #[test]
    fn shards_filled_apart_are_the_same_set(
        arity in 1_usize..5,
        words in proptest::collection::vec(word(), 0..3_000),
        cut in 0_usize..2_000,
        layout in layouts(),
        lead in proptest::option::of(0_usize..4),
        along in proptest::option::of(0_usize..2),
    ) {
        let layout = Layout { shard_from: 0, ..layout };
        let rows = words.len() / arity;
        let words = &words[..rows * arity];
        let cut = (cut % (rows + 1)) * arity;
        let mut set = TupleSet::new(arity, layout);
        set.lead_by(lead.filter(|&lead| lead < arity));
        set.lie_along(along.filter(|_| arity == 2));
        let mut committed = Vec::new();
        set.insert_batch(&[], &mut committed, &words[..cut], cut / arity);
        let mut fresh: Vec<Word> = Vec::new();
        for half in words[cut..].chunks((rows * arity / 3).next_multiple_of(arity).max(arity)) {
            let log = Log { committed: &committed, fresh: &fresh };
            let dealing = set.settle(log, 0, 2).expect("settled");
            let mut buffers = vec![Vec::new(); GROUPS];
            // Some pairs come in blocks, where the table takes them.
            let mut blocks = vec![Vec::new(); GROUPS];
            let some = set.axis().map_or(0, |_| half.len() / 4 * 2);
            dealing.deal(&half[some..], &mut buffers);
            if let Some(axis) = set.axis() {
                let mut found: Vec<Block> = Vec::new();
                for pair in half[..some].as_chunks::<2>().0 {
                    let block = Block::of(pair[axis], pair[1 - axis]);
                    if !found.last_mut().is_some_and(|last| last.admit(block)) {
                        found.push(block);
                    }
                }
                dealing.deal_blocks(&found, &mut blocks);
            }
            set.foresee(log, greatest(arity, half), half.len() / arity / 4);
            let Some(mut shards) = set.shards(dealing, log, Some(greatest(arity, half)), true) else {
                set.insert_batch(&committed, &mut fresh, half, half.len() / arity);
                continue;
            };
            let mut parts = vec![Vec::new(); GROUPS];
            for (((shard, buffer), blocks), part) in shards.iter_mut().zip(&buffers).zip(&blocks).zip(&mut parts) {
                shard.insert(buffer, log, part, &mut Vec::new());
                shard.insert_blocks(blocks, log, part, &mut Vec::new());
            }
            let start = (committed.len() + fresh.len()) / arity;
            let mut before = 0;
            for (shard, part) in shards.iter_mut().zip(&parts) {
                shard.number(part, start, before);
                before += part.len() / arity;
            }
            set.grown(before);
            fresh.extend(parts.into_iter().flatten());
        }
        committed.extend(fresh);
        let model: BTreeSet<Vec<Word>> = words.chunks_exact(arity).map(<[Word]>::to_vec).collect();
        let found: BTreeSet<Vec<Word>> = committed.chunks_exact(arity).map(<[Word]>::to_vec).collect();
        prop_assert_eq!(committed.len() / arity, model.len());
        prop_assert_eq!(found, model);
        prop_assert_eq!(set.len(), committed.len() / arity);
        for probe in words.chunks_exact(arity) {
            prop_assert!(set.contains(&committed, probe));
        }
        prop_assert!(!set.contains(&committed, &vec![41_000; arity]));
    }
}

#[test]
fn blocks_become_a_matrix_when_they_fill_up() {
    let mut set = TupleSet::new(2, Layout::default());
    set.lead_by(Some(0));
    let mut rows = Vec::new();
    for part in 0..40 {
        let words: Vec<Word> = (0..1_500).flat_map(|x| [x, (x * 7 + part * 37) % 1_500]).collect();
        let words: Vec<Word> =
            words.chunks(2).flat_map(|p| (0..37).flat_map(move |k| [p[0], (p[1] + k) % 1_500])).collect();
        let mut fresh = Vec::new();
        let log = Log { committed: &rows, fresh: &fresh };
        set.foresee(log, (0, 0), words.len() / 8);
        set.settle(log, 0, 2);
        set.insert_batch(&rows, &mut fresh, &words, words.len() / 2);
        rows.extend(fresh);
    }
    assert_eq!(set.kind(), "dense");
}

fn with(dense: Switch, blocks: Switch) -> Layout {
    Layout { dense, blocks, ..Layout::default() }
}

/// The kind of a set made of some rows at once, and of one that was filled with them one after another.
fn kinds(layout: Layout, words: &[Word], arity: usize) -> [&'static str; 2] {
    let mut filled = TupleSet::new(arity, layout);
    let mut rows = Vec::new();
    words.chunks_exact(arity).for_each(|tuple| {
        assert_eq!(filled.insert_batch(&[], &mut rows, tuple, 1), 1);
    });
    // What is chosen is chosen before something is added.
    filled.insert_batch(&[], &mut rows, &words[..arity], 1);
    assert_eq!((&rows[..], filled.len()), (words, words.len() / arity));
    let set = TupleSet::of_rows(arity, layout, words, words.len() / arity);
    assert!(words.chunks_exact(arity).all(|tuple| set.contains(words, tuple)));
    [set.kind(), filled.kind()]
}

#[test]
fn kinds_are_chosen_by_how_many_tuples_lie_how_close() {
    let (auto, off, force) = (Switch::Auto, Switch::Off, Switch::Force);
    let square = |count: Word| (0..count).flat_map(|at| [at % 40, at / 40]).collect::<Vec<_>>();
    assert_eq!(kinds(with(auto, auto), &square(511), 2), ["flat"; 2]);
    assert_eq!(kinds(with(auto, auto), &square(512), 2), ["dense"; 2]);
    assert_eq!(kinds(with(off, auto), &square(512), 2), ["flat"; 2]);
    assert_eq!(kinds(with(force, auto), &square(5), 2)[1], "dense");
    assert_eq!(kinds(with(off, off), &square(600), 2), ["flat"; 2]);
    // One column: a bit a value, too.
    let spread = |count: Word, by: Word| (0..count).map(|at| at * by).collect::<Vec<_>>();
    assert_eq!(kinds(with(auto, auto), &spread(600, 60), 1), ["dense"; 2]);
    assert_eq!(kinds(with(auto, auto), &spread(600, 600), 1), ["flat"; 2]);
    // Blocks, from 4,096 pairs on: three pairs must share one of 64 on average.
    let runs = |count: Word, run: Word| (0..count).flat_map(|at| [at / run * 777, at % run]).collect::<Vec<_>>();
    assert_eq!(kinds(with(off, auto), &runs(4_095, 4), 2), ["flat"; 2]);
    assert_eq!(kinds(with(off, auto), &runs(4_096, 4), 2), ["blocks"; 2]);
    assert_eq!(kinds(with(off, auto), &runs(4_098, 3), 2)[0], "blocks");
    assert_eq!(kinds(with(off, auto), &runs(4_098, 2), 2), ["flat"; 2]);
    assert_eq!(kinds(with(off, off), &runs(4_096, 4), 2), ["flat"; 2]);
    assert_eq!(kinds(with(off, force), &runs(20, 2), 2), ["blocks"; 2]);
    // Three columns have but one kind.
    assert_eq!(kinds(with(force, force), &runs(600, 2), 3), ["tagged"; 2]);
}

#[test]
fn a_matrix_takes_at_most_three_words_for_two_tuples() {
    let set = TupleSet::new(2, Layout::default());
    for (line, position, words) in [(0, 0, 1), (9, 63, 10), (9, 64, 20), (99, 200, 400)] {
        for tuples in 1..400 {
            assert_eq!(set.fits(line, position, tuples), words <= tuples * 3 / 2, "{line} {position} {tuples}");
        }
    }
    assert!(!set.fits(usize::MAX - 1, 1 << 40, 1_000_000), "nothing overflows");
    let force = TupleSet::new(2, with(Switch::Force, Switch::Auto));
    assert!(force.fits((1 << 20) - 1, 63, 1) && !force.fits(1 << 20, 63, 1));
}

#[test]
fn a_matrix_grows_by_a_quarter_and_is_left_for_good_where_values_lie_too_far_apart() {
    for lead in [None, Some(0), Some(1)] {
        let mut set = TupleSet::new(2, Layout::default());
        set.lead_by(lead);
        let mut rows = Vec::new();
        let turn = |x: Word, y: Word| if lead == Some(1) { [y, x] } else { [x, y] };
        let words: Vec<Word> = (0..1_200).flat_map(|at| turn(at % 40, at / 40)).collect();
        set.insert_batch(&[], &mut rows, &words, 1_200);
        assert_eq!((set.kind(), set.bytes()), ("dense", 40 * 8));
        // Lines come one by one, positions too; each time there is room for a quarter more.
        let mut sizes = vec![set.bytes()];
        for line in 40..400 {
            set.insert_batch(&[], &mut rows, &turn(line, 0), 1);
            sizes.push(set.bytes());
        }
        sizes.dedup();
        assert_eq!(
            sizes,
            [40 * 8, 51 * 8, 64 * 8, 81 * 8, 102 * 8, 128 * 8, 161 * 8, 202 * 8, 253 * 8, 317 * 8, 397 * 8, 497 * 8]
        );
        set.insert_batch(&[], &mut rows, &turn(0, 64), 1);
        assert_eq!((set.kind(), set.bytes()), ("dense", 497 * 2 * 8));
        set.insert_batch(&[], &mut rows, &turn(0, 1_000_000), 1);
        assert_eq!(set.kind(), "flat");
        let more: Vec<Word> = (0..3_000).flat_map(|at| turn(at % 60, at / 60)).collect();
        set.insert_batch(&[], &mut rows, &more, 3_000);
        assert_eq!(set.kind(), "flat", "it does not go back and forth");
        assert!(rows.chunks_exact(2).all(|tuple| set.contains(&rows, tuple)) && !set.contains(&rows, &turn(400, 0)));
    }
}

#[test]
fn blocks_that_empty_out_become_a_flat_table() {
    let mut set = TupleSet::new(2, with(Switch::Off, Switch::Auto));
    let mut rows = Vec::new();
    let runs: Vec<Word> = (0..6_000).flat_map(|at| [at / 6, at % 6]).collect();
    set.insert_batch(&[], &mut rows, &runs, 6_000);
    assert_eq!(set.kind(), "blocks");
    // Three to two pairs a block is the least that blocks are kept for.
    let mut alone = (0..).map(|at: Word| [at * 64, at * 64 + 1_000_000]);
    let mut add = |count: usize, set: &mut TupleSet, rows: &mut Vec<Word>| {
        let words: Vec<Word> = alone.by_ref().take(count).flatten().collect();
        set.insert_batch(&[], rows, &words, count);
        set.insert_batch(&[], rows, &[0, 0], 1);
    };
    add(9_000, &mut set, &mut rows);
    assert_eq!(set.kind(), "blocks", "15,000 pairs in 10,000 blocks");
    add(20_000, &mut set, &mut rows);
    assert_eq!(set.kind(), "flat", "35,000 pairs in 30,000 blocks");
    assert!(rows.chunks_exact(2).all(|tuple| set.contains(&rows, tuple)));
    let runs: Vec<Word> = (0..200_000).flat_map(|at| [at / 60 + 2_000, at % 60]).collect();
    set.insert_batch(&[], &mut rows, &runs, 200_000);
    assert_eq!(set.kind(), "flat", "it does not go back and forth");
}

#[test]
fn hashes_are_spread_and_depend_on_the_seed_and_on_each_column() {
    let spread = |hashes: &[u64]| {
        // Of 4,096 hashes dealt by any twelve neighbouring bits of the upper half, about 1 - 1/e differ.
        for shift in [52, 46, 40, 32] {
            let distinct: BTreeSet<u64> = hashes.iter().map(|hash| hash >> shift & 0xfff).collect();
            assert!((2_400..=2_800).contains(&distinct.len()), "{} of 4,096 by bits from {shift} on", distinct.len());
        }
    };
    for seed in [0, 1, u64::MAX] {
        let hashing = Hashing { seed, constant: false };
        let keys: [fn(u64) -> u64; 4] = [|at| at, |at| at << 32, |at| at << 20, |at| (at & 63) << 32 | at >> 6];
        for key in keys {
            spread(&(0..4_096).map(|at| hashing.mix(key(at))).collect::<Vec<_>>());
        }
        let tuples: [fn(Word) -> [Word; 3]; 4] =
            [|at| [at, 1, 2], |at| [1, at, 2], |at| [1, 2, at], |at| [at & 15, at >> 4 & 15, at >> 8]];
        for tuple in tuples {
            spread(&(0..4_096).map(|at| hashing.wide(&tuple(at))).collect::<Vec<_>>());
        }
    }
    let of = |seed| Hashing { seed, constant: false }.mix(7);
    assert!(of(1) != of(2) && of(0) != of(1));
    let same = Hashing { seed: 9, constant: true };
    assert_eq!((same.mix(1), same.mix(2)), (9, 9));
}

#[test]
fn a_block_holds_the_pairs_that_agree_in_the_axis_and_lie_close() {
    let mut block = Block::of(7, 130);
    assert!(block.admit(Block::of(7, 191)) && !block.admit(Block::of(7, 192)) && !block.admit(Block::of(8, 130)));
    let pairs = |axis| {
        let mut pairs = Vec::new();
        block.pairs(axis, &mut pairs);
        pairs
    };
    assert_eq!((pairs(0), pairs(1)), (vec![7, 130, 7, 191], vec![130, 7, 191, 7]));
    assert_eq!((block.greatest(0), block.greatest(1), block.line()), ((7, 191), (191, 7), 2));
}

#[test]
fn blocks_turn_to_lie_as_candidates_come() {
    // Runs in the second column: a set that candidates fill along the first has better blocks along the second at first.
    let words: Vec<Word> = (0..300).flat_map(|y| (0..30).flat_map(move |x| [y * 70, x * 7 + y % 3])).collect();
    let mut set = TupleSet::new(2, Layout { shard_from: 30_000, ..with(Switch::Off, Switch::Auto) });
    set.lie_along(Some(1));
    let mut rows = Vec::new();
    assert_eq!(set.insert_batch(&[], &mut rows, &words, 9_000), 9_000);
    assert_eq!((set.kind(), set.axis()), ("blocks", Some(0)));
    assert_eq!(set.settle(Log { committed: &rows, fresh: &[] }, 0, 2), None);
    set.lie_along(Some(0));
    let more: Vec<Word> = (0..3_200).flat_map(|x| (0..8).flat_map(move |y| [y, 100_000 + x])).collect();
    let mut fresh = Vec::new();
    assert_eq!(set.insert_batch(&rows, &mut fresh, &more, 25_600), 25_600);
    assert_eq!((set.kind(), set.axis()), ("blocks", Some(1)));
    rows.extend(fresh);
    assert!(
        set.contains(&rows, &[70, 7 + 1]) && set.contains(&rows, &[7, 103_199]) && !set.contains(&rows, &[8, 103_199])
    );
    // What agrees in the axis stays together when the table is cut.
    assert_eq!(set.settle(Log { committed: &rows, fresh: &[] }, 0, 2).map(Dealing::lead), Some(Some(1)));
}

/// A set of three thousand rows in four shards a group, as those of millions are.
fn of_many_shards(arity: usize, lead: Option<usize>, kind: &str, words: &[Word]) -> TupleSet {
    let mut set = TupleSet::new(arity, Layout::default());
    set.len = 3_000;
    let axis = (kind == "blocks").then(|| lead.unwrap_or(1));
    set.cut = Cut { bits: 7, lead, axis };
    let log = Log { committed: words, fresh: &[] };
    set.table = match kind {
        "flat" => Table::Flat(flat::build(set.place(0), 3_000, log, 1)),
        "tagged" => Table::Tagged(tagged::build(set.place(0), 3_000, log, 1)),
        "blocks" => Table::Blocks(blocks::build(set.place(0), log, 1)),
        _ => {
            let mut whole = Dense::new(8_192, 8_192);
            for tuple in words.chunks_exact(arity) {
                let (line, position) = set.cut.cell(tuple);
                whole.insert(line, position);
            }
            Table::Dense(dense::cut(&[whole], set.cut))
        }
    };
    assert_eq!(set.kind(), kind);
    set
}

#[test]
fn shards_of_a_group_lie_side_by_side() {
    for (kind, arity, lead) in [
        ("flat", 1, None),
        ("flat", 1, Some(0)),
        ("flat", 2, None),
        ("flat", 2, Some(1)),
        ("blocks", 2, None),
        ("blocks", 2, Some(0)),
        ("blocks", 2, Some(1)),
        ("dense", 1, None),
        ("dense", 2, None),
        ("dense", 2, Some(1)),
        ("tagged", 3, None),
        ("tagged", 3, Some(2)),
        ("tagged", 4, None),
        ("tagged", 4, Some(1)),
    ] {
        let rows = |rows: std::ops::Range<Word>| -> Vec<Word> {
            rows.flat_map(|at| [at * 7_919 % 8_192, at / 3, at % 1_000, 5][..arity].to_vec()).collect()
        };
        let (known, next) = (rows(0..3_000), rows(2_000..6_000));
        for grouped in [true, false] {
            let mut set = of_many_shards(arity, lead, kind, &known);
            let log = Log { committed: &known, fresh: &[] };
            let dealing = set.dealing().expect("it is cut");
            assert_eq!(dealing.count(), 128);
            let by_line = (kind == "dense").then_some(0);
            assert_eq!(dealing.lead(), lead.or(by_line), "{kind} {arity} {lead:?}");
            let mut fresh = Vec::new();
            let (mut before, mut parts) = (0, Vec::new());
            // By groups, or, where one column decides, each shard apart.
            let mut buffers = vec![Vec::new(); if grouped { GROUPS } else { 128 }];
            let mut blocks: Vec<Vec<Block>> = vec![Vec::new(); GROUPS];
            match dealing.lead() {
                _ if grouped => {
                    let half = next.len() / (2 * arity) * arity;
                    let dealt = set.axis().map_or(0, |_| half);
                    dealing.deal(&next[dealt..], &mut buffers);
                    if let Some(axis) = set.axis() {
                        let pairs = next[..dealt].as_chunks::<2>().0.iter();
                        let found: Vec<Block> = pairs.map(|pair| Block::of(pair[axis], pair[1 - axis])).collect();
                        dealing.deal_blocks(&found, &mut blocks);
                    }
                }
                Some(lead) => {
                    next.chunks_exact(arity)
                        .for_each(|row| buffers[dealing.shard_of(row[lead])].extend_from_slice(row));
                }
                None => continue,
            }
            let mut shards = set.shards(dealing, log, None, grouped).expect("dealt that way");
            assert_eq!(shards.len(), buffers.len());
            for (at, shard) in shards.iter_mut().enumerate() {
                let mut part = Vec::new();
                shard.insert(&buffers[at], log, &mut part, &mut Vec::new());
                if let Some(blocks) = blocks.get(at).filter(|_| grouped) {
                    shard.insert_blocks(blocks, log, &mut part, &mut Vec::new());
                }
                parts.push(part);
            }
            for (shard, part) in shards.iter_mut().zip(&parts) {
                shard.number(part, 3_000, before);
                before += part.len() / arity;
                fresh.extend_from_slice(part);
            }
            set.grown(before);
            assert_eq!((before, set.len()), (3_000, 6_000), "{kind} {arity} {lead:?}");
            let all = [known.clone(), fresh].concat();
            let found: BTreeSet<&[Word]> = all.chunks_exact(arity).collect();
            let wanted = rows(0..6_000);
            assert_eq!(found, wanted.chunks_exact(arity).collect(), "{kind} {arity} {lead:?}");
            assert!(wanted.chunks_exact(arity).all(|tuple| set.contains(&all, tuple)), "{kind} {arity} {lead:?}");
            let absent = rows(6_000..8_000);
            assert!(!absent.chunks_exact(arity).any(|tuple| set.contains(&all, tuple)), "{kind} {arity} {lead:?}");
            let mut told = Vec::new();
            set.contains_all(&all, &[wanted, absent].concat(), 8_000, &mut told);
            assert!(told[..6_000].iter().all(|told| *told) && !told[6_000..].iter().any(|told| *told));
        }
    }
}

#[test]
fn a_set_of_no_rows_takes_no_room() {
    for (arity, len) in [(0, 0), (1, 0), (2, 0), (0, 1)] {
        let set = TupleSet::of_rows(arity, Layout::default(), &[], len);
        assert_eq!((set.kind(), set.bytes(), set.len()), ("none", 0, len));
    }
}

#[test]
fn room_may_be_made_before_there_is_anything() {
    for arity in 1..5 {
        let mut set = TupleSet::new(arity, Layout::default());
        set.reserve(DENSE_FROM - 1);
        assert_eq!(set.bytes(), 0, "too few to be worth it");
        let mut enough = TupleSet::new(arity, Layout::default());
        enough.reserve(DENSE_FROM);
        assert!(enough.bytes() >= DENSE_FROM * 8);
        assert_eq!(enough.kind(), if arity > 2 { "tagged" } else { "flat" });
        set.reserve(2_000);
        assert!(set.bytes() >= 2_000 * 8);
        let words: Vec<Word> = (0..2_000).flat_map(|at| [at * 977, at % 50, at, 7][..arity].to_vec()).collect();
        let mut rows = Vec::new();
        assert_eq!(set.insert_batch(&[], &mut rows, &words, 2_000), 2_000);
        assert_eq!((rows == words, set.contains(&rows, &words[..arity])), (true, true));
        assert_eq!(set.insert_batch(&rows, &mut Vec::new(), &words, 2_000), 0);
    }
}

#[test]
fn the_lead_is_chosen_before_a_table_is_cut_and_blocks_lie_along_it() {
    for lead in [0, 1] {
        let layout = Layout { shard_from: 1, dense: Switch::Off, ..Layout::default() };
        // Runs along the lead.
        let pair = |fixed: Word, other: Word| if lead == 0 { [fixed, other] } else { [other, fixed] };
        let words: Vec<Word> = (0..6_000).flat_map(|at| pair(at / 6 * 777, at % 6)).collect();
        let mut set = TupleSet::new(2, layout);
        set.lead_by(Some(lead));
        let mut rows = Vec::new();
        set.insert_batch(&[], &mut rows, &words[..2], 1);
        set.insert_batch(&[], &mut rows, &words[2..], 5_999);
        let log = Log { committed: &rows, fresh: &[] };
        assert_eq!(set.settle(log, 0, 2).and_then(Dealing::lead), Some(lead));
        assert_eq!((set.kind(), set.axis()), ("blocks", Some(lead)));
        for other in [None, Some(1 - lead)] {
            set.lead_by(other);
            assert_eq!(set.dealing().and_then(Dealing::lead), Some(lead), "it is cut");
        }
        assert!(rows.chunks_exact(2).all(|tuple| set.contains(&rows, tuple)));
    }
}

#[test]
fn a_matrix_holds_the_greatest_of_what_it_is_made_for() {
    for (lines, positions) in [(10, 64), (10, 65), (64, 10), (65, 10), (10, 128), (9, 129)] {
        let words: Vec<Word> = (0..lines * positions).flat_map(|at| [at / positions, at % positions]).collect();
        let set = TupleSet::of_rows(2, Layout::default(), &words, words.len() / 2);
        assert_eq!((set.kind(), set.bytes()), ("dense", (lines * positions.div_ceil(64) * 8) as usize));
        assert!(words.chunks_exact(2).all(|tuple| set.contains(&words, tuple)));
        assert!(!set.contains(&words, &[lines, 0]) && !set.contains(&words, &[0, positions]));
    }
}

#[test]
fn a_matrix_that_is_made_in_shards_has_the_lines_of_one() {
    let layout = Layout { shard_from: 1, ..Layout::default() };
    let words: Vec<Word> = (0..500).flat_map(|at| [at % 50, at / 50]).collect();
    let mut set = TupleSet::of_rows(2, layout, &words, 500);
    let log = Log { committed: &words, fresh: &[] };
    set.settle(log, 0, 2);
    assert_eq!((set.kind(), set.cut.bits), ("flat", LEAST_BITS));
    set.foresee(log, (49, 9), 500);
    // Two lines for each of 32 shards, a word each.
    assert_eq!((set.kind(), set.bytes()), ("dense", 64 * 8));
    assert!(words.chunks_exact(2).all(|tuple| set.contains(&words, tuple)));
    // Line 100 is the fourth of its shard: one more than is asked for, in each of them.
    assert_eq!(set.insert_batch(&words, &mut Vec::new(), &[100, 3, 100, 3], 2), 1);
    assert_eq!((set.kind(), set.bytes()), ("dense", 128 * 8));
    // A line so far out that the lines of all shards together would be too many.
    assert_eq!(set.insert_batch(&words, &mut Vec::new(), &[40_000, 3], 1), 1);
    assert_eq!(set.kind(), "flat");
}

#[test]
fn a_matrix_that_was_made_larger_than_it_may_grow_stays_while_tuples_lie_within() {
    let layout = Layout { shard_from: 1, ..Layout::default() };
    let words: Vec<Word> = (0..500).flat_map(|at| [at % 50, at / 50]).collect();
    let mut set = TupleSet::of_rows(2, layout, &words, 500);
    let log = Log { committed: &words, fresh: &[] };
    set.settle(log, 0, 2);
    // 63 lines for each of 32 shards: what is coming is worth them, so few tuples are not.
    set.foresee(log, (1_999, 9), 1_000);
    assert_eq!((set.kind(), set.bytes(), set.fits(2_000, 9, 2 * 500)), ("dense", 63 * 32 * 8, false));
    assert_eq!(set.insert_batch(&words, &mut Vec::new(), &[40, 63, 1_999, 63], 2), 2);
    assert_eq!((set.kind(), set.bytes()), ("dense", 63 * 32 * 8));
}

#[test]
fn what_is_foreseen_counts_up_to_twice_what_is_there_and_a_matrix_that_is_too_large_is_not_thought_of_for_long() {
    // 400 tuples are worth 600, and what is coming; each is worth one and a half lines of a word.
    let words: Vec<Word> = (0..400).flat_map(|at| [at % 50, at / 50]).collect();
    let log = Log { committed: &words, fresh: &[] };
    for (coming, lines) in [(400, 1_000 * 3 / 2), (800, 1_400 * 3 / 2), (1 << 18, 1_400 * 3 / 2)] {
        for (line, kind) in [(lines - 1, "dense"), (lines, "flat")] {
            let mut set = TupleSet::of_rows(2, with(Switch::Auto, Switch::Off), &words, 400);
            set.foresee(log, (line, 9), coming);
            assert_eq!(set.kind(), kind, "line {line}, {coming} to come");
        }
    }
    // With what is coming it has to be 512.
    for (coming, kind) in [(111, "flat"), (112, "dense")] {
        let mut set = TupleSet::of_rows(2, with(Switch::Auto, Switch::Off), &words, 400);
        set.foresee(log, (49, 9), coming);
        assert_eq!(set.kind(), kind, "{coming} to come");
    }
    // Half as many tuples again, and 512, are the least for the next matrix.
    let mut set = TupleSet::of_rows(2, with(Switch::Auto, Switch::Off), &words, 400);
    set.foresee(log, (1 << 20, 9), 400);
    let mut fresh = Vec::new();
    let mut kind_at = |until: Word| {
        for at in Word::try_from(set.len()).unwrap()..until {
            set.insert_batch(&words, &mut fresh, &[at % 50, at / 50], 1);
        }
        set.insert_batch(&words, &mut fresh, &[0, 0], 1);
        set.kind()
    };
    assert_eq!((kind_at(400 * 3 / 2 + 511), kind_at(400 * 3 / 2 + 512)), ("flat", "dense"));
}

#[test]
fn a_matrix_keeps_its_lines_whatever_leads_later() {
    let words: Vec<Word> = (0..600).flat_map(|at| [at % 60, at / 60]).collect();
    let mut set = TupleSet::of_rows(2, Layout::default(), &words, 600);
    set.lead_by(Some(1));
    assert_eq!((set.kind(), set.axis()), ("dense", Some(0)));
    assert!(words.chunks_exact(2).all(|tuple| set.contains(&words, tuple)));
}
