//! Postings of large relations, and which keys there are.

use super::*;
use std::collections::BTreeMap;

#[test]
fn rows_that_are_dealt_into_parts_come_under_their_keys_in_order() {
    // Four parts: 32,768 rows each, and some more. Keys with many rows, and keys with one.
    let len = 4 * ROOM + 1_000;
    let words: Vec<Word> = (0..len as Word)
        .flat_map(|row| [row.wrapping_mul(2_654_435_761) >> 4, if row % 3 == 0 { 7 } else { row / 5 }, row % 11, row])
        .collect();
    let words = words.as_slice();
    for columns in [vec![0], vec![1, 2], vec![2, 1, 0], vec![]] {
        let mut model: BTreeMap<Vec<Word>, Vec<usize>> = BTreeMap::new();
        for (row, words) in words.chunks_exact(4).enumerate() {
            model.entry(columns.iter().map(|&column| words[column]).collect()).or_default().push(row);
        }
        for payload in [vec![], vec![3], vec![2, 3]] {
            let packed = Packed::build(&columns, &payload, (4, words), len, 1);
            let Finder::Parts(parts) = &packed.finder else { panic!("one column whose values lie far apart") };
            assert_eq!(parts.len(), if columns.is_empty() { 1 } else { 4 });
            let mut found = Vec::new();
            let keys: Vec<Word> = model.keys().flatten().copied().collect();
            packed.find_all(&keys, model.len(), &mut found);
            for ((key, rows), found) in model.iter().zip(found) {
                assert_eq!(packed.find(key), found);
                assert_eq!(found.len as usize, rows.len(), "{key:?} in {columns:?}");
                let (start, width) = (found.start as usize, payload.len());
                let entries = &packed.words()[start * width..(start + rows.len()) * width];
                let expected = rows.iter().flat_map(|row| payload.iter().map(move |column| words[row * 4 + column]));
                assert!(entries.iter().copied().eq(expected), "{key:?} in {columns:?}");
            }
            if !columns.is_empty() {
                assert_eq!(packed.find(&vec![Word::MAX; columns.len()]), Entries::default());
                // None of them holds far more than its share of keys.
                let most = parts.iter().map(|part| part.keys.len()).max();
                assert!(most.unwrap() * 3 <= model.len(), "{most:?} of {} keys", model.len());
            }
            for threads in [2, 3] {
                let other = Packed::build(&columns, &payload, (4, words), len, threads);
                assert!(other.words == packed.words && other.offsets == packed.offsets, "{threads} threads");
            }
        }
    }
}

#[test]
fn the_entries_of_one_column_are_ascending() {
    let words: Vec<Word> =
        (0..3 * ROOM as Word).flat_map(|row| [row % 1_000 + 3_000_000_000, Word::MAX - row]).collect();
    for columns in [vec![0], vec![0, 0]] {
        let packed = Packed::build(&columns, &[1], (2, &words), 3 * ROOM, 2);
        for key in [3_000_000_000, 3_000_000_999] {
            let Entries { start, len } = packed.find(&vec![key; columns.len()]);
            let entries = &packed.words()[start as usize..(start + len) as usize];
            assert!(entries.len() > 90 && entries.is_sorted(), "{key}");
        }
    }
}

#[test]
fn which_keys_there_are_is_kept_where_they_are_few_for_the_greatest() {
    let of = |len: Word, greatest: Word| {
        let words: Vec<Word> = (0..len).flat_map(|row| [if row == 0 { greatest } else { row % 9 }, row]).collect();
        present(&[0], 2, &words, len as usize)
    };
    // From four values for each row up to a bit for each of 64.
    for (greatest, some) in [(0, false), (39, false), (40, true), (63, true), (64, true), (703, true), (704, false)] {
        let bits = of(10, greatest);
        assert_eq!(bits.is_some(), some, "{greatest}");
        if let Some(bits) = bits {
            assert_eq!(bits.bytes(), (greatest as usize / 64 + 1) * 8);
            for key in 0..=greatest + 64 {
                assert_eq!(bits.has(key), key < 9 || key == greatest, "{key} of {greatest}");
            }
        }
    }
    assert!(of(0, 50).is_none() && present(&[0, 1], 2, &[99, 1], 1).is_none());
    let words: Vec<Word> = (0..10).flat_map(|row| [row * 20, row]).collect();
    let packed = Packed::build(&[0], &[1], (2, &words), 10, 1);
    // An entry a row, an offset a value and one more, and three words of bits.
    assert_eq!(packed.bytes(), (10 + 180 + 2) * 4 + 3 * 8);
    let (keys, mut found): (Vec<Word>, _) = ((0..300).collect(), Vec::new());
    packed.find_all(&keys, 300, &mut found);
    for (&key, entries) in keys.iter().zip(found) {
        let there = key <= 180 && key % 20 == 0;
        assert!(if there { entries == Entries { start: key / 20, len: 1 } } else { entries.len == 0 }, "{key}");
    }
}
