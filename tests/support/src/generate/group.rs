//! Groups: one or two relations with rules, each kept if it yields something.

use onus::syntax::ast::{CompareOp, Item, ItemKind};
use onus::value::Kind;

use super::body::Body;
use super::world::{Relation, World};
use crate::answers::{Answers, Rows};

/// Relations in the making.
#[derive(Default)]
struct Group {
    relations: Vec<Relation>,
    items: Vec<Item>,
    answers: Answers,
}

impl World<'_> {
    /// Adds a group of relations that read what is complete, and perhaps each other.
    pub(super) fn group(&mut self) {
        let mut group = Group::default();
        if self.settings.inline && self.inlines.len() < 3 && self.random.percent(6) {
            self.inlined();
        }
        if self.random.percent(18)
            && let Some((relation, rule)) = self.counted_rule()
        {
            self.declare(&relation.name, &relation.columns, &[]);
            if self.keep(&mut group, &rule, std::slice::from_ref(&relation)) {
                group.relations.push(relation);
            } else {
                self.declarations.pop();
            }
            self.end(group);
            return;
        }
        match self.random.below(100) {
            0..26 => {
                self.first_rule(&mut group, 1);
                if self.random.percent(55) {
                    self.another_rule(&mut group, 0, &[]);
                }
            }
            26..31 => self.first_rule(&mut group, 2),
            31..80 => {
                self.first_rule(&mut group, 1);
                let rules = self.random.between(1, 2);
                for _ in 0..rules {
                    if self.settings.monotone && !self.positive && self.random.percent(14) {
                        self.monotone_rule(&mut group, 0, 0);
                        continue;
                    }
                    let twice = self.random.percent(15);
                    self.another_rule(&mut group, 0, if twice { &[0, 0] } else { &[0] });
                }
            }
            _ => {
                self.first_rule(&mut group, 1);
                self.mutual_rules(&mut group);
            }
        }
        self.end(group);
    }

    /// The group is complete.
    fn end(&mut self, mut group: Group) {
        self.rules.append(&mut group.items);
        for relation in group.relations {
            if let Some(rows) = group.answers.remove(&relation.name) {
                self.answers.insert(relation.name.clone(), rows);
                self.relations.push(relation);
            }
        }
    }

    pub(super) fn next_name(&mut self) -> String {
        self.made += 1;
        format!("r{}", self.made - 1)
    }

    /// A rule for new relations, whose columns follow from its body.
    fn first_rule(&mut self, group: &mut Group, heads: usize) {
        for _ in 0..self.settings.tries {
            let Some(mut body) = self.body(&[]) else { continue };
            self.extras(&mut body);
            let mut relations = Vec::new();
            let mut atoms = Vec::new();
            for _ in 0..heads {
                let columns = self.new_columns(&body);
                let Some(arguments) = self.head(&mut body, &columns) else { break };
                let name = self.next_name();
                atoms.push(self.build.atom(&name, arguments));
                relations.push(Relation { name, columns });
            }
            if relations.len() < heads {
                continue;
            }
            let rule = self.build.clause(atoms, body.literals);
            let declared = self.declarations.len();
            for relation in &relations {
                self.declare_derived(relation);
            }
            if self.keep(group, &rule, &relations) {
                group.relations.extend(relations);
                self.sometimes_a_fact(group);
                return;
            }
            self.declarations.truncate(declared);
        }
    }

    fn declare_derived(&mut self, relation: &Relation) {
        let columns = &relation.columns;
        let pair = matches!(columns.as_slice(), [left, right] if left == right);
        let eqrel = pair && self.settings.eqrel && self.random.percent(5);
        let inline = !eqrel && self.settings.inline && self.random.percent(3);
        let qualifiers: &[&str] = if eqrel {
            &["eqrel"]
        } else if inline {
            &["inline"]
        } else {
            &[]
        };
        self.declare(&relation.name, columns, qualifiers);
        // More facts may mean fewer answers here, and who comes first may depend on numbers that mean nothing.
        if eqrel || inline || self.positive || !self.is_transparent(relation) || self.lattice_columns(relation) {
            return;
        }
        if !self.settings.choice {
            return;
        }
        if !columns.is_empty() && self.random.percent(7) {
            let keys = self.random.between(1, 2);
            let keys: Vec<Vec<usize>> = (0..keys).map(|_| self.key(columns.len())).collect();
            if let Some(ItemKind::Relation(declared)) = self.declarations.last_mut().map(|item| &mut item.kind) {
                let names = |key: &Vec<usize>| key.iter().map(|&at| declared.attributes[at].name).collect();
                declared.choice = keys.iter().map(names).collect();
            }
        } else if self.random.percent(6) {
            self.subsumption(relation);
        }
        if self.random.percent(4) {
            let n = self.random.between(2, 12);
            let limit = self.build.limitsize(&relation.name, n);
            self.declarations.push(limit);
        }
    }

    /// Of the tuples that agree on some columns, those with the least or the greatest number in another stay.
    fn subsumption(&mut self, relation: &Relation) {
        let numbers: Vec<usize> =
            (0..relation.columns.len()).filter(|&at| self.kind(relation.columns[at]) == Kind::Number).collect();
        let Some(&compared) = self.random.pick(&numbers) else { return };
        let (mut low, mut high) = (Vec::new(), Vec::new());
        for at in 0..relation.columns.len() {
            let agree = at != compared && self.random.percent(75);
            let names = if agree { [format!("s{at}"), format!("s{at}")] } else { [format!("l{at}"), format!("h{at}")] };
            low.push(self.build.variable(&names[0]));
            high.push(self.build.variable(&names[1]));
        }
        let op = [CompareOp::Less, CompareOp::LessEqual, CompareOp::Greater][self.random.below(3)];
        let test = self.build.compare(op, high[compared].clone(), low[compared].clone());
        let (low, high) = (self.build.atom(&relation.name, low), self.build.atom(&relation.name, high));
        let clause = self.build.subsumption(low, high, vec![test]);
        self.declarations.push(clause);
    }

    /// One or two columns of so many.
    fn key(&mut self, columns: usize) -> Vec<usize> {
        let first = self.random.below(columns);
        let second = self.random.below(columns);
        if first == second { vec![first] } else { vec![first.min(second), first.max(second)] }
    }

    /// One more rule for a relation of the group, reading those of `own`.
    fn another_rule(&mut self, group: &mut Group, head: usize, own: &[usize]) {
        for _ in 0..self.settings.tries {
            let Some(relation) = group.relations.get(head).cloned() else { return };
            let wanted: Vec<Relation> = own.iter().map(|&at| group.relations[at].clone()).collect();
            let Some(rule) = self.rule(&relation, &wanted) else { continue };
            if self.keep(group, &rule, std::slice::from_ref(&relation)) {
                return;
            }
        }
    }

    /// A second relation that reads the first, and a rule for the first that reads the second.
    fn mutual_rules(&mut self, group: &mut Group) {
        let Some(first) = group.relations.first().cloned() else { return };
        for _ in 0..self.settings.tries {
            let Some(mut body) = self.body(std::slice::from_ref(&first)) else { continue };
            self.extras(&mut body);
            let columns = if self.random.percent(60) { first.columns.clone() } else { self.new_columns(&body) };
            let Some(arguments) = self.head(&mut body, &columns) else { continue };
            let second = Relation { name: self.next_name(), columns };
            let head = self.build.atom(&second.name, arguments);
            let rule = self.build.clause(vec![head], body.literals);
            let declared = self.declarations.len();
            self.declare(&second.name, &second.columns, &[]);
            if self.keep(group, &rule, std::slice::from_ref(&second)) {
                group.relations.push(second);
                if self.settings.monotone && !self.positive && self.random.percent(14) {
                    self.monotone_rule(group, 0, 1);
                } else {
                    self.another_rule(group, 0, &[1]);
                }
                if self.random.percent(30) {
                    self.another_rule(group, 1, &[0, 1]);
                }
                return;
            }
            self.declarations.truncate(declared);
        }
    }

    /// A rule for one relation of the group that aggregates over another one, or itself.
    fn monotone_rule(&mut self, group: &mut Group, head: usize, over: usize) {
        for _ in 0..self.settings.tries {
            let (Some(relation), Some(over)) = (group.relations.get(head).cloned(), group.relations.get(over).cloned())
            else {
                return;
            };
            let also = if self.random.percent(40) { vec![relation.clone()] } else { Vec::new() };
            let Some(rule) = self.monotone(&relation, &over, &also) else { continue };
            if self.keep(group, &rule, std::slice::from_ref(&relation)) {
                return;
            }
        }
    }

    fn rule(&mut self, relation: &Relation, wanted: &[Relation]) -> Option<Item> {
        let mut body: Body = self.body(wanted)?;
        if !wanted.is_empty() && self.random.percent(18) {
            self.computation(&mut body);
        }
        self.extras(&mut body);
        let arguments = self.head(&mut body, &relation.columns)?;
        let head = self.build.atom(&relation.name, arguments);
        Some(self.build.clause(vec![head], body.literals))
    }

    fn sometimes_a_fact(&mut self, group: &mut Group) {
        let Some(relation) = group.relations.first().cloned() else { return };
        if self.random.percent(5) && self.is_transparent(&relation) {
            let row: Vec<_> = relation.columns.iter().map(|&ty| self.value(ty)).collect();
            let fact = self.build.fact(&relation.name, &row);
            self.keep(group, &fact, std::slice::from_ref(&relation));
        }
    }

    /// Keeps a clause if each of its heads grows by it, or now and then if nothing does.
    fn keep(&mut self, group: &mut Group, clause: &Item, heads: &[Relation]) -> bool {
        let Ok(answers) = self.evaluate(&[&group.items, std::slice::from_ref(clause)]) else { return false };
        let sizes = |head: &Relation| {
            let before = group.answers.get(&head.name).map_or(0, Rows::len);
            (before, answers.get(&head.name).map_or(0, Rows::len))
        };
        let grown = heads.iter().map(sizes).all(|(before, after)| before < after);
        let small = answers.values().all(|rows| rows.len() <= self.settings.rows);
        if !small || !(grown || self.random.percent(1)) {
            return false;
        }
        if !grown {
            self.fruitless += 1;
        }
        group.items.push(clause.clone());
        let own = |name: &String| group.relations.iter().chain(heads).any(|relation| relation.name == *name);
        group.answers = answers.into_iter().filter(|(name, _)| own(name)).collect();
        true
    }
}
