//! What is asked about tuples, on the command line and at the prompt in the same words: why one holds, what it hangs
//! on, what suffices for it, why something does not hold, and what would help.

use std::io;
use std::sync::Arc;

use super::flags::{self, flags};
use super::{Error, Io, Outcome};
use crate::check::{Argument, Pattern as Wanted};
use crate::diagnostic::{Diagnostic, code, suggest};
use crate::explain::{NodeId, Proof, ProofNode, WhyNotLimits, why_not};
use crate::model::{Model, Tuple};
use crate::report::escape::escape;
use crate::report::proof::{TextOptions, clauses, dot, json, mermaid, render};
use crate::report::{critical, why_not as missing, witnesses};
use crate::responsibility::cite::Citations;
use crate::session::{Pattern, Session};

/// Where a question was put: hints name commands as they are written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the prompt.
    Prompt,
    /// On the command line.
    Shell,
}

/// Which proofs are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// One of least height.
    #[default]
    Shortest,
    /// One of least size.
    Smallest,
    /// So many at most, the smallest first.
    Several(usize),
}

/// How many proofs are told unless a number is given.
pub const SEVERAL: usize = 10;

/// Models of up to so many tuples are evaluated anew in passing, to see what would help.
const SMALL: usize = 100_000;

/// The form of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// A graph for Graphviz.
    Dot,
    /// A graph for Mermaid.
    Mermaid,
    /// Clauses that can be queried.
    Facts,
    /// A document for programs; that of a proof can be checked again.
    Json,
}

impl Form {
    /// Those of a proof, with their names.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("table", Self::Text),
        ("json", Self::Json),
        ("dot", Self::Dot),
        ("mermaid", Self::Mermaid),
        ("facts", Self::Facts),
    ];

    /// Those of the other answers: why not, what a tuple hangs on, what suffices for it.
    pub const DOCUMENTS: &'static [(&'static str, Self)] = &[("table", Self::Text), ("json", Self::Json)];

    /// The one of a name, among some.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn named(name: &str, among: &[(&str, Self)]) -> Result<Self, (String, String)> {
        among.iter().find(|(known, _)| *known == name).map(|&(_, form)| form).ok_or_else(|| {
            let names: Vec<&str> = among.iter().map(|(name, _)| *name).collect();
            (format!("this answer has no form `{name}`"), format!("its forms are {}", names.join(", ")))
        })
    }
}

/// How a proof is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Telling {
    /// Which proofs.
    pub which: Which,
    /// Whether nothing is folded.
    pub whole: bool,
    /// The step to open, by its handle.
    pub step: Option<String>,
    /// The form.
    pub form: Form,
}

/// A proof that was shown, and what its handles stand for.
#[derive(Debug)]
pub struct Shown {
    /// The model that it speaks of.
    pub model: Arc<Model>,
    /// The proof.
    pub proof: Proof,
    /// Handle and node, in order of display.
    pub handles: Vec<(String, NodeId)>,
}

/// Puts questions to a session, and writes the answers.
pub struct Asked<'s, 'i, 'o> {
    /// The session, evaluated.
    pub session: &'s mut Session,
    /// Where the answers go.
    pub io: &'i mut Io<'o>,
    /// Where the questions come from.
    pub place: Place,
}

/// What is asked about what a tuple rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rests {
    /// What it hangs on: facts and rules in every proof, and pairs of which one suffices.
    Critical,
    /// What suffices: minimal sets of given facts.
    Witnesses,
}

/// The tuples that match what was asked.
struct Matching {
    model: Arc<Model>,
    pattern: Pattern,
    tuples: Vec<Tuple>,
}

impl Asked<'_, '_, '_> {
    /// Why the first tuple that matches an atom holds; where none does, why not.
    ///
    /// # Errors
    /// What is wrong with the atom or the step, a limit, or the output.
    pub fn why(&mut self, text: &str, telling: &Telling) -> Result<(Outcome, Option<Shown>), Error> {
        let found = self.matching(text)?;
        let Some(tuple) = found.tuples.first() else {
            self.missing(&found, telling.form)?;
            return Ok((Outcome::No, None));
        };
        let shown = self.tuple(&found.model, tuple, telling)?;
        self.others(&found, telling.form)?;
        Ok((Outcome::Done, shown))
    }

    /// Why a tuple holds.
    ///
    /// # Errors
    /// As [`Asked::why`].
    pub fn tuple(&mut self, model: &Arc<Model>, tuple: &Tuple, telling: &Telling) -> Result<Option<Shown>, Error> {
        let proof = match telling.which {
            Which::Shortest => self.session.why(tuple)?,
            Which::Smallest => self.session.smallest(tuple)?,
            Which::Several(count) => return self.several(model, tuple, count, telling),
        };
        let Some(proof) = proof else { return Ok(None) };
        let mut shown = Shown { model: Arc::clone(model), proof, handles: Vec::new() };
        match telling.form {
            Form::Text => {
                let view = render(model, &shown.proof, &self.options(&shown.proof, telling), &Citations);
                shown.handles = view.handles;
                match &telling.step {
                    None => write!(self.io.out, "{}", view.text)?,
                    Some(step) => {
                        // A handle of a step that is opened in turn: 2, then 2.1.
                        let mut handle = String::new();
                        let parts: Vec<&str> = step.split('.').collect();
                        for (at, part) in parts.iter().enumerate() {
                            handle.push_str(if at > 0 { "." } else { "" });
                            handle.push_str(part);
                            self.open(&mut shown, &handle, at + 1 == parts.len())?;
                        }
                    }
                }
            }
            Form::Dot => dot(model, &shown.proof, telling.whole, &Citations, &mut self.io.out)?,
            Form::Mermaid => mermaid(model, &shown.proof, telling.whole, &Citations, &mut self.io.out)?,
            Form::Json => self.io.out.write_all(json::json(model, &shown.proof, &Citations).as_bytes())?,
            Form::Facts => clauses(model, &shown.proof, &Citations, &mut self.io.out)?,
        }
        Ok(Some(shown))
    }

    /// Proofs in order of size.
    fn several(
        &mut self,
        model: &Arc<Model>,
        tuple: &Tuple,
        count: usize,
        telling: &Telling,
    ) -> Result<Option<Shown>, Error> {
        if !matches!(telling.form, Form::Text | Form::Json) || telling.step.is_some() {
            let help = "leave out --all, or --step and --format";
            return Err(self.usage("several proofs are text or JSON, and none of their steps is opened", help));
        }
        let Some(found) = self.session.proofs(tuple, count)? else { return Ok(None) };
        if telling.form == Form::Json {
            self.io.out.write_all(json::several(model, &found, &Citations).as_bytes())?;
            let first = found.proofs.into_iter().next();
            return Ok(first.map(|(_, proof)| Shown { model: Arc::clone(model), proof, handles: Vec::new() }));
        }
        let all = found.proofs.len();
        let mut first = None;
        for (at, (size, proof)) in found.proofs.into_iter().enumerate() {
            let more = if found.complete { "" } else { " or more" };
            let heading = format!("proof {} of {all}{more}, size {size}", at + 1);
            writeln!(self.io.out, "{}", self.io.view.dim(&heading))?;
            let options = TextOptions { next: Vec::new(), ..self.options(&proof, telling) };
            let proof = Proof { alternatives: 0, ..proof };
            let view = render(model, &proof, &options, &Citations);
            writeln!(self.io.out, "{}", view.text)?;
            first.get_or_insert(Shown { model: Arc::clone(model), proof, handles: view.handles });
        }
        let proofs = if all == 1 { "proof" } else { "proofs" };
        let end = if found.complete {
            format!("{all} {proofs}, and there are no others")
        } else {
            format!("{all} {proofs}; cut: there may be more (--all={})", count.saturating_mul(2).max(2))
        };
        let end =
            if all > 1 && self.place == Place::Prompt { format!("{end}; steps are those of proof 1") } else { end };
        writeln!(self.io.out, "{}", self.io.view.dim(&end))?;
        Ok(first)
    }

    /// Opens a step of a proof that was shown; an absence opens into why nothing matches. With `write` false only its
    /// handles are taken up.
    ///
    /// # Errors
    /// There is no such step, a limit, or the output.
    pub fn open(&mut self, shown: &mut Shown, handle: &str, write: bool) -> Result<Outcome, Error> {
        let Some(&(_, node)) = shown.handles.iter().find(|(name, _)| name == handle) else {
            let known: Vec<&str> = shown.handles.iter().map(|(name, _)| name.as_str()).collect();
            let near = suggest(handle, known.iter().copied()).map(|near| format!("did you mean {near}?"));
            let some: Vec<&str> = known.iter().copied().take(12).collect();
            let more = if known.len() > some.len() { ", ..." } else { "" };
            let help = near.unwrap_or_else(|| format!("its steps are {}{more}", some.join(", ")));
            return Err(self.usage(&format!("the proof has no step {handle}"), &help));
        };
        if let ProofNode::Absent { relation, pattern, .. } = shown.proof.node(node) {
            if !write {
                return Ok(Outcome::Done);
            }
            let wanted = Wanted {
                relation: *relation,
                arguments: pattern.iter().map(|word| word.map_or(Argument::Any, Argument::Constant)).collect(),
            };
            let eval = self.session.eval_options();
            let values = Arc::clone(&shown.proof.values);
            let found = why_not(&shown.model, &wanted, values, WhyNotLimits::default(), &eval);
            let found = found.map_err(|stop| self.session.stopped(&stop))?;
            if let Some(found) = found {
                write!(self.io.out, "{}", missing::render(&shown.model, &found, None, false, &self.view()))?;
            }
            return Ok(Outcome::Done);
        }
        let options = TextOptions {
            from: Some(node),
            handle: Some(handle.to_owned()),
            next: vec![self.opening()],
            ..self.view()
        };
        let view = render(&shown.model, &shown.proof, &options, &Citations);
        if write {
            write!(self.io.out, "{}", view.text)?;
        }
        for (name, node) in view.handles {
            if !shown.handles.iter().any(|(other, _)| *other == name) {
                shown.handles.push((name, node));
            }
        }
        Ok(Outcome::Done)
    }

    /// Why nothing matches an atom, with `fixes` what would help; where something does, why that holds.
    ///
    /// # Errors
    /// As [`Asked::why`].
    pub fn why_not(&mut self, text: &str, fixes: bool, form: Form) -> Result<(Outcome, Option<Shown>), Error> {
        let found = self.matching(text)?;
        if let Some(tuple) = found.tuples.first() {
            let holds = format!("{} holds:", escape(&found.model.literal(tuple)));
            match form {
                Form::Text => writeln!(self.io.out, "{holds}")?,
                Form::Json | Form::Dot | Form::Mermaid | Form::Facts => self.io.remark(&holds)?,
            }
            let shown = self.tuple(&found.model, tuple, &Telling { form, ..Telling::default() })?;
            self.others(&found, form)?;
            return Ok((Outcome::No, shown));
        }
        if !fixes {
            self.missing(&found, form)?;
            return Ok((Outcome::Done, None));
        }
        let fixes = self.session.fix(&found.pattern)?;
        let Some(not) = self.session.why_not(&found.pattern)? else { return Ok((Outcome::Done, None)) };
        let text = match form {
            Form::Json => missing::json(&found.model, &not, Some(&fixes), &Citations),
            _ => missing::render(&found.model, &not, Some(&fixes), true, &self.view()),
        };
        write!(self.io.out, "{text}")?;
        Ok((Outcome::Done, None))
    }

    /// What the first tuple that matches an atom hangs on, or what suffices for it.
    ///
    /// # Errors
    /// As [`Asked::why`].
    pub fn rests(&mut self, text: &str, on: Rests, form: Form) -> Result<Outcome, Error> {
        let found = self.matching(text)?;
        let Some(tuple) = found.tuples.first() else {
            self.missing(&found, form)?;
            return Ok(Outcome::No);
        };
        self.rests_of(&found.model, tuple, on, form)?;
        self.others(&found, form)?;
        Ok(Outcome::Done)
    }

    /// What a tuple hangs on, or what suffices for it.
    ///
    /// # Errors
    /// As [`Asked::why`].
    pub fn rests_of(&mut self, model: &Model, tuple: &Tuple, on: Rests, form: Form) -> Result<(), Error> {
        let text = match on {
            Rests::Critical => {
                let Some(found) = self.session.critical(tuple)? else { return Ok(()) };
                match form {
                    Form::Json => critical::json(model, tuple, &found, &Citations),
                    _ => critical::render(model, tuple, &found, &self.view(), &Citations),
                }
            }
            Rests::Witnesses => {
                let Some(found) = self.session.witnesses(tuple)? else { return Ok(()) };
                match form {
                    Form::Json => witnesses::json(model, tuple, &found, &Citations),
                    _ => witnesses::render(model, tuple, &found, &self.view(), &Citations),
                }
            }
        };
        Ok(write!(self.io.out, "{text}")?)
    }

    fn matching(&mut self, text: &str) -> Result<Matching, Error> {
        let pattern = self.session.matching(text)?;
        let Some(model) = self.session.model().cloned() else {
            return Err(self.session.failure(vec![Diagnostic::new(code::PROJECT, "nothing is loaded yet")]).into());
        };
        let tuples = pattern.tuples(&model);
        Ok(Matching { model, pattern, tuples })
    }

    /// Says why nothing matches, and what would help where that can be tried quickly.
    fn missing(&mut self, found: &Matching, form: Form) -> Result<(), Error> {
        let Some(not) = self.session.why_not(&found.pattern)? else { return Ok(()) };
        let program = found.model.program();
        let tuples: usize = program.relation_ids().map(|id| found.model.relation(id).len()).sum();
        let fixes = if tuples <= SMALL { Some(self.session.fix(&found.pattern)?) } else { None };
        if form == Form::Json {
            let text = missing::json(&found.model, &not, fixes.as_ref(), &Citations);
            return Ok(write!(self.io.out, "{text}")?);
        }
        let options = self.view();
        let mut text = missing::render(&found.model, &not, None, false, &options);
        let help = fixes.map_or_else(String::new, |fixes| missing::render_help(&found.model, &fixes, &options));
        if help.is_empty() {
            let next = format!("next  {}", self.command("why-not", "--fix"));
            text.push_str(&format!(" {}\n", self.io.view.dim(&next)));
        }
        text.push_str(&help);
        match form {
            Form::Text | Form::Json => write!(self.io.out, "{text}")?,
            // Whoever reads graphs and clauses finds none.
            Form::Dot | Form::Mermaid | Form::Facts => self.io.remark(text.trim_end())?,
        }
        Ok(())
    }

    /// Says that other tuples match as well.
    fn others(&mut self, found: &Matching, form: Form) -> io::Result<()> {
        if found.tuples.len() < 2 {
            return Ok(());
        }
        let pattern = found.pattern.literal(&found.model);
        let text = format!("1 of {} tuples that match {}", found.tuples.len(), escape(&pattern));
        match form {
            Form::Text => writeln!(self.io.out, " {}", self.io.view.dim(&text)),
            Form::Json | Form::Dot | Form::Mermaid | Form::Facts => self.io.remark(&text),
        }
    }

    fn options(&self, proof: &Proof, telling: &Telling) -> TextOptions {
        let further = if proof.alternatives > 0 { self.command("why", "--all") } else { self.command("witnesses", "") };
        let open = self.opening();
        let next = match proof.node(proof.root()) {
            ProofNode::Given { .. } => Vec::new(),
            _ => vec![open, self.command("critical", ""), further],
        };
        TextOptions { all: telling.whole, next, ..self.view() }
    }

    /// How text may look here.
    fn view(&self) -> TextOptions {
        TextOptions { prompt: self.place == Place::Prompt, ..self.io.view.proof() }
    }

    /// The command that opens a step.
    fn opening(&self) -> String {
        match self.place {
            Place::Prompt => self.command("why", "{}"),
            Place::Shell => self.command("why", "--step {}"),
        }
    }

    /// A command as it is written here; the fact is understood.
    fn command(&self, name: &str, arguments: &str) -> String {
        let colon = if self.place == Place::Prompt { ":" } else { "" };
        format!("{colon}{name} {arguments}").trim_end().to_owned()
    }

    fn usage(&self, message: &str, help: &str) -> Error {
        Error::Failed(self.session.failure(vec![Diagnostic::new(code::USAGE, message).help(help)]))
    }
}

/// Reads how a proof is told from switches before and behind an atom: `--all=3 reach(1, x) --format dot`. Gives the atom.
/// `form` is that of answers without a switch.
///
/// # Errors
/// What is wrong with the switches.
pub fn telling(text: &str, form: Form) -> Result<(Telling, String), (String, String)> {
    let (flags, rest) = flags(text, flags::of("why"))?;
    let mut telling = Telling { form, ..Telling::default() };
    for (name, value) in flags {
        match (name, value) {
            ("--smallest", _) => telling.which = Which::Smallest,
            ("--all", None) => telling.which = Which::Several(SEVERAL),
            ("--all", Some(number)) => {
                let number = number.parse().ok().filter(|&number| number > 0);
                let help = "a number of proofs: `--all=20`".to_owned();
                telling.which = Which::Several(number.ok_or_else(|| (format!("`{name}` wants a number"), help))?);
            }
            ("--whole", _) => telling.whole = true,
            ("--step", Some(step)) => telling.step = Some(step.to_owned()),
            (_, Some(name)) => telling.form = Form::named(name, Form::ALL)?,
            (_, None) => {}
        }
    }
    Ok((telling, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_say_how_a_proof_is_told() {
        let read = |text| telling(text, Form::Text).unwrap();
        let (told, rest) = read("--all=3 p(\"a --whole\", x)");
        assert_eq!((told.which, told.whole, rest.as_str()), (Which::Several(3), false, "p(\"a --whole\", x)"));
        let (told, rest) = read("p(1, x). --whole --format dot --step 2.1");
        assert_eq!(
            (told.whole, told.form, told.step.as_deref(), rest.as_str()),
            (true, Form::Dot, Some("2.1"), "p(1, x).")
        );
        assert_eq!(telling("p(x)", Form::Json).unwrap().0.form, Form::Json);
        let wrong = |text| telling(text, Form::Text).unwrap_err();
        assert!(wrong("--all=0 p(x)").0.contains("--all") && wrong("--format=png p(x)").1.contains("mermaid"));
    }
}
