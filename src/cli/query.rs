//! `onus query GOAL|FILE`: which bindings make a goal true.

use std::path::Path;

use clap::Args;

use super::context::Context;
use crate::diagnostic::{Diagnostic, code};
use crate::repl::{Error, Outcome, show, unknown_constants};
use crate::responsibility::{File, stdin_text};
use crate::session::Session;

/// Answer a goal, or the goals of a file
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  onus query 'gap("acme_redis", layer, kind)'
  onus query 'relies("acme", who, layer, at), layer != "physical"' --format csv
  onus query conflicts               a question of the project
  onus query my_question.dl          declarations, rules and goals of a file"#)]
pub(super) struct Query {
    /// A goal such as 'gap(at, layer, kind)'; or a file of declarations, rules and goals; or the name of one of the
    /// project's questions; or - for standard input
    #[arg(value_name = "GOAL|FILE")]
    what: String,
}

impl Query {
    pub(super) fn run(&self, context: &mut Context<'_>) -> Result<Outcome, Error> {
        let mut session = context.session()?;
        let Some(file) = self.file(context, &session)? else {
            let answer = session.ask_only(&self.what)?;
            show::answer(&answer, context.format()?, None, &mut context.io)?;
            if let (false, Some(model)) = (answer.holds(), session.model()) {
                for remark in unknown_constants(model, &self.what) {
                    context.io.remark(&remark)?;
                }
            }
            return Ok(Outcome::answered(answer.holds()));
        };
        let (name, text) = file;
        let first = session.add_program(&name, &text);
        session.options_mut().only_needed = true;
        let model = session.evaluate()?;
        let goals: Vec<_> = model.program().goals.iter().filter(|goal| goal.span.source >= first).collect();
        if goals.is_empty() {
            let found = Diagnostic::new(code::USAGE, format!("`{name}` asks nothing"))
                .help("a goal is written `?- gap(at, layer, kind).`");
            return Err(session.failure(vec![found]).into());
        }
        let mut holds = true;
        for (at, goal) in goals.iter().enumerate() {
            if at > 0 {
                writeln!(context.io.out)?;
            }
            let answer = session.answer(goal)?;
            holds &= answer.holds();
            show::answer(&answer, context.format()?, None, &mut context.io)?;
        }
        Ok(Outcome::answered(holds))
    }

    /// The program that is asked for, with its name; nothing for a goal.
    fn file(&self, context: &Context<'_>, session: &Session) -> Result<Option<(String, String)>, Error> {
        let what = self.what.as_str();
        let failed = |found: Diagnostic| Error::from(session.failure(vec![found]));
        if what == "-" {
            return Ok(Some(("<stdin>".to_owned(), stdin_text()?)));
        }
        let is_word = |text: &str| text.chars().all(|one| one.is_alphanumeric() || one == '_' || one == '-');
        let path = Path::new(what);
        let file = if is_word(what) {
            let queries = context.project()?.queries()?;
            let names: Vec<&str> = queries.iter().map(File::stem).collect();
            match names.iter().position(|name| *name == what) {
                Some(at) => queries[at].clone(),
                None if path.is_file() => File::on_disk(what, path),
                None => {
                    let near = crate::diagnostic::suggest(what, names.iter().copied());
                    let found = Diagnostic::new(code::PROJECT, format!("the project has no question `{what}`"))
                        .help("a goal is written `relation(column, ...)`, a file by its path")
                        .maybe_help(near.map(|near| format!("did you mean `{near}`?")));
                    return Err(failed(found));
                }
            }
        } else if path.is_file() || what.ends_with(".dl") {
            File::on_disk(what, path)
        } else {
            return Ok(None);
        };
        let text = file.text()?.into_owned();
        Ok(Some((file.name, text)))
    }
}
