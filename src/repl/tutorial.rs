//! Ten guided steps on the shipped facts: what each shows, and the line to be typed for it.

use std::io;

use super::{Io, Outcome, Prompt};
use crate::report::grid::wrap;

/// How long a line of text is at most.
const LINE: usize = 110;

/// A step.
pub(super) struct Step {
    /// What it is about.
    pub(super) title: &'static str,
    /// What there is to see.
    pub(super) text: &'static str,
    /// The line to be typed.
    pub(super) line: &'static str,
}

/// The steps, in order.
pub(super) const STEPS: [Step; 10] = [
    Step {
        title: "Ask",
        text: "Astronomer runs your pipelines, on AWS. On whom does it lean for the buildings? A goal names a relation; what\n\
               begins with a lower-case letter and has no quotes is a variable, and every way to fill the variables is a row.",
        line: "relies(\"astronomer\", who, \"physical\", at)?",
    },
    Step {
        title: "Who says so",
        text: "Every row can defend itself. `#1` is the first row of the last answer. The proof ends in given facts, each with\n\
               its document, section and lines.",
        line: ":why #1",
    },
    Step {
        title: "Look closer",
        text: "Routine steps are folded. Each numbered line can be opened by its number.",
        line: ":why 3",
    },
    Step {
        title: "What the words mean",
        text: "A relation has a sentence and named columns. `:schema` alone lists them all; Tab completes their names, and inside\n\
               the parentheses the constants that fit the column.",
        line: ":schema owner",
    },
    Step {
        title: "Together",
        text: "Who keeps the guest system of the Yugabyte deployment? Two parties do, jointly, and each row names its statement.",
        line: "owner(\"acme_yb\", \"guest_os\", party, mode, statement)?",
    },
    Step {
        title: "Nobody",
        text: "What does nobody answer for in the Redis deployment? `silent`: no document says a word. `limbo`: the host lays the\n\
               duty on the vendor, and the vendor is silent towards its customer.",
        line: "gap(\"acme_redis\", layer, kind)?",
    },
    Step {
        title: "Why nobody",
        text: "A gap has a reason too: what is absent stands in the proof beside what is given.",
        line: ":why gap(\"acme_redis\", \"backup\", \"limbo\")",
    },
    Step {
        title: "Ask with conditions",
        text: "Goals take several conditions, comparisons, counts, and negation with `!`. Which layers of the Yugabyte\n\
               deployment do two parties answer for?",
        line: "responsible(\"acme_yb\", layer, one), responsible(\"acme_yb\", layer, other), one < other?",
    },
    Step {
        title: "Change something",
        text: "A minus takes a given fact away, a clause alone adds one; `:what-if` before it would only tell what follows. Here\n\
               Redis no longer lives on its host: the prompt tells which relations gain and lose rows.",
        line: "-chosen(\"acme_redis\", \"acme_redis_host\").",
    },
    Step {
        title: "And back",
        text: "Everything can be undone. `:save FILE` keeps what you typed, `:help` lists the rest.",
        line: ":undo",
    },
];

/// How far somebody is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lesson {
    at: usize,
}

impl Prompt {
    /// Guides through the steps from now on.
    pub fn teach(&mut self) {
        self.lesson = Some(Lesson::default());
    }

    /// The line that an empty one stands for.
    pub(super) fn suggested(&self) -> Option<&'static str> {
        self.lesson.and_then(|lesson| STEPS.get(lesson.at)).map(|step| step.line)
    }

    /// Tells the step at hand.
    pub(super) fn tell_step(&self, io: &mut Io<'_>) -> io::Result<()> {
        let Some(lesson) = self.lesson else { return Ok(()) };
        match STEPS.get(lesson.at) {
            Some(step) => {
                tell(lesson.at, step, io)?;
                let hint = format!("Enter carries out `{}`; or type it, or anything else.", step.line);
                let rows = io.view.width.map_or_else(|| vec![hint.clone()], |width| wrap(&hint, width));
                rows.iter().try_for_each(|row| writeln!(io.out, "{}", io.view.dim(row)))
            }
            None => writeln!(io.out, "\nThat was all. What you type from here on is up to you; `:quit` ends."),
        }
    }

    /// Goes on to the next step if this line was the one at hand.
    pub(super) fn learnt(&mut self, line: &str, io: &mut Io<'_>) -> io::Result<()> {
        if self.suggested() != Some(line.trim()) {
            return Ok(());
        }
        if let Some(lesson) = &mut self.lesson {
            lesson.at += 1;
        }
        self.tell_step(io)
    }

    /// Carries out all steps one after the other, as if somebody had typed them.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn demonstrate(&mut self, io: &mut Io<'_>) -> io::Result<Outcome> {
        let mut worst = Outcome::Done;
        for (at, step) in STEPS.iter().enumerate() {
            tell(at, step, io)?;
            writeln!(io.out, "\nonus> {}", step.line)?;
            let outcome = self.run(step.line, io)?;
            // That a goal has no answer is an answer.
            worst = worst.max(if outcome == Outcome::No { Outcome::Done } else { outcome });
        }
        Ok(worst)
    }
}

fn tell(at: usize, step: &Step, io: &mut Io<'_>) -> io::Result<()> {
    let gap = if at == 0 { "" } else { "\n" };
    // On a terminal lines are as long as it is wide, and no longer than one likes to read.
    let text = match io.view.width {
        Some(width) => wrap(&step.text.replace('\n', " "), width.min(LINE)).join("\n"),
        None => step.text.to_owned(),
    };
    writeln!(io.out, "{gap}{} of {}: {}\n{text}", at + 1, STEPS.len(), step.title)
}
