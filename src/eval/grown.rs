//! The relations of a stratum while they grow, and the postings by which plans look them up.

use super::access::wanted;
use crate::plan::{Part, RulePlan, Statistics, Step};
use crate::program::RelationId;
use crate::storage::{Growing, Relation, Row, Switch};

/// Postings of one key are shared by plans up to so many columns.
const SHARED_PAYLOAD: usize = 4;
/// So many entries more than wanted may be read for a key, where that saves postings of its own: they lie side by side ...
const FEW: usize = 6;
/// ... and this part of those that are wanted.
const PART: usize = 4;
/// Rows that tell how many entries would be read.
const SAMPLE: usize = 64;

/// A relation of the stratum that is being evaluated.
#[derive(Debug)]
pub(super) struct Grown {
    pub(super) relation: RelationId,
    /// First row that the last round added.
    pub(super) delta: Row,
    pub(super) postings: Vec<Growing>,
}

/// Postings that lookups want.
struct Need {
    columns: Vec<usize>,
    payload: Vec<usize>,
    /// They must be by these very columns: others lean on them, or only ask whether there is an entry.
    firm: bool,
    /// Nobody reads more than the delta.
    delta_only: bool,
}

/// What a step looks up in a relation of the stratum.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) part: Part,
    /// The columns of the key.
    pub(super) columns: &'a [usize],
    /// The columns that are read.
    pub(super) payload: &'a [usize],
    /// Only whether there is an entry.
    pub(super) exists: bool,
}

impl Grown {
    /// A relation of which nothing is known yet.
    pub(super) fn new(relation: RelationId) -> Self {
        Self { relation, delta: 0, postings: Vec::new() }
    }

    /// The number of the postings that serve a lookup: those by its own columns, else by as many of them as there are.
    /// Entries have the others then.
    pub(super) fn serving(&self, wanted: Wanted<'_>) -> Option<usize> {
        let Wanted { part, columns, payload, exists } = wanted;
        let numbered = || {
            let serves = |known: &Growing| !known.is_delta_only() || part == Part::Delta;
            self.postings.iter().enumerate().filter(move |(_, known)| serves(known) && holds(known.payload(), payload))
        };
        let exact = numbered().filter(|(_, known)| known.columns() == columns);
        let exact = exact.max_by_key(|(_, known)| known.is_delta_only());
        let fewer = |known: &Growing| {
            !known.columns().is_empty()
                && holds(columns, known.columns())
                && columns.iter().all(|column| known.columns().contains(column) || known.payload().contains(column))
        };
        let other = || numbered().filter(|(_, known)| fewer(known)).max_by_key(|(_, known)| known.columns().len());
        exact.or_else(|| other().filter(|_| !exists)).map(|(number, _)| number)
    }

    /// How many rows have to be added to the postings that a plan reads, where the relation has so many.
    pub(super) fn late(&self, plan: &RulePlan, rows: usize) -> usize {
        let used = self.used(std::iter::once(plan));
        self.postings
            .iter()
            .zip(used)
            .filter(|(_, used)| *used)
            .map(|(postings, _)| postings.late(self.delta as usize, rows))
            .sum()
    }

    /// Which postings some plans read.
    pub(super) fn used<'p>(&self, plans: impl Iterator<Item = &'p RulePlan>) -> Vec<bool> {
        let mut used = vec![false; self.postings.len()];
        for plan in plans {
            lookups(&plan.body.steps, &mut |read, wanted, _| {
                if read == self.relation
                    && let Some(number) = self.serving(wanted)
                {
                    used[number] = true;
                }
            });
        }
        used
    }

    /// Makes postings, empty still, for every lookup of some plans in the relation. `loose` tells whether lookups may
    /// read postings by fewer columns than they know, which others need, and compare the rest.
    pub(super) fn lay<'p>(
        &mut self,
        relation: &Relation,
        plans: impl Iterator<Item = &'p RulePlan>,
        loose: Switch,
        statistics: &dyn Statistics,
    ) {
        let mut needs: Vec<Need> = Vec::new();
        for plan in plans {
            lookups(&plan.body.steps, &mut |read, wanted, _| {
                if read == self.relation {
                    add(&mut needs, wanted);
                }
            });
        }
        spare(&mut needs);
        if loose != Switch::Off {
            self.share(&mut needs, relation, loose, statistics);
        }
        // What is there already and still serves is kept: to fill it again would cost as much as all rounds so far.
        let mut known = std::mem::take(&mut self.postings);
        let of = |mut need: Need| {
            need.payload.sort_unstable();
            need.payload.dedup();
            let serves = |old: &Growing| {
                old.columns() == need.columns
                    && holds(old.payload(), &need.payload)
                    && old.is_delta_only() == need.delta_only
            };
            match known.iter().position(serves) {
                Some(at) => known.swap_remove(at),
                None => {
                    let growing = Growing::new(&need.columns, &need.payload, relation.arity(), relation.words());
                    if need.delta_only { growing.delta_only() } else { growing }
                }
            }
        };
        self.postings = needs.into_iter().map(of).collect();
    }

    /// Leaves out postings by many columns where those by some of them find little more: every row that is added costs
    /// an entry in each.
    fn share(&self, needs: &mut Vec<Need>, relation: &Relation, loose: Switch, statistics: &dyn Statistics) {
        needs.sort_by_key(|need| std::cmp::Reverse(need.columns.len()));
        let mut at = 0;
        while at < needs.len() {
            let need = &needs[at];
            let hosts = (at + 1..needs.len()).filter(|&other| {
                let host = &needs[other];
                !need.firm
                    && need.delta_only == host.delta_only
                    && !host.columns.is_empty()
                    && host.columns.len() < need.columns.len()
                    && holds(&need.columns, &host.columns)
                    && together(host, need).len() <= SHARED_PAYLOAD
                    && (loose == Switch::Force || self.finds_little_more(host, need, relation, statistics))
            });
            match hosts.max_by_key(|&other| needs[other].columns.len()) {
                Some(host) => {
                    needs[host].payload = together(&needs[host], need);
                    needs[host].firm = true;
                    needs.remove(at);
                }
                None => at += 1,
            }
        }
    }

    /// Whether lookups by the columns of one need find little more than those by the columns of another.
    fn finds_little_more(&self, host: &Need, need: &Need, relation: &Relation, statistics: &dyn Statistics) -> bool {
        let others: Vec<usize> = need.columns.iter().copied().filter(|column| !host.columns.contains(column)).collect();
        // Old postings tell it exactly, as probes see it; estimates cannot, where few of many values are sampled.
        let old =
            |known: &&Growing| known.columns() == host.columns && !known.is_delta_only() && known.sieve().is_none();
        if let Some(known) = self.postings.iter().find(old)
            && let Some((found, wanted)) = known.selectivity(&others, relation.arity(), relation.words(), SAMPLE)
        {
            return found <= wanted + wanted / PART + SAMPLE * FEW;
        }
        let distinct = |columns: &[usize]| statistics.distinct(self.relation, columns).max(1);
        let rows = statistics.rows(self.relation);
        let wanted = rows / distinct(&need.columns);
        rows / distinct(&host.columns) <= wanted + wanted / PART + FEW
    }
}

/// Whether some columns are all among others.
fn holds(columns: &[usize], some: &[usize]) -> bool {
    some.iter().all(|column| columns.contains(column))
}

/// The payload that postings by one need's columns have to have to serve another as well.
fn together(host: &Need, need: &Need) -> Vec<usize> {
    let mut payload = host.payload.clone();
    for &column in need.payload.iter().chain(&need.columns) {
        if !payload.contains(&column) && !host.columns.contains(&column) {
            payload.push(column);
        }
    }
    payload
}

/// Leaves out postings of the delta where those of all rows, by the same columns, tell as much: what a row costs in both
/// is more than what the larger ones cost in rounds that read the delta alone.
fn spare(needs: &mut Vec<Need>) {
    let tells = |all: &Need, delta: &Need| {
        !all.delta_only && all.columns == delta.columns && holds(&all.payload, &delta.payload)
    };
    let spared: Vec<bool> =
        needs.iter().map(|need| need.delta_only && needs.iter().any(|all| tells(all, need))).collect();
    let mut spared = spared.into_iter();
    needs.retain(|_| !spared.next().unwrap_or(false));
}

/// Adds what a lookup wants.
fn add(needs: &mut Vec<Need>, wanted: Wanted<'_>) {
    let Wanted { part, columns, payload, exists } = wanted;
    let delta_only = part == Part::Delta;
    // Postings of the delta cost little, and those of all rows need not grow for them.
    for known in needs.iter_mut().filter(|known| known.columns == columns && known.delta_only == delta_only) {
        let missing: Vec<usize> = payload.iter().copied().filter(|column| !known.payload.contains(column)).collect();
        if missing.is_empty() || known.payload.len() + missing.len() <= SHARED_PAYLOAD {
            known.payload.extend(missing);
            known.firm |= exists;
            return;
        }
    }
    needs.push(Need { columns: columns.to_vec(), payload: payload.to_vec(), firm: exists, delta_only });
}

/// Visits the lookups of some steps, each with its number; those of aggregates too, without.
pub(super) fn lookups(steps: &[Step], visit: &mut dyn FnMut(RelationId, Wanted<'_>, Option<usize>)) {
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Scan { relation, part, grouped: true, bind, .. } => {
                let columns: Vec<usize> = bind.iter().map(|&(column, _)| column).collect();
                visit(*relation, Wanted { part: *part, columns: &columns, payload: &[], exists: true }, Some(at));
            }
            Step::Lookup { relation, part, columns, same, bind, .. } => {
                let payload = wanted(same, bind);
                visit(*relation, Wanted { part: *part, columns, payload: &payload, exists: false }, Some(at));
            }
            Step::Exists { relation, part, columns, .. } if !columns.is_empty() => {
                visit(*relation, Wanted { part: *part, columns, payload: &[], exists: true }, Some(at));
            }
            Step::Aggregate { plan, .. } => {
                lookups(&plan.body.steps, &mut |relation, wanted, _| visit(relation, wanted, None));
            }
            Step::Exists { .. }
            | Step::Intersect { .. }
            | Step::Scan { .. }
            | Step::Assign { .. }
            | Step::Match { .. }
            | Step::Filter { .. }
            | Step::Range { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// A relation of a thousand rows.
    struct Distinct(BTreeMap<Vec<usize>, usize>);

    impl Statistics for Distinct {
        fn rows(&self, _: RelationId) -> usize {
            1000
        }
        fn distinct(&self, _: RelationId, columns: &[usize]) -> usize {
            self.0[columns]
        }
        fn recursive(&self, _: RelationId) -> bool {
            true
        }
        fn intersects(&self) -> bool {
            false
        }
    }

    fn shared(
        distinct: &[(&[usize], usize)],
        loose: Switch,
        wanted: &[Wanted<'_>],
    ) -> Vec<(Vec<usize>, Vec<usize>, bool)> {
        let statistics = Distinct(distinct.iter().map(|&(columns, count)| (columns.to_vec(), count)).collect());
        let mut needs = Vec::new();
        wanted.iter().for_each(|&wanted| add(&mut needs, wanted));
        if loose != Switch::Off {
            Grown::new(RelationId(0)).share(&mut needs, &Relation::new(4), loose, &statistics);
        }
        needs.into_iter().map(|need| (need.columns, need.payload, need.delta_only)).collect()
    }

    fn lookup<'a>(part: Part, columns: &'a [usize], payload: &'a [usize]) -> Wanted<'a> {
        Wanted { part, columns, payload, exists: false }
    }

    #[test]
    fn lookups_share_postings_where_fewer_columns_find_little_more() {
        let wanted = [lookup(Part::All, &[0, 1, 3], &[2]), lookup(Part::Old, &[0, 1], &[2])];
        let own = vec![(vec![0, 1, 3], vec![2], false), (vec![0, 1], vec![2], false)];
        let one = vec![(vec![0, 1], vec![2, 3], false)];
        let close: &[(&[usize], usize)] = &[(&[0, 1, 3], 200), (&[0, 1], 110)];
        let far: &[(&[usize], usize)] = &[(&[0, 1, 3], 200), (&[0, 1], 10)];
        assert_eq!(shared(close, Switch::Auto, &wanted), one);
        assert_eq!(shared(far, Switch::Auto, &wanted), own);
        assert_eq!(shared(far, Switch::Force, &wanted), one);
        assert_eq!(shared(close, Switch::Off, &wanted), own);
    }

    #[test]
    fn lookups_of_the_delta_alone_have_postings_of_their_own() {
        let wanted =
            [lookup(Part::All, &[0], &[2]), lookup(Part::Delta, &[0], &[1]), lookup(Part::Delta, &[0, 1], &[])];
        let own = vec![(vec![0], vec![2], false), (vec![0], vec![1], true)];
        assert_eq!(shared(&[], Switch::Force, &wanted), own);
    }

    #[test]
    fn what_asks_for_existence_keeps_postings_of_its_own() {
        let exists = Wanted { exists: true, ..lookup(Part::All, &[0, 1], &[]) };
        let wanted = [exists, lookup(Part::All, &[0], &[1, 2])];
        assert_eq!(shared(&[], Switch::Force, &wanted).len(), 2);
    }

    #[test]
    fn postings_of_the_delta_serve_lookups_of_the_delta_alone() {
        let relation = Relation::new(3);
        let mut grown = Grown::new(RelationId(0));
        grown.postings = vec![
            Growing::new(&[0], &[1, 2], 3, relation.words()).delta_only(),
            Growing::new(&[1], &[0, 2], 3, relation.words()),
        ];
        assert_eq!(grown.serving(lookup(Part::Delta, &[0], &[1])), Some(0));
        assert_eq!(grown.serving(lookup(Part::All, &[0], &[1])), None);
        // Column 0 is in the entries, but nobody knows under which key.
        assert_eq!(grown.serving(lookup(Part::All, &[0], &[2])), None);
        // By column 1, and column 0 is compared; whether there is any cannot be told so.
        assert_eq!(grown.serving(lookup(Part::Old, &[0, 1], &[2])), Some(1));
        assert_eq!(grown.serving(Wanted { exists: true, ..lookup(Part::Old, &[0, 1], &[]) }), None);
    }

    #[test]
    fn a_few_entries_more_are_read_where_that_saves_postings() {
        let wanted = [lookup(Part::All, &[0, 1], &[2]), lookup(Part::Old, &[0], &[2])];
        let one = |by_both: usize, by_first: usize| {
            let distinct: &[(&[usize], usize)] = &[(&[0, 1], by_both), (&[0], by_first)];
            shared(distinct, Switch::Auto, &wanted).len() == 1
        };
        // A thousand rows: one entry for a key of both, and up to six more; ten, and up to a quarter and six more.
        assert!(one(1_000, 143) && !one(1_000, 125));
        assert!(one(100, 56) && !one(100, 52));
        assert!(one(0, 0), "nothing is known of it");
    }

    #[test]
    fn postings_that_are_there_say_how_many_entries_would_be_read() {
        // By the first column eight entries a key, all of which agree in the second, or none but the row itself.
        let relation = |same: bool| {
            let mut relation = Relation::new(3);
            let words: Vec<u32> = (0..800).flat_map(|row| [row / 8, if same { row / 8 } else { row }, row]).collect();
            relation.extend(0, &words, 800);
            relation
        };
        for same in [true, false] {
            let relation = relation(same);
            let mut grown = Grown::new(RelationId(0));
            let mut known = Growing::new(&[0], &[1, 2], 3, relation.words());
            known.extend(3, relation.words(), 0, 800);
            // Postings by another column tell nothing of it.
            let mut other = Growing::new(&[2], &[0, 1], 3, relation.words());
            other.extend(3, relation.words(), 0, 800);
            grown.postings = vec![other, known];
            let mut needs = Vec::new();
            add(&mut needs, lookup(Part::All, &[0, 1], &[2]));
            add(&mut needs, lookup(Part::All, &[0], &[2]));
            // What statistics would say is not asked for: it would panic.
            grown.share(&mut needs, &relation, Switch::Auto, &Distinct(BTreeMap::new()));
            assert_eq!(needs.len(), if same { 1 } else { 2 }, "{same}");
        }
    }

    #[test]
    fn old_postings_may_find_a_quarter_and_six_more() {
        let shared = |group: u32, part: u32| {
            let mut relation = Relation::new(3);
            // By the first column `group` entries a key, `part` of which agree in the second.
            let words: Vec<u32> = (0..group * 64).flat_map(|row| [row / group, row / part, row]).collect();
            relation.extend(0, &words, words.len() / 3);
            let mut known = Growing::new(&[0], &[1, 2], 3, relation.words());
            known.extend(3, relation.words(), 0, relation.len());
            let mut grown = Grown::new(RelationId(0));
            grown.postings = vec![known];
            let mut needs = Vec::new();
            add(&mut needs, lookup(Part::All, &[0, 1], &[2]));
            add(&mut needs, lookup(Part::All, &[0], &[2]));
            grown.share(&mut needs, &relation, Switch::Auto, &Distinct(BTreeMap::new()));
            needs.len() == 1
        };
        // Eight, and two and six more: sixteen. Nine, and nine more are too many, four and one and six not.
        assert!(shared(16, 8) && !shared(18, 9) && shared(8, 4) && !shared(12, 4));
    }

    /// What is laid for some steps: columns, payload, of the delta alone, and rows indexed so far.
    fn laid(grown: &mut Grown, steps: Vec<Step>, loose: Switch) -> Vec<(Vec<usize>, Vec<usize>, bool, usize)> {
        let relation = Relation::new(6);
        let plan = crate::eval::tests::rule(steps, Vec::new());
        grown.lay(&relation, [&plan].into_iter(), loose, &Distinct(BTreeMap::new()));
        let told = grown
            .postings
            .iter()
            .map(|it| (it.columns().to_vec(), it.payload().to_vec(), it.is_delta_only(), it.len()));
        told.collect()
    }

    #[test]
    fn postings_are_laid_for_all_lookups_of_a_relation() {
        use crate::eval::tests::{lookup, scan};
        let by = |part, columns: &[usize], payload: &[usize]| {
            let key: Vec<_> = columns.iter().map(|&column| (column, 0)).collect();
            let bind: Vec<_> = payload.iter().map(|&column| (column, 10 + column)).collect();
            lookup(0, part, &key, &bind)
        };
        let exists = |columns: &[usize]| Step::Exists {
            relation: RelationId(0),
            part: Part::All,
            columns: columns.to_vec(),
            key: columns.iter().map(|_| crate::plan::Operand::Slot(0)).collect(),
            negated: false,
        };
        let new = || Grown::new(RelationId(0));
        let lay = |steps: Vec<Step>| laid(&mut new(), steps, Switch::Off);
        let all = |columns: &[usize], payload: &[usize]| (columns.to_vec(), payload.to_vec(), false, 0);
        let delta = |columns: &[usize], payload: &[usize]| (columns.to_vec(), payload.to_vec(), true, 0);
        let (every, fresh) = (Part::All, Part::Delta);
        // Those of all rows tell of the delta, too, where they have what is wanted.
        assert_eq!(lay(vec![by(every, &[0], &[1]), by(fresh, &[0], &[1])]), [all(&[0], &[1])]);
        assert_eq!(lay(vec![by(every, &[0], &[1]), by(fresh, &[0], &[2])]), [all(&[0], &[1]), delta(&[0], &[2])]);
        assert_eq!(lay(vec![by(Part::Old, &[0], &[1]), by(fresh, &[2], &[1])]), [all(&[0], &[1]), delta(&[2], &[1])]);
        // Up to four columns are read together.
        let steps =
            vec![by(every, &[0], &[2, 1]), by(every, &[0], &[3, 4]), by(every, &[0], &[5]), by(every, &[0], &[1, 3])];
        assert_eq!(lay(steps), [all(&[0], &[1, 2, 3, 4]), all(&[0], &[5])]);
        // Other relations, and whether there are any rows, need none.
        assert_eq!(lay(vec![lookup(1, every, &[(0, 0)], &[(1, 1)]), exists(&[]), scan(0, every, &[(0, 0)])]), []);
        assert_eq!(lay(vec![exists(&[3])]), [all(&[3], &[])]);
        let grouped = Step::Scan {
            relation: RelationId(0),
            part: fresh,
            grouped: true,
            constants: Vec::new(),
            same: Vec::new(),
            bind: vec![(2, 0), (4, 1)],
        };
        assert_eq!(lay(vec![grouped]), [delta(&[2, 4], &[])]);
        let body = crate::eval::tests::rule(vec![by(every, &[4], &[0])], Vec::new()).body;
        let (op, kind) = (crate::program::AggregateOp::Count, crate::value::Kind::Number);
        let plan = crate::plan::AggregatePlan { op, kind, outer: Vec::new(), body, target: None, distinct: None };
        assert_eq!(lay(vec![Step::Aggregate { slot: 0, plan: Box::new(plan) }]), [all(&[4], &[0])]);
        // Whoever asks whether there is an entry, before or after, keeps them by these very columns.
        let force = |steps: Vec<Step>| laid(&mut new(), steps, Switch::Force);
        let (both, one) = (by(every, &[0, 1], &[2]), by(every, &[0], &[3]));
        assert_eq!(force(vec![both.clone(), one.clone()]), [all(&[0], &[1, 2, 3])]);
        assert_eq!(force(vec![both, exists(&[0, 1]), one]), [all(&[0, 1], &[2]), all(&[0], &[3])]);
        assert_eq!(force(vec![by(every, &[0, 1], &[2, 4]), by(every, &[0], &[3, 5])]).len(), 2, "five would be read");
    }

    #[test]
    fn postings_that_still_serve_are_kept() {
        use crate::eval::tests::lookup;
        let words: Vec<u32> = (0..60).collect();
        let kept = |delta_only: bool, part: Part, columns: &[usize], payload: &[usize]| {
            let mut known = Growing::new(&[0], &[1, 3], 6, &words);
            if delta_only {
                known = known.delta_only();
            }
            known.extend(6, &words, 0, 10);
            let mut grown = Grown::new(RelationId(0));
            grown.postings = vec![known];
            let key: Vec<_> = columns.iter().map(|&column| (column, 0)).collect();
            let bind: Vec<_> = payload.iter().map(|&column| (column, 10 + column)).collect();
            let laid = laid(&mut grown, vec![lookup(0, part, &key, &bind)], Switch::Off);
            assert_eq!((laid.len(), laid[0].2), (1, part == Part::Delta));
            laid[0].3 == 10
        };
        let (all, delta) = (Part::All, Part::Delta);
        assert!(kept(false, all, &[0], &[1, 3]) && kept(false, all, &[0], &[3]) && kept(true, delta, &[0], &[1]));
        assert!(!kept(false, all, &[0], &[2]) && !kept(false, all, &[1], &[3]));
        assert!(!kept(false, delta, &[0], &[1]) && !kept(true, all, &[0], &[1]));
    }

    #[test]
    fn what_is_laid_serves_and_is_kept_while_it_serves() {
        let plan = |text: &str| {
            let mut session = crate::session::Session::new(
                Box::new(crate::session::MemoryLoader::default()),
                crate::session::Options::default(),
            );
            session.add_program("a.dl", text);
            session.evaluate().unwrap_or_else(|_| panic!("{text}"))
        };
        let model = plan(
            ".decl e(x: number, y: number, z: number)\n.decl p(x: number, y: number, z: number)
            e(1, 2, 3). e(2, 3, 4).
            p(x, y, z) :- e(x, y, z).
            p(x, y, w) :- p(x, y, z), p(z, y, w).
            p(x, y, w) :- e(x, y, z), p(z, _, w), !e(w, _, _).",
        );
        let id = model.find("p").unwrap();
        let stratum = [id];
        let sizes = crate::eval::Sizes::new(model.database(), &stratum);
        let rules: Vec<_> = model.program().rules().map(|(rule, _)| rule).collect();
        let plans = [
            crate::plan::plan_rule(model.program(), rules[1], Some(0), &sizes),
            crate::plan::plan_rule(model.program(), rules[1], Some(1), &sizes),
        ];
        let relation = model.relation(id);
        let mut grown = Grown::new(id);
        grown.lay(relation, plans.iter(), Switch::Off, &sizes);
        // From the delta by (z, y), and back to older rows.
        assert!(!grown.postings.is_empty());
        for plan in &plans {
            lookups(&plan.body.steps, &mut |read, wanted, _| {
                assert!(read != id || grown.serving(wanted).is_some());
            });
        }
        let rows = relation.len();
        assert_eq!(
            grown.late(&plans[0], rows),
            rows * grown.used(std::iter::once(&plans[0])).iter().filter(|it| **it).count()
        );
        for postings in &mut grown.postings {
            postings.extend(3, relation.words(), 0, rows);
        }
        assert_eq!(grown.late(&plans[0], rows), 0);
        let before: Vec<usize> = grown.postings.iter().map(Growing::len).collect();
        grown.lay(relation, plans.iter(), Switch::Off, &sizes);
        assert_eq!(grown.postings.iter().map(Growing::len).collect::<Vec<_>>(), before, "filled, and kept");
        grown.lay(relation, plans[..0].iter(), Switch::Off, &sizes);
        assert!(grown.postings.is_empty());
    }
}
