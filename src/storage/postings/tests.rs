//! Postings beside models of what they list.

use super::*;
use crate::storage::Packed;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn read(words: &[Word], width: usize, entries: Entries) -> Vec<Word> {
    words[entries.start as usize * width..][..entries.len as usize * width].to_vec()
}

proptest! {
    #[test]
    fn both_kinds_list_the_wanted_columns_of_each_key_in_order(
        words in proptest::collection::vec(prop_oneof![0_u32..12, 0_u32..9_000, 3_000_000_000_u32..3_000_000_004], 0..600),
        columns in proptest::sample::select(vec![vec![0], vec![1], vec![2, 0], vec![0, 1, 2], vec![]]),
        payload in proptest::sample::select(vec![vec![], vec![1], vec![0, 2]]),
        cuts in proptest::collection::vec(0_usize..80, 1..4),
    ) {
        let len = words.len() / 3;
        let words = &words[..len * 3];
        let width = payload.len();
        let of = |rows: std::ops::Range<usize>| {
            let mut model: BTreeMap<Vec<Word>, Vec<Word>> = BTreeMap::new();
            for row in words[rows.start * 3..rows.end * 3].chunks_exact(3) {
                let list = model.entry(columns.iter().map(|&column| row[column]).collect()).or_default();
                list.extend(payload.iter().map(|&column| row[column]));
            }
            model
        };
        let packed = Packed::build(&columns, &payload, (3, words), len, 1);
        for (key, entries) in of(0..len) {
            let mut entries = entries;
            if width == 1 {
                entries.sort_unstable();
            }
            prop_assert_eq!(read(packed.words(), width, packed.find(&key)), entries);
        }
        let keys: Vec<Vec<Word>> = of(0..len).into_keys().chain([vec![77; columns.len()]]).collect();
        let mut found = Vec::new();
        packed.find_all(&keys.concat(), keys.len(), &mut found);
        prop_assert_eq!(found, keys.iter().map(|key| packed.find(key)).collect::<Vec<_>>());
        let mut growing = Growing::new(&columns, &payload, 3, &words[..cuts[0].min(len) * 3]);
        let mut deltas = growing.clone().delta_only();
        let mut known = 0;
        for cut in cuts {
            let delta = (known + cut / 2).min(len);
            let end = (known + cut).min(len);
            growing.extend(3, words, delta, end);
            let parts = [(Age::All, 0..end), (Age::Old, 0..delta), (Age::New, delta..end)];
            for (age, rows) in parts {
                let model = of(rows);
                for (key, _) in of(0..len) {
                    let found = growing.find(&key, age);
                    let entries = model.get(&key).cloned().unwrap_or_default();
                    prop_assert_eq!(read(growing.words(), width, found), entries);
                }
                if age == Age::New {
                    let mut keys = std::collections::BTreeSet::new();
                    let key = |row: usize| columns.iter().map(|&column| words[row * 3 + column]).collect::<Vec<_>>();
                    let firsts: Vec<Row> = (delta..end).filter(|&row| keys.insert(key(row))).map(|row| row as Row).collect();
                    prop_assert_eq!(growing.firsts(), firsts);
                }
                let mut found = Vec::new();
                growing.find_all(&keys.concat(), keys.len(), age, &mut found);
                prop_assert_eq!(found, keys.iter().map(|key| growing.find(key, age)).collect::<Vec<_>>());
            }
            // A round in which nobody asked is made up for.
            if cut % 3 > 0 {
                deltas.extend(3, words, delta, end);
                let model = of(delta..end);
                for key in &keys {
                    let entries = model.get(key).cloned().unwrap_or_default();
                    for age in [Age::New, Age::All] {
                        prop_assert_eq!(read(deltas.words(), width, deltas.find(key, age)), entries.as_slice());
                    }
                }
            }
            known = end;
        }
    }
}

#[test]
fn selectivity_is_how_many_entries_of_a_key_agree_in_further_columns() {
    // 128 rows: two keys, four values of the next column each.
    let words: Vec<Word> = (0..128).flat_map(|row| [row % 2, row % 8, row]).collect();
    let mut growing = Growing::new(&[0], &[1, 2], 3, &words);
    growing.extend(3, &words, 0, 128);
    assert_eq!(growing.selectivity(&[1], 3, &words, 64), Some((64 * 64, 64 * 16)));
    assert_eq!(growing.selectivity(&[1, 2], 3, &words, 64), Some((64 * 64, 64)));
    assert_eq!(growing.selectivity(&[1], 3, &words, 200), None);
    assert_eq!(Growing::new(&[0], &[2], 3, &words).selectivity(&[1], 3, &words, 1), None);
    // Entries of no columns are counted elsewhere.
    let mut bare = Growing::new(&[0], &[], 3, &words);
    bare.extend(3, &words, 0, 128);
    assert_eq!(bare.selectivity(&[], 3, &words, 64), None);
}

#[test]
fn many_rows_come_at_once_whatever_the_width_of_their_key() {
    let words: Vec<Word> = (0..1_000).flat_map(|row| [row % 3, row % 5, row % 7, row, 9, 9]).collect();
    for columns in [vec![], vec![2], vec![0, 1], vec![0, 1, 2], vec![3, 2, 1, 0]] {
        let mut growing = Growing::new(&columns, &[3], 6, &[]);
        growing.extend(6, &words, 0, 1_000);
        for row in [0, 1, 130, 131, 400, 999] {
            let of = |row: usize| columns.iter().map(|&column| words[row * 6 + column]).collect::<Vec<_>>();
            let expected: Vec<Word> =
                (0..1_000).filter(|&other| of(other) == of(row)).map(|other| other as Word).collect();
            assert_eq!(read(growing.words(), 1, growing.find(&of(row), Age::All)), expected, "{columns:?}");
        }
    }
}
