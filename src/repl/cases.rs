//! Cases: Markdown files in which programs stand with their answers. A heading starts afresh; `datalog`, `facts R`,
//! `toml` and `file PATH` fences are input, the last for what a program includes; every other fence is a question with its answer, put as at the prompt. What a user's rules
//! must and must not conclude is written so (`holds`, `holds-not`), and what this language means.

use std::io;

use super::instantiate::instantiate;
use super::prompt::Additions;
use super::read::parse_goal;
use super::show::View;
use super::{Io, Prompt, Settings, command};
use crate::diagnostic::{render_all, suggest};
use crate::model::Model;
use crate::query::Answer;
use crate::responsibility::{Project, Selection};
use crate::session::{Options, Session};
use crate::syntax::ast::Formula;
use crate::syntax::print::print_formula;
use crate::value::Value;

/// What cases stand on unless they say otherwise (`with rules`, `with nothing`, `with scenario NAME`).
#[derive(Clone, Debug)]
pub struct Ground {
    /// The project.
    pub project: Project,
    /// What of it.
    pub selection: Selection,
    /// How it is evaluated.
    pub options: Options,
}

/// What became of a file of cases.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    /// The file with the answers that came.
    pub text: String,
    /// Everything that was checked, in order.
    pub checks: Vec<Check>,
    /// What each case put in, in order.
    pub inputs: Vec<Input>,
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its line, from 1.
    pub line: usize,
    /// The heading that it stands under.
    pub heading: String,
    /// What was asked: `holds gap("ddos")`.
    pub what: String,
    /// What is wrong; none where all is well.
    pub failure: Option<String>,
}

/// What a case puts in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// The text of its program.
    pub program: String,
    /// The rows of its relations, by name: values apart by tabs.
    pub facts: Vec<(String, String)>,
    /// Its statement file.
    pub statements: String,
    /// Files that its program may include, by path.
    pub files: Vec<(String, String)>,
    /// What it stands on, where it says so.
    with: Option<String>,
}

/// A fence with its place in the text.
#[derive(Clone, Debug)]
struct Fence {
    info: String,
    body: Vec<String>,
    /// The line of its first mark, from 0.
    line: usize,
    /// The heading that it stands under, and whether it is the first there.
    heading: String,
    afresh: bool,
}

impl Fence {
    /// The lines of the body, from 0: first and one past the last.
    fn lines(&self) -> std::ops::Range<usize> {
        self.line + 1..self.line + 1 + self.body.len()
    }

    /// Its first word and the rest.
    fn split(&self) -> (&str, &str) {
        self.info.split_once(' ').map_or((self.info.as_str(), ""), |(word, rest)| (word, rest.trim()))
    }
}

fn fences(text: &str) -> Vec<Fence> {
    let mut found = Vec::new();
    let mut heading = String::new();
    let mut afresh = true;
    let mut open: Option<Fence> = None;
    for (number, line) in text.lines().enumerate() {
        match &mut open {
            Some(_) if line.trim_end() == "```" => {
                afresh = false;
                found.extend(open.take());
            }
            Some(fence) => fence.body.push(line.to_owned()),
            None => {
                if let Some(info) = line.strip_prefix("```") {
                    let info = info.trim().to_owned();
                    open = Some(Fence { info, body: Vec::new(), line: number, heading: heading.clone(), afresh });
                } else if line.starts_with('#') {
                    line.trim_start_matches('#').trim().clone_into(&mut heading);
                    afresh = true;
                }
            }
        }
    }
    found
}

/// Words of fences that are for people.
const PROSE: &[&str] = &["", "text", "sh", "console"];
/// Words of fences that are input.
const INPUT: &[&str] = &["datalog", "facts", "toml", "file", "with"];
/// Words of fences that are questions, beside the commands of the prompt.
const QUESTIONS: &[&str] = &["query", "relation", "lint", "holds", "holds-not"];

/// Runs the cases of a file.
///
/// # Errors
/// The answers cannot be written, which does not happen in memory.
pub fn run(text: &str, ground: &Ground) -> io::Result<Ran> {
    let mut ran = Ran::default();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut answers = Vec::new();
    let mut case = Case::default();
    for fence in fences(text) {
        if fence.afresh {
            ran.inputs.push(std::mem::take(&mut case).input);
        }
        let (word, rest) = fence.split();
        let mut wrong = |message: String| {
            let (heading, what) = (fence.heading.clone(), fence.info.clone());
            ran.checks.push(Check { line: fence.line + 1, heading, what, failure: Some(message) });
        };
        if PROSE.contains(&word) {
        } else if INPUT.contains(&word) {
            if case.opened.is_some() {
                wrong("input after a question: start a new heading\n".to_owned());
            } else if let Err(message) = case.input.take(word, rest, &fence.body) {
                wrong(message);
            }
        } else if word == "holds" || word == "holds-not" {
            ran.checks.extend(case.claims(&fence, ground)?);
        } else if QUESTIONS.contains(&word) || command::COMMANDS.iter().any(|command| command.name == word) {
            let answer = case.answer(word, rest, ground)?;
            let came: Vec<String> = answer.trim_end_matches('\n').lines().map(str::to_owned).collect();
            let failure = (came != fence.body).then(|| difference(&fence.body, &came));
            let (heading, what) = (fence.heading.clone(), fence.info.clone());
            ran.checks.push(Check { line: fence.line + 1, heading, what, failure });
            answers.push((fence.lines(), came));
        } else {
            let known = INPUT.iter().chain(QUESTIONS).copied();
            let known = known.chain(command::COMMANDS.iter().map(|command| command.name));
            let near = suggest(word, known).map(|near| format!("did you mean `{near}`? "));
            let near = near.unwrap_or_default();
            wrong(format!("there is no fence `{word}`: {near}text for people stands in `text`\n"));
        }
    }
    ran.inputs.push(case.input);
    for (range, came) in answers.into_iter().rev() {
        lines.splice(range, came);
    }
    ran.text = lines.join("\n") + "\n";
    Ok(ran)
}

/// The sessions of a file's cases, not evaluated yet. Left out are those that add nothing, whose world is the project
/// itself, and those that say nothing of its rules: their input is wrong, or they stand on nothing.
#[must_use]
pub fn worlds(text: &str, ground: &Ground) -> Vec<Session> {
    let mut inputs: Vec<Input> = Vec::new();
    for fence in fences(text) {
        if fence.afresh {
            inputs.push(Input::default());
        }
        let (word, rest) = fence.split();
        if let (true, Some(input)) = (INPUT.contains(&word), inputs.last_mut()) {
            // What is wrong with it shows where it is run.
            let _ = input.take(word, rest, &fence.body);
        }
    }
    let adds = |input: &Input| !input.program.is_empty() || !input.statements.is_empty() || !input.facts.is_empty();
    let standing = inputs.into_iter().filter(|input| adds(input) && input.with.as_deref() != Some("nothing"));
    let open = |input: Input| {
        let (project, selection) = input.ground(ground).ok()?;
        let mut session = project.load(&selection, ground.options.clone()).ok()?;
        input.additions().add_to(&mut session);
        session.lint().ok()?;
        Some(session)
    };
    standing.filter_map(open).collect()
}

/// Two answers, line by line where they differ.
fn difference(wanted: &[String], came: &[String]) -> String {
    let mut out = String::new();
    let same = wanted.iter().zip(came).take_while(|(left, right)| left == right).count();
    let (wanted, came) = (&wanted[same..], &came[same..]);
    let tail = wanted.iter().rev().zip(came.iter().rev()).take_while(|(left, right)| left == right).count();
    if same > 0 {
        out.push_str(&format!("  ... {same} as expected\n"));
    }
    wanted[..wanted.len() - tail].iter().for_each(|line| out.push_str(&format!("- {line}\n")));
    came[..came.len() - tail].iter().for_each(|line| out.push_str(&format!("+ {line}\n")));
    if tail > 0 {
        out.push_str(&format!("  ... {tail} as expected\n"));
    }
    out
}

impl Input {
    fn take(&mut self, word: &str, rest: &str, body: &[String]) -> Result<(), String> {
        let text: String = body.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        match word {
            "datalog" => self.program.push_str(&text),
            "toml" => self.statements.push_str(&text),
            "file" if rest.is_empty() => return Err("`file` names its path: `file lib.dl`\n".to_owned()),
            "file" => self.files.push((rest.to_owned(), text)),
            "facts" if rest.is_empty() => return Err("`facts` names its relation: `facts edge`\n".to_owned()),
            "facts" => match self.facts.iter_mut().find(|(relation, _)| relation == rest) {
                Some((_, rows)) => rows.push_str(&text),
                None => self.facts.push((rest.to_owned(), text)),
            },
            _ => self.with = Some(rest.to_owned()),
        }
        Ok(())
    }

    /// What is added to the project.
    fn additions(&self) -> Additions {
        let named = |name: &str, text: &String| (!text.is_empty()).then(|| (name.to_owned(), text.clone()));
        Additions {
            programs: named("rules/case.dl", &self.program).into_iter().collect(),
            statements: named("facts/case.toml", &self.statements).into_iter().collect(),
            rows: self.facts.clone(),
        }
    }

    /// The project and what of it the case stands on.
    fn ground(&self, ground: &Ground) -> Result<(Project, Selection), String> {
        let mut selection = ground.selection.clone();
        let words: Vec<&str> = self.with.as_deref().unwrap_or("project").split_whitespace().collect();
        match words.as_slice() {
            ["project"] => Ok((ground.project.clone(), selection)),
            ["rules"] => {
                selection.scenario = None;
                Ok((ground.project.without_facts(), selection))
            }
            ["nothing"] => Ok((Project::none(), Selection::default())),
            ["scenario", name] => {
                selection.scenario = Some((*name).to_owned());
                Ok((ground.project.clone(), selection))
            }
            _ => Err(format!(
                "`with {}` says nothing: a case stands on `project`, `rules`, `scenario NAME` or `nothing`\n",
                words.join(" ")
            )),
        }
    }
}

/// The input of one case and, once something was asked, its prompt.
#[derive(Default)]
struct Case {
    input: Input,
    opened: Option<Result<Prompt, String>>,
}

impl Case {
    /// The prompt, or what is wrong with the input.
    fn open(&mut self, ground: &Ground) -> &mut Result<Prompt, String> {
        let input = &self.input;
        self.opened.get_or_insert_with(|| {
            let (project, selection) = input.ground(ground)?;
            let told = |failure: &crate::session::Failure| render_all(&failure.diagnostics, &failure.sources, false);
            let options = Options { files: input.files.clone(), ..ground.options.clone() };
            match Prompt::open_with(project, selection, options, Settings::default(), &input.additions()) {
                Ok((prompt, None)) => Ok(prompt),
                Ok((_, Some(failure))) | Err(failure) => Err(told(&failure)),
            }
        })
    }

    /// What a fence's question answers.
    fn answer(&mut self, word: &str, rest: &str, ground: &Ground) -> io::Result<String> {
        let prompt = match self.open(ground) {
            Ok(prompt) => prompt,
            Err(wrong) => return Ok(wrong.clone()),
        };
        let line = match word {
            "lint" => {
                let session = prompt.session();
                return Ok(render_all(session.warnings(), session.sources(), false));
            }
            "relation" => {
                let rows = prompt.session().model().map(|model| relation(model, rest));
                return Ok(rows.unwrap_or_default());
            }
            "query" => format!("?- {}.", rest.trim_end_matches('.')),
            other => format!(":{other} {rest}"),
        };
        say(prompt, &line)
    }

    /// The goals of a `holds` or `holds-not` fence: what stands beside the word, and each line.
    fn claims(&mut self, fence: &Fence, ground: &Ground) -> io::Result<Vec<Check>> {
        let (word, rest) = fence.split();
        let goals = std::iter::once((fence.line, rest)).chain(fence.lines().zip(fence.body.iter().map(String::as_str)));
        let mut checks = Vec::new();
        for (line, text) in goals {
            let text = text.trim();
            let goal = text.trim_start_matches("?-").trim().trim_end_matches(['.', '?']).trim();
            if goal.is_empty() || text.starts_with("//") {
                continue;
            }
            let failure = match self.open(ground) {
                Ok(prompt) => claim(prompt, goal, word == "holds")?,
                Err(wrong) => Some(wrong.clone()),
            };
            let heading = fence.heading.clone();
            checks.push(Check { line: line + 1, heading, what: format!("{word} {goal}"), failure });
        }
        if checks.is_empty() {
            let failure = Some(format!("`{word}` names no goal\n"));
            let (heading, what) = (fence.heading.clone(), word.to_owned());
            checks.push(Check { line: fence.line + 1, heading, what, failure });
        }
        Ok(checks)
    }
}

/// What the prompt answers to a line.
pub(super) fn say(prompt: &mut Prompt, line: &str) -> io::Result<String> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut io = Io { out: &mut out, err: &mut err, view: View::default(), color_errors: false };
    prompt.run(line, &mut io)?;
    out.extend(err);
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Why an atom holds, or what is missing where it does not.
pub(super) fn why(prompt: &mut Prompt, atom: &str) -> io::Result<String> {
    say(prompt, &format!(":why {atom}"))
}

/// A relation's rows as values of the language.
fn relation(model: &Model, name: &str) -> String {
    let Some(id) = model.find(name) else { return format!("no relation {name}\n") };
    let line = |row: &Vec<Value>| row.iter().map(Value::literal).collect::<Vec<_>>().join("\t") + "\n";
    model.sorted(id).iter().map(line).collect()
}

/// Whether a goal has answers, as it must or must not. Gives the proof that is not wanted, or why there is none.
fn claim(prompt: &mut Prompt, goal: &str, wanted: bool) -> io::Result<Option<String>> {
    let answer = match ask(prompt, goal) {
        Ok(answer) => answer,
        Err(wrong) => return Ok(Some(wrong)),
    };
    if answer.holds() == wanted {
        return Ok(None);
    }
    if wanted { missing(prompt, goal).map(Some) } else { unwanted(prompt, goal, &answer).map(Some) }
}

fn ask(prompt: &mut Prompt, goal: &str) -> Result<Answer, String> {
    let asked = prompt.session.ask(&format!("?- {goal}."));
    asked.map_err(|failure| render_all(&failure.diagnostics, &failure.sources, false))
}

/// The proofs of the first row of an answer.
fn unwanted(prompt: &mut Prompt, goal: &str, answer: &Answer) -> io::Result<String> {
    let first = answer.rows.first().map(Vec::as_slice).unwrap_or_default();
    let mut out = String::new();
    if !answer.columns.is_empty() {
        let row = answer.columns.iter().zip(first).map(|((name, _), value)| format!("{name} = {}", value.literal()));
        let more = answer.rows.len().saturating_sub(1);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        out = format!("it holds with {}{more}\n", row.collect::<Vec<_>>().join(", "));
    }
    let atoms = instantiate(&format!("?- {goal}."), &answer.columns, first);
    for atom in &atoms {
        out.push_str(&why(prompt, atom)?);
    }
    Ok(if out.is_empty() { "it holds\n".to_owned() } else { out })
}

/// Why a goal has no answer: of several literals, the first after which nothing is left.
fn missing(prompt: &mut Prompt, goal: &str) -> io::Result<String> {
    let text = format!("?- {goal}.");
    let (parsed, symbols) = parse_goal(&text);
    let Some(Formula::And(parts)) = parsed.goal.map(|goal| goal.body) else {
        return why(prompt, goal);
    };
    let parts: Vec<(String, bool)> =
        parts.iter().map(|part| (print_formula(part, &symbols), matches!(part, Formula::Atom(_)))).collect();
    let mut before: Option<(String, Answer)> = None;
    for (at, (literal, atom)) in parts.iter().enumerate() {
        let so_far: Vec<&str> = parts[..=at].iter().map(|(literal, _)| literal.as_str()).collect();
        let so_far = so_far.join(", ");
        // What cannot be asked alone waits for the literals that bind it.
        let Ok(answer) = ask(prompt, &so_far) else { continue };
        if answer.holds() {
            before = Some((so_far, answer));
            continue;
        }
        let Some((held, answer)) = before else {
            let mut out = format!("`{literal}` has no answer\n");
            if *atom {
                out.push_str(&why(prompt, literal)?);
            }
            return Ok(out);
        };
        let mut out = format!("`{held}` has an answer, and none with `{literal}`\n");
        if *atom {
            let first = answer.rows.first().map(Vec::as_slice).unwrap_or_default();
            for instance in instantiate(&format!("?- {literal}."), &answer.columns, first) {
                out.push_str(&why(prompt, &instance)?);
            }
        }
        return Ok(out);
    }
    Ok("it has no answer\n".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(text: &str) -> Ran {
        let ground = Ground { project: Project::none(), selection: Selection::default(), options: Options::default() };
        run(text, &ground).unwrap()
    }

    const PROGRAM: &str = "# Paths\n\n```datalog\n.decl edge(a: symbol, b: symbol)\n.decl path(a: symbol, b: symbol)\n\
                           path(x, y) :- edge(x, y).\npath(x, z) :- path(x, y), edge(y, z).\n```\n\n\
                           ```facts edge\na\tb\nb\tc\n```\n\n";

    #[test]
    fn what_holds_and_what_does_not() {
        let text = format!(
            "{PROGRAM}```holds path(\"a\", \"c\")\n```\n\n```holds-not\npath(\"c\", x)\n// a remark\npath(x, x).\n```\n"
        );
        let ran = ran(&text);
        assert_eq!(ran.checks.len(), 3);
        assert!(ran.checks.iter().all(|check| check.failure.is_none()), "{:?}", ran.checks);
        assert_eq!((ran.text.as_str(), ran.checks[2].line), (text.as_str(), 21));
    }

    #[test]
    fn what_fails_says_why() {
        let text =
            format!("{PROGRAM}```holds path(x, \"c\"), edge(\"c\", x)\n```\n\n```holds-not path(x, \"c\")\n```\n");
        let ran = ran(&text);
        let told: Vec<&str> = ran.checks.iter().filter_map(|check| check.failure.as_deref()).collect();
        assert!(told[0].starts_with("`path(x, \"c\")` has an answer, and none with `edge(\"c\", x)`\n"), "{told:?}");
        assert!(told[1].starts_with("it holds with x = \"a\" and 1 more\n"), "{told:?}");
        assert!(told[1].contains("edge(\"b\", \"c\")"), "{told:?}");
    }

    #[test]
    fn answers_are_compared_as_text_and_can_be_written() {
        let text = format!("{PROGRAM}```query path(\"a\", y)\ny\n\"b\"\n```\n\n# Again\n\n```querry x\n```\n");
        let ran = ran(&text);
        assert_eq!(ran.checks[0].failure.as_deref(), Some("  ... 2 as expected\n+ \"c\"\n"));
        assert!(ran.text.contains("\"b\"\n\"c\"\n```"), "{}", ran.text);
        assert!(ran.checks[1].failure.as_ref().unwrap().contains("did you mean `query`?"));
        assert_eq!(ran.inputs.iter().filter(|input| !input.program.is_empty()).count(), 1);
    }
}
