//! What tables say of their size, beside what was put into them; where given tuples came from; lookups of large
//! relations beside those of small ones.

use std::sync::Arc;

use super::lookup::LARGE;
use super::*;
use crate::program::RelationId;
use crate::source::{SourceMap, Span};
use crate::value::{Values, Word};

#[test]
fn sizes_are_those_of_what_was_put_in() {
    for count in [0, 1, 300] {
        // Three rows agree in the first column.
        let words: Vec<Word> = (0..count).flat_map(|row| [row / 3, row, 7]).collect();
        let (len, groups) = (count as usize, count.div_ceil(3) as usize);
        let index = Index::build(&[0], 3, &words, len);
        assert_eq!((index.len(), index.groups(), index.is_empty()), (len, groups, len == 0));
        let buckets = Buckets::build(&[0, 2], 3, &words, len);
        assert_eq!((buckets.len(), buckets.is_empty(), buckets.columns()), (len, len == 0, &[0, 2][..]));
        let packed = Packed::build(&[0, 2], &[1, 2], (3, &words), len, 1);
        assert_eq!((packed.len(), packed.is_empty()), (len, len == 0));
        // Two words a row, and where each group begins and the last one ends.
        assert_eq!(packed.bytes(), (2 * len + groups + 1) * 4);
        let mut growing = Growing::new(&[0], &[1, 2], 3, &words);
        growing.extend(3, &words, 0, len);
        assert_eq!((growing.len(), growing.groups(), growing.is_empty()), (len, groups, len == 0));
        // Rooms are powers of two; a group that outgrew one leaves it to others.
        let entries = growing.bytes() - groups * 16;
        assert!((len * 8..=len * 24).contains(&entries), "{entries} bytes for {len} entries");
        let mut keys = KeyTable::of_column(count, len);
        for key in 0..count {
            keys.insert(&[key]);
        }
        assert_eq!((keys.len(), keys.is_empty()), (len, len == 0));
        let mut relation = Relation::new(3);
        relation.extend(0, &words, len);
        assert_eq!((relation.len(), relation.is_empty()), (len, len == 0));
        let set = relation.take_set();
        assert_eq!((set.len(), set.is_empty()), (len, len == 0));
    }
}

#[test]
fn each_kind_of_set_tells_what_it_takes() {
    let matrix: Vec<Word> = (0..200).flat_map(|x| (0..200).flat_map(move |y| [x, y])).collect();
    let runs: Vec<Word> = (0..2_000).flat_map(|x| (0..20).flat_map(move |y| [x * 7, x * 1_000 + y])).collect();
    let far: Vec<Word> =
        (0..40_000_u32).flat_map(|x| [x.wrapping_mul(0x9e37_79b9), x.wrapping_mul(0x85eb_ca6b)]).collect();
    let wide: Vec<Word> = (0..40_000_u32).flat_map(|x| [x, x, x]).collect();
    // Bytes for a thousand tuples, from and to: a bit a possible tuple, a block for some, a slot for each.
    for (kind, arity, words, (from, to)) in [
        ("dense", 2, &matrix, (125, 500)),
        ("blocks", 2, &runs, (500, 4_000)),
        ("flat", 2, &far, (8_000, 24_000)),
        ("tagged", 3, &wide, (8_000, 24_000)),
    ] {
        let len = words.len() / arity;
        let mut relation = Relation::new(arity);
        assert_eq!(relation.kind(), "none");
        assert_eq!(relation.extend(0, words, len), len);
        assert_eq!(relation.kind(), kind);
        let whole = relation.bytes();
        let mut set = relation.take_set();
        let bytes = set.bytes();
        assert!((from * len / 1_000..=to * len / 1_000).contains(&bytes), "{kind}: {bytes} bytes");
        assert_eq!((relation.kind(), set.kind(), whole), ("none", kind, relation.bytes() + bytes));
        assert!((words.len() * 4..=words.len() * 8).contains(&relation.bytes()), "the words of its rows");
        // Room for what is to come is made in the tables that keep tuples apart.
        set.reserve(100_000);
        assert_eq!(set.bytes() > bytes, matches!(kind, "flat" | "tagged"), "{kind}: {} bytes", set.bytes());
        assert!(words.chunks_exact(arity).all(|tuple| set.contains(relation.words(), tuple)), "{kind}");
    }
}

#[test]
fn many_questions_are_answered_as_one_by_one() {
    for arity in 0..4 {
        let words: Vec<Word> = (0..2_000).flat_map(|row| vec![row % 50 * 3, row / 50, row][..arity].to_vec()).collect();
        let mut relation = Relation::new(arity);
        let mut known = Vec::new();
        relation.contains_all(&words, 2_000, &mut known);
        assert_eq!(known, [false; 2_000]);
        let new = relation.extend(0, &words[..words.len() / 2], 1_000);
        assert_eq!(new, [1, 50, 1_000, 1_000][arity]);
        known.clear();
        relation.contains_all(&words, 2_000, &mut known);
        let alone = |row: usize| relation.contains(&words[row * arity..(row + 1) * arity]);
        assert_eq!(known, (0..2_000).map(alone).collect::<Vec<_>>());
        assert_eq!(known.iter().filter(|known| **known).count(), [2_000, 2_000, 1_000, 1_000][arity]);
    }
}

#[test]
fn a_large_relation_is_looked_up_as_a_small_one() {
    let count = Word::try_from(LARGE + 10).unwrap();
    let words: Vec<Word> = (0..count).flat_map(|row| [row / 7, row % 1_000]).collect();
    let mut large = Relation::new(2);
    large.append(0, count as usize, |rows| rows.extend_from_slice(&words));
    let lookup = large.lookup(&[0]);
    assert!(matches!(lookup, Lookup::Coarse(_)));
    // Built once for the same columns, and anew when the relation has grown.
    let Lookup::Coarse(first) = large.lookup(&[0]) else { panic!("it is large") };
    let Lookup::Coarse(again) = large.lookup(&[0]) else { panic!("it is large") };
    assert!(Arc::ptr_eq(&first, &again));
    for key in [0, 5, count / 7, count] {
        let rows = |row: &Row| words[*row as usize * 2] == key;
        let expected: Vec<Row> = (10..count - 3).filter(rows).collect();
        assert_eq!(*lookup.rows(&large, &[key], &(10..count - 3)), expected);
        assert_eq!(large.matching(&[0], &[key]), (0..count).filter(rows).collect::<Vec<_>>());
    }
    assert!(large.contains(&[5, 35]) && !large.contains(&[5, 34]), "without a set of its own");
    assert_eq!((large.find(&[5, 35]), large.find(&[5, 42])), (Some(35), None));
    large.extend(1, &[5, 999_999], 1);
    assert_eq!(large.matching(&[0], &[5]), [35, 36, 37, 38, 39, 40, 41, count]);
    assert_eq!((large.find(&[5, 999_999]), large.round_of(count)), (Some(count), 1));
}

#[test]
fn given_tuples_keep_where_they_were_read() {
    let source = SourceMap::default().add("facts", "");
    let line = |at| Origin::Line(source, at);
    let place = Origin::Span(Span::new(source, 3, 5));
    let (first, second) = (RelationId(0), RelationId(1));
    let mut database = Database::new([2, 0], Arc::new(Values::default()));
    assert_eq!((database.len(), database.is_empty(), database.rows()), (2, false, 0));
    assert!(Database::default().is_empty());
    // Of a repeated tuple the first origin stays, and lines may be left out.
    let words = [1, 1, 2, 2, 1, 1, 3, 3, 4, 4];
    assert_eq!(database.give_all(first, &words, [10, 11, 12, 13, 20].map(line).into_iter()), 4);
    assert!(database.give(first, &[5, 5], place));
    assert!(!database.give(first, &[5, 5], line(99)));
    assert!(database.give(first, &[6, 6], line(30)));
    assert_eq!(database.give_all(second, &[], std::iter::once(line(7))), 1);
    assert_eq!(database.rows(), 7);
    let origins = |database: &Database| {
        let rows = 0..Row::try_from(database.relation(first).len()).unwrap();
        rows.map(|row| database.origin(first, row)).collect::<Vec<_>>()
    };
    let all = [line(10), line(11), line(13), line(20), place, line(30)].map(Some);
    assert_eq!(origins(&database), all);
    assert_eq!(database.origin(second, 0), Some(line(7)));
    // What was derived goes, and what is not wanted; the others keep their origins.
    database.relation_mut(first).extend(1, &[9, 9], 1);
    let before = database.clone();
    database.retain_given(first, |_| true);
    assert_eq!((database.relation(first).len(), origins(&database)), (6, all.to_vec()));
    database.retain_given(first, |tuple| tuple[0] != 2 && tuple[0] != 6);
    assert_eq!(database.relation(first).words(), [1, 1, 3, 3, 4, 4, 5, 5]);
    assert_eq!(origins(&database), [line(10), line(13), line(20), place].map(Some));
    let same = database.share(first);
    database.retain_given(first, |_| true);
    assert!(Arc::ptr_eq(&same, &database.share(first)), "nothing to forget: nothing is copied");
    database.take_over(first, &before);
    assert_eq!((database.relation(first).len(), database.origin(first, 4)), (7, Some(place)));
}

#[test]
fn a_lookup_tells_the_rows_of_a_range() {
    let words: Vec<Word> = (0..60).flat_map(|row| [row % 3, row]).collect();
    let mut relation = Relation::new(2);
    relation.extend(0, &words, 60);
    let lookup = relation.lookup(&[0]);
    assert!(matches!(lookup, Lookup::Exact(_)));
    for (from, to) in [(0, 60), (0, 10), (10, 20), (7, 60), (12, 13), (12, 12), (58, 60)] {
        for key in 0..4 {
            let expected: Vec<Row> = (from..to).filter(|row| row % 3 == key).collect();
            assert_eq!(*lookup.rows(&relation, &[key], &(from..to)), expected, "{key} in {from}..{to}");
        }
    }
}

#[test]
fn one_question_is_not_worth_the_set_of_a_large_relation() {
    for (len, large) in [(LARGE - 1, false), (LARGE, true)] {
        let count = Word::try_from(len).unwrap();
        let mut relation = Relation::new(2);
        relation.append(0, len, |rows| rows.extend((0..count).flat_map(|row| [row / 7, row % 1_000])));
        assert!(relation.contains(&[5, 35]) && !relation.contains(&[5, 34]));
        assert_eq!(relation.kind() == "none", large, "{len} rows");
        // Lookups by other columns are kept beside each other, and remade when rows have come.
        let coarse = |relation: &Relation, columns: &[usize]| match relation.lookup(columns) {
            Lookup::Coarse(buckets) => Some(buckets),
            Lookup::Exact(_) => None,
        };
        assert_eq!(coarse(&relation, &[0]).is_some(), large, "{len} rows");
        if let Some(first) = coarse(&relation, &[0]) {
            assert!(coarse(&relation, &[1]).is_some_and(|other| other.columns() == [1]));
            assert!(coarse(&relation, &[0]).is_some_and(|again| Arc::ptr_eq(&first, &again)));
            relation.append(1, 1, |rows| rows.extend([5, 999]));
            assert!(coarse(&relation, &[1]).is_some_and(|anew| anew.len() == len + 1));
            let anew = coarse(&relation, &[0]).unwrap();
            assert!(!Arc::ptr_eq(&first, &anew) && anew.len() == len + 1);
            assert!(coarse(&relation, &[0]).is_some_and(|again| Arc::ptr_eq(&anew, &again)));
        }
    }
}

#[test]
fn layouts_are_handed_on() {
    let hashing = Hashing { seed: 9, constant: false };
    let layout = Layout { hashing, dense: Switch::Off, blocks: Switch::Off, shard_from: 77 };
    let mut database = Database::laid_out([2], Arc::new(Values::default()), layout);
    let id = RelationId(0);
    database.give(id, &[1, 2], Origin::Line(SourceMap::default().add("facts", ""), 1));
    database.relation_mut(id).extend(1, &[3, 4], 1);
    assert_eq!((database.relation(id).layout(), database.relation(id).given().layout()), (layout, layout));
    assert_eq!(database.relation_mut(id).take_set().layout(), layout);
    database.retain_given(id, |_| true);
    assert_eq!((database.relation(id).layout(), database.relation(id).len()), (layout, 1));
    assert_ne!(Relation::new(2).layout(), layout);
}

/// Lines of two files in any order, lines twice, and runs of them.
#[test]
fn each_row_has_the_line_that_it_was_given() {
    let mut sources = SourceMap::default();
    let sources = [sources.add("one", ""), sources.add("other", "")];
    let mut dice = 7_u32;
    for _ in 0..300 {
        let mut given = Vec::new();
        let mut line = 0;
        for _ in 0..12 {
            dice = dice.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            let roll = dice >> 16;
            line = if roll & 3 == 0 { roll >> 4 & 15 } else { line + 1 };
            given.push(Origin::Line(sources[usize::from(roll & 12 == 0)], line));
        }
        let mut origins = Origins::default();
        (0..).zip(&given).for_each(|(row, &origin)| origins.push(row, origin));
        assert_eq!((0..12).map(|row| origins.get(row).unwrap()).collect::<Vec<_>>(), given);
    }
}
