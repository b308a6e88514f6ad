//! A program with its facts, from text to rows.

use std::sync::Arc;

use super::function::Function;
use super::row::{FromRow, ToRow};
use crate::diagnostic::{Diagnostic, code, suggest};
use crate::eval::function::Implementation;
use crate::explain::Proof;
use crate::model::{Model, Tuple};
use crate::program::Signature;
use crate::report::diff::denial;
use crate::report::proof::{NoNotes, TextOptions, render};
use crate::session::{DiskLoader, Failure, Options, Session};
use crate::value::Value;

/// A program that Rust builds, runs and asks.
///
/// Rules are text, and rows are tuples; see [the module](super) for which Rust type stands for which type of the language.
/// Nothing is checked before [`run`](Self::run), which tells all faults at once, with their places.
///
/// # Facts from any iterator
///
/// ```
/// # use onus::library::Datalog;
/// let mut datalog = Datalog::new(
///     ".decl sale(shop: symbol, price: float)
///      .decl total(shop: symbol, revenue: float)
///      total(s, t) :- sale(s, _), t = sum p : { sale(s, p) }.",
/// );
/// let sales = std::collections::BTreeMap::from([("north", 1.5), ("south", 2.25)]);
/// datalog.insert("sale", sales).insert("sale", [("north", 3.0)]);
/// datalog.run()?;
/// let totals: Vec<(String, f64)> = datalog.rows("total")?;
/// assert_eq!(totals, [("north".to_owned(), 4.5), ("south".to_owned(), 2.25)]);
/// # Ok::<(), onus::session::Failure>(())
/// ```
///
/// # Functors
///
/// A closure becomes the functor `@name`. It may refuse: then the evaluation stops, and the failure names the rule.
///
/// ```
/// # use onus::library::Datalog;
/// let mut datalog = Datalog::new(
///     ".decl word(w: symbol)
///      .decl score(w: symbol, n: number)
///      score(w, @vowels(w)) :- word(w).",
/// );
/// datalog.functor("@vowels", |word: String| word.chars().filter(|c| "aeiou".contains(*c)).count() as i64);
/// datalog.insert("word", [("banana",), ("sky",)]);
/// datalog.run()?;
/// assert_eq!(datalog.rows::<(String, i64)>("score")?, [("banana".to_owned(), 3), ("sky".to_owned(), 0)]);
///
/// datalog.functor("@vowels", |word: String| -> Result<i64, String> { Err(format!("no vowels in {word}")) });
/// let failure = datalog.run().unwrap_err();
/// assert!(failure.to_string().starts_with("error[E0706]: `@vowels(\"banana\")` failed: no vowels in banana"));
/// # Ok::<(), onus::session::Failure>(())
/// ```
///
/// # Questions and proofs
///
/// ```
/// # use onus::library::Datalog;
/// let mut datalog = Datalog::new(
///     ".decl parent(x: symbol, y: symbol)
///      .decl ancestor(x: symbol, y: symbol)
///      ancestor(x, y) :- parent(x, y).
///      ancestor(x, z) :- ancestor(x, y), parent(y, z).",
/// );
/// datalog.insert("parent", [("ann", "bob"), ("bob", "cyd")]);
/// datalog.run()?;
/// let below: Vec<(String,)> = datalog.ask(r#"ancestor("ann", who), !parent("ann", who)"#)?;
/// assert_eq!(below, [("cyd".to_owned(),)]);
/// let why = datalog.why(r#"ancestor("ann", "cyd")"#)?.expect("it holds");
/// assert!(why.contains(r#"parent("bob", "cyd")"#));
/// assert_eq!(datalog.why(r#"ancestor("cyd", "ann")"#)?, None);
/// # Ok::<(), onus::session::Failure>(())
/// ```
///
/// # Constraints
///
/// What a relation marked `@[deny]` holds is told with its text; see [`denied`](Self::denied).
///
/// ```
/// # use onus::library::Datalog;
/// let mut datalog = Datalog::new(
///     r#".decl holds(who: symbol, post: symbol)
///        @[deny = "{post} is held twice: by {a} and by {b}"]
///        .decl doubly_held(post: symbol, a: symbol, b: symbol)
///        doubly_held(p, a, b) :- holds(a, p), holds(b, p), a < b."#,
/// );
/// datalog.insert("holds", [("ann", "treasurer"), ("bob", "treasurer"), ("cyd", "chair")]);
/// datalog.run()?;
/// assert_eq!(datalog.denied()?, ["treasurer is held twice: by ann and by bob"]);
/// # Ok::<(), onus::session::Failure>(())
/// ```
#[derive(Debug)]
pub struct Datalog {
    session: Session,
}

impl Datalog {
    /// A program of one text. `.include` reads from the disk, relative to the current directory; `.input` directives are
    /// carried out.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut datalog = Self::with(Options { inputs: true, ..Options::default() });
        datalog.text("program.dl", text);
        datalog
    }

    /// A program without text yet, and how it is to be checked and evaluated: limits, threads, warnings, directories.
    ///
    /// ```
    /// use onus::library::Datalog;
    /// use onus::session::Options;
    ///
    /// let mut options = Options::default();
    /// options.eval.budget.rows = Some(1_000);
    /// let mut datalog = Datalog::with(options);
    /// datalog.text("count.dl", ".decl n(x: number)  n(0).  n(x + 1) :- n(x).");
    /// let failure = datalog.run().unwrap_err();
    /// assert!(failure.to_string().starts_with("error[E0801]: the evaluation needs more than 1000 rows"));
    /// ```
    #[must_use]
    pub fn with(options: Options) -> Self {
        Self { session: Session::new(Box::new(DiskLoader), options) }
    }

    /// Adds a text of rules and facts; its name stands in messages and proofs.
    pub fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.session.add_program(name, text);
        self
    }

    /// Adds facts of a relation. They count from the next [`run`](Self::run) on.
    pub fn insert<R: ToRow>(&mut self, relation: &str, rows: impl IntoIterator<Item = R>) -> &mut Self {
        self.session.add_rows(relation, rows.into_iter().map(ToRow::to_row).collect());
        self
    }

    /// Registers a closure as the functor of a name, which begins with `@` as in the text. A name that was registered
    /// before means the new closure; those that the language brings along (`@lower` ...) are hidden by one of the same name.
    pub fn functor<Arguments, F: Function<Arguments>>(&mut self, name: &'static str, function: F) -> &mut Self {
        let signature = Signature { name, parameters: F::PARAMETERS, result: F::RESULT };
        let options = self.session.options_mut();
        options.check.functors.retain(|known| known.name != name);
        options.check.functors.push(signature);
        let implementation: Implementation = Arc::new(move |arguments: &[Value]| function.apply(arguments));
        options.eval.functors.register(signature, implementation);
        self
    }

    /// Checks and evaluates everything that was added.
    ///
    /// # Errors
    /// All that is wrong with the texts and rows, or why the evaluation stopped; what was there before stays.
    pub fn run(&mut self) -> Result<(), Failure> {
        self.session.evaluate().map(|_| ())
    }

    /// The rows of a relation, in the order of output: numbers by value, symbols bytewise, column by column.
    ///
    /// # Errors
    /// Nothing was run yet, there is no such relation, or its rows cannot be read as `R`.
    pub fn rows<R: FromRow>(&self, relation: &str) -> Result<Vec<R>, Failure> {
        let model = self.model()?;
        let id = model.find(relation).ok_or_else(|| {
            let known = model.program().declared_ids().map(|id| model.name(id));
            let help = suggest(relation, known).map(|name| format!("did you mean `{name}`?"));
            let message = format!("no relation is called `{relation}`");
            self.session.failure(vec![Diagnostic::new(code::UNKNOWN_RELATION, message).maybe_help(help)])
        })?;
        let columns = &model.program().relation(id).columns;
        let types = &model.program().types;
        let symbols = &model.values().symbols;
        self.read(relation, model.sorted(id), &|at| {
            let column = columns.get(at)?;
            Some((symbols.get(column.name).to_owned(), types.name(column.ty).to_owned()))
        })
    }

    /// The answers of a goal, one column a named variable in order of appearance; sorted as in output.
    ///
    /// # Errors
    /// What is wrong with the goal, or its answers cannot be read as `R`.
    pub fn ask<R: FromRow>(&mut self, goal: &str) -> Result<Vec<R>, Failure> {
        let answer = self.session.ask(goal)?;
        let columns = answer.columns;
        self.read("the answer", answer.rows, &|at| {
            let (name, kind) = columns.get(at)?;
            Some((name.clone(), kind.name().to_owned()))
        })
    }

    fn read<R: FromRow>(
        &self,
        what: &str,
        rows: Vec<Vec<Value>>,
        column: &dyn Fn(usize) -> Option<(String, String)>,
    ) -> Result<Vec<R>, Failure> {
        let read = |row: Vec<Value>| {
            R::from_row(row).map_err(|(at, wanted)| {
                let message = match column(at) {
                    Some((name, is)) => {
                        format!("column `{name}` of `{what}` is a {is}, and cannot be read as {wanted}")
                    }
                    None => format!("`{what}` has {at} columns, and {wanted} is to be read after them"),
                };
                self.session.failure(vec![Diagnostic::new(code::TYPE_MISMATCH, message)])
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Why a fact holds, as text; nothing where it does not.
    ///
    /// # Errors
    /// What is wrong with the fact, which must be an atom of constants, or why the explanation stopped.
    pub fn why(&mut self, fact: &str) -> Result<Option<String>, Failure> {
        let proof = self.proof(fact)?;
        let model = self.model()?;
        Ok(proof.map(|proof| render(model, &proof, &TextOptions::default(), &NoNotes).text))
    }

    /// Why a fact holds, as a graph of rule instances.
    ///
    /// # Errors
    /// As of [`why`](Self::why).
    pub fn proof(&mut self, fact: &str) -> Result<Option<Proof>, Failure> {
        let pattern = self.session.matching(fact)?;
        let model = Arc::clone(self.model()?);
        match pattern.tuples(&model).as_slice() {
            [] => Ok(None),
            [tuple] => self.session.why(tuple),
            [_, _, ..] => {
                let message = format!("`{fact}` is more than one fact");
                Err(self.session.failure(vec![Diagnostic::new(code::NOT_A_FACT, message)]))
            }
        }
    }

    /// What relations marked `@[deny]` hold, each tuple as the text of the mark with its values; in order of declaration,
    /// then of output. Nothing is wrong where there is none.
    ///
    /// # Errors
    /// Nothing was run yet.
    pub fn denied(&self) -> Result<Vec<String>, Failure> {
        let model = self.model()?;
        let mut denied = Vec::new();
        for id in model.program().declared_ids().filter(|&id| model.program().relation(id).deny.is_some()) {
            for row in model.sorted_rows(id) {
                denied.push(denial(model, &Tuple { relation: id, words: row.into() }));
            }
        }
        Ok(denied)
    }

    /// The finished model, for everything else that can be asked of one.
    ///
    /// # Errors
    /// Nothing was run yet.
    pub fn model(&self) -> Result<&Arc<Model>, Failure> {
        self.session.model().ok_or_else(|| {
            let message = "nothing was run yet";
            self.session.failure(vec![Diagnostic::new(code::PROJECT, message).help("call `run` first")])
        })
    }

    /// The session underneath: changes, undo, what-if, certificates.
    pub fn session(&mut self) -> &mut Session {
        &mut self.session
    }
}
