//! How rules are cut into tasks, and what becomes of one that finds too much.

use std::fmt::Write;

use super::*;
use crate::eval::tests::{model, turn, with_running};
use crate::model::Model;

/// Each of so many x finds so many z.
fn pairs(xs: usize, zs: usize) -> Arc<Model> {
    let mut text = ".decl d(x: number, y: number)\n.decl e(y: number, z: number)\n.decl h(x: number, z: number)
        .decl some()\nh(x, z) :- d(x, y), e(y, z).\nsome() :- e(0, 0).\n"
        .to_owned();
    (0..xs).for_each(|x| write!(text, "d({x}, 0). ").unwrap());
    (0..zs).for_each(|z| write!(text, "e(0, {z}). ").unwrap());
    model(&text)
}

#[test]
fn further_threads_pay_where_enough_is_expected() {
    let model = pairs(10, 2);
    let options = |threads, overlap| Options { threads, overlap, ..Options::default() };
    with_running(&model, &Options::default(), |planned, running| {
        let mut turns = [turn(planned, 0, &model, running), turn(planned, 1, &model, running)];
        (turns[0].expected, turns[1].expected) = (60.0, 40.0);
        assert!(pays(&turns, &options(2, 100)));
        assert!(!pays(&turns, &options(2, 101)));
        assert!(!pays(&turns[..1], &options(2, 100)));
        assert!(!pays(&turns, &options(1, 100)), "there is no other");
    });
}

#[test]
fn tasks_are_meant_to_make_a_share_of_the_bindings() {
    let model = pairs(40, 2);
    with_running(&model, &Options::default(), |planned, running| {
        let cut = |expected: f64, share: usize, driving: Option<Range<Row>>| {
            let mut turn = turn(planned, 0, &model, running);
            (turn.expected, turn.driving) = (expected, driving);
            let tasks = tasks(7, &turn, share);
            let lasts: Vec<bool> = tasks.iter().map(|task| task.last).collect();
            assert!(tasks.iter().all(|task| task.turn == 7));
            assert!(lasts.iter().rev().skip(1).all(|last| !last) && lasts.last() == Some(&true), "{lasts:?}");
            tasks.into_iter().map(|task| task.rows).collect::<Vec<_>>()
        };
        let of = |starts: &[Row]| starts.windows(2).map(|two| Some(two[0]..two[1])).collect::<Vec<_>>();
        assert_eq!(cut(400.0, 100, Some(0..40)), of(&[0, 10, 20, 30, 40]));
        assert_eq!(cut(400.0, 150, Some(0..40)), of(&[0, 15, 30, 40]));
        assert_eq!(cut(800.0, 300, Some(100..140)), of(&[100, 115, 130, 140]));
        assert_eq!(cut(40_000.0, 1, Some(3..6)), of(&[3, 4, 5, 6]), "a row at least");
        // Nothing is expected: at most so many rows.
        assert_eq!(cut(0.0, 1, Some(0..40_000)), of(&[0, 16_384, 32_768, 40_000]));
        assert_eq!(cut(100.0, 10, None), [None]);
        assert_eq!(cut(100.0, 10, Some(5..5)), [None]);
    });
}

#[test]
fn a_task_that_finds_far_more_than_its_share_gives_up() {
    // A share of 5 bindings: up to 320 tuples, of two words each.
    let options = Options { threads: 2, overlap: 10, ..Options::default() };
    for zs in [319, 320, 321, 900] {
        let model = pairs(1, zs);
        with_running(&model, &options, |planned, running| {
            let turns = [turn(planned, 0, &model, running)];
            let segment = Segment::new(running, &turns);
            assert_eq!((segment.share, segment.tasks.len()), (5, 1));
            let mut found = Found { words: vec![9; 3], candidates: 8, ..Found::default() };
            segment.work(&mut segment.worker(), 0, &mut found);
            assert_eq!(found.gave_up, zs > 320, "{zs}");
            assert_eq!(found.result.is_some(), zs > 320, "{zs}");
            if zs <= 320 {
                assert_eq!((found.candidates, found.words.len(), found.work), (zs, zs * 2, zs + 1));
            }
        });
    }
    let least = Options { threads: 2, overlap: 1, ..Options::default() };
    with_running(&pairs(1, 1), &least, |_, running| assert_eq!(Segment::new(running, &[]).share, 1));
}

#[test]
fn what_tasks_keep_is_bounded_for_any_number_of_threads() {
    // Two threads: 32 tasks ahead, a megabyte each. However many: more than a task is meant to find.
    assert_eq!((ahead(2), most_words(2)), (32, 1 << 18));
    let share = Options::default().overlap / TASKS;
    for threads in [1, 2, 8, 64, 256] {
        assert!(ahead(threads) >= 4 * threads);
        assert!(most_words(threads) >= share * 6 && most_words(threads) * ahead(threads) <= 1 << 27, "{threads}");
    }
}

#[test]
fn what_was_given_up_is_found_all_the_same() {
    let model = pairs(30, 100);
    let rows = |threads| {
        // A row a task, and most of them give up.
        let options = Options { threads, overlap: 2, ..Options::default() };
        with_running(&model, &options, |planned, running| {
            let turns = [turn(planned, 0, &model, running), turn(planned, 1, &model, running)];
            let mut ran = Vec::new();
            run(running, &turns, &mut ran).unwrap();
            let told: Vec<_> = ran.iter().map(|ran| (ran.candidates, ran.added, ran.work)).collect();
            assert_eq!(told, [(3_000, 3_000, 3_030), (1, 1, 1)]);
            running.staging[2].fresh.clone()
        })
    };
    let one = rows(1);
    assert_eq!(one.len(), 6_000);
    for _ in 0..5 {
        assert_eq!(rows(4), one);
    }
}
