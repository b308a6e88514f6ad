//! Plans that read the delta a key at a time instead of row by row.
//!
//! Where a rule begins with the delta of an atom and some columns of it are of use to the head alone, all rows that agree in
//! the others go the same way. So a plan may begin with one row a key, and at the end look up what the delta has for the key.
//! The same instances are found with less on the way, and those of a key come side by side.

use super::{Expression, Operand, Part, RulePlan, Slot, Step};

impl RulePlan {
    /// The same rule with the delta read a key at a time; nothing where that makes no difference.
    #[must_use]
    pub fn grouped(&self) -> Option<Self> {
        let (first, rest) = self.body.steps.split_first()?;
        let Step::Scan { relation, part: Part::Delta, grouped: false, constants, same, bind } = first else {
            return None;
        };
        if !constants.is_empty() || !same.is_empty() || rest.is_empty() {
            return None;
        }
        let mut read = Vec::new();
        rest.iter().for_each(|step| step.reads(&mut |slot| read.push(slot)));
        let (keys, late): (Vec<_>, Vec<_>) = bind.iter().partition(|&&(_, slot)| read.contains(&slot));
        if keys.is_empty() || late.is_empty() {
            return None;
        }
        let mut plan = self.clone();
        let (columns, slots): (Vec<usize>, Vec<Slot>) = keys.iter().copied().unzip();
        let last = plan.body.live.last().cloned().unwrap_or_default();
        for live in &mut plan.body.live {
            live.retain(|slot| !late.iter().any(|(_, other)| other == slot));
            live.extend(&slots);
            live.sort_unstable();
            live.dedup();
        }
        plan.body.live.push(last);
        if let Some(Step::Scan { grouped, bind, .. }) = plan.body.steps.first_mut() {
            *grouped = true;
            *bind = keys;
        }
        let key = slots.into_iter().map(Operand::Slot).collect();
        let lookup =
            Step::Lookup { relation: *relation, part: Part::Delta, columns, key, same: Vec::new(), bind: late };
        plan.body.steps.push(lookup);
        Some(plan)
    }

    /// The axis, if the lookup that ends the body finds the column beside it and nothing else of a head of two columns:
    /// pairs come in blocks along it then.
    #[must_use]
    pub fn found_beside(&self, axis: Option<usize>) -> Option<usize> {
        axis.filter(|&axis| axis < 2 && self.found() == Some(1 - axis))
    }

    /// Of a head of two columns, the one that the lookup which ends the body finds, where the other was known before.
    #[must_use]
    pub fn found(&self) -> Option<usize> {
        let Some(Step::Lookup { bind, same, .. }) = self.body.steps.last() else { return None };
        let [left, right] = self.head.as_slice() else { return None };
        let found = |value: &Expression| match value {
            Expression::Operand(Operand::Slot(slot)) => Some(bind.iter().any(|(_, other)| other == slot)),
            _ => None,
        };
        match (found(left)?, found(right)?, same.is_empty()) {
            (true, false, true) => Some(0),
            (false, true, true) => Some(1),
            _ => None,
        }
    }
}
