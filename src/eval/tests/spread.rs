//! From bindings and entries to longer bindings.

use proptest::prelude::*;

use crate::eval::batch::Batch;
use crate::eval::expand::Spread;
use crate::storage::Entries;
use crate::value::Word;

proptest! {
    #[test]
    fn each_binding_goes_on_with_each_of_its_entries_in_order(
        words in proptest::collection::vec(0_u32..3, 120),
        entries in proptest::collection::vec((0_u32..30, 0_u32..11), 0..20),
        stride in 1_usize..4,
        size in 1_usize..9,
        compare in any::<bool>(),
        fix in proptest::option::of(0_u32..3),
    ) {
        let entries: Vec<Entries> = entries.into_iter().map(|(start, len)| Entries { start, len }).collect();
        // Slot 0 is carried, slot 1 is not bound, slots 2 on are filled from the entries.
        let from = Batch { len: entries.len(), columns: vec![(100..).take(entries.len()).collect(), Vec::new(), Vec::new(), Vec::new()] };
        let compared: &[usize] = if compare { &[0, stride - 1] } else { &[] };
        let fixed: Vec<(usize, Word)> = fix.into_iter().map(|word| (stride / 2, word)).collect();
        let kept = || (0..stride.min(2)).map(|place| (stride - 1 - place, 2 + place));
        let mut spread = Spread::new(&words, stride, size, 2);
        let mut batches: Vec<Batch> = Vec::new();
        let mut fill = |spread: &mut Spread<'_>| {
            let mut out = Batch::unit(4);
            spread.fill(&mut out, &from, &[0, 1], kept());
            batches.push(out);
        };
        for (row, &entries) in (0..).zip(&entries) {
            let mut rest = entries;
            while rest.len > 0 {
                let before = rest.len;
                rest = spread.push(row, rest, compared, &fixed);
                prop_assert!(rest.len < before || spread.is_full());
                if spread.is_full() {
                    fill(&mut spread);
                    prop_assert!(!spread.is_full());
                }
            }
        }
        fill(&mut spread);
        let mut expected: Vec<Vec<Word>> = vec![Vec::new(); 4];
        for (row, &Entries { start, len }) in (100..).zip(&entries) {
            for entry in (start..start + len).map(|entry| &words[entry as usize * stride..][..stride]) {
                if (!compare || entry[0] == entry[stride - 1]) && fixed.iter().all(|&(place, word)| entry[place] == word) {
                    expected[0].push(row);
                    kept().for_each(|(place, slot)| expected[slot].push(entry[place]));
                }
            }
        }
        // All but the last are full.
        let (last, full) = batches.split_last().unwrap();
        prop_assert!(full.iter().all(|batch| batch.len == size) && last.len < size);
        prop_assert!(batches.iter().all(|batch| batch.columns[0].len() == batch.len && batch.columns[1].is_empty()));
        for (slot, expected) in expected.iter().enumerate() {
            let found: Vec<Word> = batches.iter().flat_map(|batch| &batch.columns[slot]).copied().collect();
            prop_assert_eq!(&found, expected);
        }
    }
}
