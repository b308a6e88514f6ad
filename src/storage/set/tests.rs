use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

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
    set.settle(Log { committed: &words, fresh: &[] });
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
            set.settle(Log { committed: &committed, fresh: &[] });
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
            let dealing = set.settle(log).expect("settled");
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
            set.foresee(log, greatest(arity, half), half.len() / arity);
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
        set.foresee(log, (0, 0), words.len() / 2);
        set.settle(log);
        set.insert_batch(&rows, &mut fresh, &words, words.len() / 2);
        rows.extend(fresh);
    }
    assert_eq!(set.kind(), "dense");
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
    let mut set = TupleSet::new(2, Layout { dense: Switch::Off, ..Layout::default() });
    set.lie_along(Some(1));
    let mut rows = Vec::new();
    assert_eq!(set.insert_batch(&[], &mut rows, &words, 9_000), 9_000);
    assert_eq!((set.kind(), set.axis()), ("blocks", Some(0)));
    // What is dealt by the axis stays together.
    assert_eq!(set.settle(Log { committed: &rows, fresh: &[] }), None);
    set.lie_along(Some(0));
    let more: Vec<Word> = (0..3_200).flat_map(|x| (0..8).flat_map(move |y| [y, 100_000 + x])).collect();
    let mut fresh = Vec::new();
    assert_eq!(set.insert_batch(&rows, &mut fresh, &more, 25_600), 25_600);
    assert_eq!((set.kind(), set.axis()), ("blocks", Some(1)));
    rows.extend(fresh);
    assert!(
        set.contains(&rows, &[70, 7 + 1]) && set.contains(&rows, &[7, 103_199]) && !set.contains(&rows, &[8, 103_199])
    );
}
