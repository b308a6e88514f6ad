//! Moving a deployment: which facts change, and whether a document offers it.

use super::answers::{Answers, BadChoice, Chosen, Hosted, Narrower, RunsOn, Scope, Supplier, Within};
use super::findings::offers;
use crate::diagnostic::{Diagnostic, code};
use crate::session::Failure;

/// What a move comes down to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// What moves.
    pub scope: String,
    /// Where to, as it was asked for.
    pub target: String,
    /// How.
    pub kind: Kind,
    /// The changes, as `what-if` takes them.
    pub changes: Vec<String>,
}

/// The kinds of move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The scope gets another host: an account of its own in the target, unless that is one already.
    Host {
        /// The account.
        account: String,
    },
    /// The scope becomes another product or plan of whoever supplies it.
    Product,
}

impl Relocation {
    /// Plans a move of `scope` to `target`.
    ///
    /// A target of the scope's own supplier is another product or plan (`acme_rds` to `aws:ec2`); any other is a host.
    /// Who rents a host is its customer there, and so every deployment gets an account of its own.
    ///
    /// # Errors
    /// A scope does not exist, or the move makes no sense.
    pub fn plan(answers: Answers<'_>, scope: &str, target: &str) -> Result<Self, Failure> {
        let (scope, target) = (answers.scope(scope)?.scope, answers.scope(target)?);
        let wrong = |message: String| Diagnostic::new(code::USAGE, message);
        let inside = |inner: &str, outer: &str| answers.any::<Narrower>(&[("scope", inner), ("wider", outer)]);
        if inside(&target.scope, &scope) {
            return Err(wrong(format!("`{}` lies in `{scope}` itself", target.scope)).into());
        }
        let suppliers = |scope: &str| answers.with::<Supplier>(&[("scope", scope)]);
        let own = suppliers(&scope)
            .iter()
            .any(|row| answers.any::<Supplier>(&[("scope", &target.scope), ("party", &row.party)]));
        if own { Self::product(answers, scope, target) } else { Self::host(answers, scope, target) }
    }

    fn product(answers: Answers<'_>, scope: String, target: Scope) -> Result<Self, Failure> {
        let target = target.scope;
        let now = answers.with::<Within>(&[("child", &scope)]);
        // Of several places it leaves those of the same supplier; a group of one's own stays.
        let same = |parent: &str| {
            let rows = answers.with::<Supplier>(&[("scope", parent)]);
            rows.iter().any(|row| answers.any::<Supplier>(&[("scope", &target), ("party", &row.party)]))
        };
        let leaves: Vec<String> = now.into_iter().map(|row| row.parent).filter(|parent| same(parent)).collect();
        if leaves.contains(&target) {
            let message = format!("`{scope}` is in `{target}` already");
            return Err(Diagnostic::new(code::USAGE, message).into());
        }
        let mut changes: Vec<String> =
            leaves.iter().map(|parent| format!("-within({}, {}).", quoted(&scope), quoted(parent))).collect();
        changes.push(format!("+within({}, {}).", quoted(&scope), quoted(&target)));
        Ok(Self { scope, target, kind: Kind::Product, changes })
    }

    fn host(answers: Answers<'_>, scope: String, target: Scope) -> Result<Self, Failure> {
        let mut changes = Vec::new();
        let now = answers.with::<Chosen>(&[("scope", &scope)]);
        for row in &now {
            changes.push(format!("-chosen({}, {}).", quoted(&scope), quoted(&row.host)));
        }
        let account = if target.kind == "deployment" {
            target.scope.clone()
        } else {
            let account = format!("{scope}@{}", target.scope);
            if !answers.any::<Scope>(&[("scope", &account)]) {
                changes.push(format!("+scope({}, \"deployment\").", quoted(&account)));
                changes.push(format!("+within({}, {}).", quoted(&account), quoted(&target.scope)));
            }
            account
        };
        if now.iter().any(|row| row.host == account) {
            return Err(Diagnostic::new(code::USAGE, format!("`{scope}` lives in `{account}` already")).into());
        }
        if now.is_empty() && answers.any::<Hosted>(&[("scope", &scope)]) {
            // A choice for something wider holds here; the new one would stand beside it.
            let message = format!("`{scope}` lives where something wider was chosen to live");
            return Err(Diagnostic::new(code::USAGE, message).help("move what was chosen: see `chosen`").into());
        }
        changes.push(format!("+chosen({}, {}).", quoted(&scope), quoted(&account)));
        Ok(Self { scope, target: target.scope, kind: Kind::Host { account }, changes })
    }

    /// If no document offers the move, what documents offer instead: to be asked of the model after the changes.
    #[must_use]
    pub fn refused(&self, after: Answers<'_>) -> Option<Vec<RunsOn>> {
        let Kind::Host { account } = &self.kind else { return None };
        let bad = after.any::<BadChoice>(&[("scope", &self.scope), ("host", account)]);
        bad.then(|| offers(after, &self.scope))
    }
}

/// A text as a literal of the language.
fn quoted(text: &str) -> String {
    crate::value::Value::Symbol(text.to_owned()).literal()
}
