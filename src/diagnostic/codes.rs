//! The table of diagnostic codes: one line a code. A test iterates it, so that each code is fired by some test.

use super::Severity;

/// A kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `E0201` for an error, `W0101` for a warning. E01 syntax, E02 names, E03 types, E04 groundedness, E05 strata,
    /// E06 facts and files, E07 evaluation, E08 limits, E09 project and command; W as E.
    pub id: &'static str,
    /// Its name in words, as `-W` and `--deny` take it.
    pub name: &'static str,
    /// What it means and what to do, with an example.
    pub explanation: &'static str,
}

impl Code {
    /// Error or warning, by its letter.
    #[must_use]
    pub fn severity(&self) -> Severity {
        if self.id.starts_with('W') { Severity::Warning } else { Severity::Error }
    }
}

macro_rules! codes {
    ($($constant:ident $id:literal $name:literal $explanation:literal)*) => {
        pub(super) mod list {
            use super::Code;
            $(
                #[doc = concat!($id, ", ", $name, ".\n\n", $explanation)]
                pub const $constant: &Code = &Code { id: $id, name: $name, explanation: $explanation };
            )*
        }

        /// Every code, in the order of the table.
        #[must_use]
        pub fn all_codes() -> &'static [&'static Code] {
            &[$(list::$constant),*]
        }
    };
}

codes! {
    UNEXPECTED_TOKEN "E0101" "unexpected-token" "The parser met something that cannot stand there. Most often a full stop, a comma or a parenthesis is missing just before."
    UNTERMINATED "E0102" "unterminated" "A string, a comment or a bracket was opened and never closed."
    BAD_ESCAPE "E0103" "bad-escape" r#"Strings know `\" \' \\ \a \b \f \n \r \t \v`, and no other escape."#
    NUMBER_RANGE "E0104" "number-range" "The literal does not fit its type: number is a signed and unsigned an unsigned 64-bit integer."
    RESERVED_WORD "E0105" "reserved-word" "The word is part of the language (`count`, `min`, `range`, `contains` ...) and cannot name a relation, an attribute or a variable."
    NESTING "E0106" "nesting" "Parentheses, records or aggregates are nested deeper than 256 levels."
    BAD_ENCODING "E0107" "bad-encoding" "The file is not UTF-8 text, or holds a NUL byte."
    BAD_ANNOTATION "E0108" "bad-annotation" "An annotation is written `@[name]` or `@[name = \"text\"]`, before a declaration or a clause."
    PREPROCESSOR "E0109" "preprocessor" "A line of the preprocessor (`#define`, `#if`, `#include` ...) or a use of a macro is wrong: an unknown directive, an `#if` without its `#endif`, a macro with another number of arguments than it takes."
    UNSUPPORTED "E0199" "unsupported" "The construct belongs to the language, but onus cannot do it."

    UNKNOWN_RELATION "E0201" "unknown-relation" "No `.decl` introduces the relation. Check the spelling; relations in a component are written `instance.relation`."
    UNKNOWN_TYPE "E0202" "unknown-type" "No `.type` introduces the type. Built in are number, unsigned, float and symbol."
    REDEFINED "E0203" "redefined" "The name was declared before. Relations, types and functors share one space of names."
    WRONG_ARITY "E0204" "wrong-arity" "The atom has another number of arguments than the relation has attributes."
    UNKNOWN_FUNCTOR "E0205" "unknown-functor" "No functor of that name is built in or registered."
    UNKNOWN_BRANCH "E0206" "unknown-branch" "No algebraic data type has a branch of that name."
    UNKNOWN_COMPONENT "E0207" "unknown-component" "No `.comp` introduces the component."
    UNKNOWN_PLACEHOLDER "E0208" "unknown-placeholder" "A sentence (`says`, `says_not`, `deny`) names a column `{x}` that the relation does not have."
    INCLUDE "E0209" "include" "The included file cannot be read, or includes itself."

    TYPE_MISMATCH "E0301" "type-mismatch" "A value of one type stands where another is wanted. A value may flow to a supertype, not down and not across; nothing is converted silently."
    BAD_TYPE "E0302" "bad-type" "The type's declaration does not make sense: a union of different primitive types, a cycle of subtypes, a subtype of a record."
    UNDETERMINED_TYPE "E0303" "undetermined-type" "Nothing says which type the variable has: no positive atom mentions it and no typed expression equals it."

    UNGROUNDED "E0401" "ungrounded" "Each variable of a rule must be a direct argument of a positive body atom, or equal to an expression over such variables. Heads, negations, comparisons and arithmetic bind nothing."
    WILDCARD "E0402" "wildcard" "`_` stands for any value in a body atom; it has no value that a head, a comparison or an expression could use."
    NON_CONSTANT_FACT "E0403" "non-constant-fact" "A fact is a clause without a body: all its arguments must be constants."
    WITNESS "E0404" "witness" "A variable that is bound only inside a count, sum or mean cannot be used outside: no single row is its witness."

    SUBSUMPTION "E0405" "subsumption" "A subsumptive clause `R(x, a) <= R(x, b) :- body.` says which tuples of one relation replace others. Both heads are atoms of the same relation, which has columns and is neither an `eqrel` nor has a `choice-domain`."

    INLINE "E0406" "inline" "A rule of an `inline` relation that needs what its caller knows, such as `less(x, y) :- x < y.`, is put in the place of the relation's atoms. So the relation has no tuples of its own, cannot need itself, and where its rule has variables that are no arguments of its head, cannot be negated or aggregated over."

    LATTICE "E0407" "lattice" "A lattice `.lattice T<> { Lub -> max(_, _) }` says how two values of a type are joined. A relation whose last columns are lattices, `.decl r(x: symbol, v: T<>)`, keeps one tuple for each value of the others. `Lub` is `min`, `max`, `bor`, `band` or a functor of two arguments."

    MUTUAL_AGGREGATES "E0408" "mutual-aggregates" "Two aggregates of one rule group by each other's values, so that neither can be computed first."

    NEGATIVE_CYCLE "E0501" "negative-cycle" "A relation depends on itself through a negation or an aggregate, so no order of evaluation decides it. The cycle is printed rule by rule."

    NOT_MONOTONE "E0502" "not-monotone" "A rule that says `@[monotone]` uses an aggregate over relations that need its own head. That has a meaning only if more tuples never take a conclusion back: a count, a maximum or a sum of unsigned numbers may be asked to be at least something, a minimum to be at most something, or stand in a column of which subsumption or a lattice keeps the greatest (the least)."

    FILE_READ "E0601" "file-read" "The file cannot be read."
    ROW_SHAPE "E0602" "row-shape" "A row has more or fewer columns than the relation has attributes."
    ROW_VALUE "E0603" "row-value" "A field cannot be read as a value of its column's type."
    STATEMENT_FILE "E0604" "statement-file" "The statement file is not TOML, or a key or value in it is not one that statements have."
    UNKNOWN_NAME "E0605" "unknown-name" "A statement names a party, scope, layer or profile that the vocabulary does not have."
    DUPLICATE_STATEMENT "E0606" "duplicate-statement" "Two statements of the same document version share an id."
    CYCLIC_ORDER "E0607" "cyclic-order" "`within` and `part_of` order scopes and layers: a cycle would make claims beat each other and owners vanish."
    FILE_WRITE "E0608" "file-write" "The file cannot be written. Nothing was changed."
    BAD_PARAMETER "E0609" "bad-parameter" "An input or output directive has a parameter value that makes no sense."
    OUTSIDE "E0610" "outside" "A program names a file outside the directories that it may use: its own, the current one, and those that the command line names (`-F`, `-D`, `-I`). `--allow-path DIR` adds another, also for what a link leads to."

    DIVISION_BY_ZERO "E0701" "division-by-zero" "A rule divided by zero. The rule and the values are named."
    OVERFLOW "E0702" "overflow" "The result of an operation does not fit its type. `--wrap` asks for silent wrapping."
    BAD_CONVERSION "E0703" "bad-conversion" "A text could not be converted to a number."
    BAD_PATTERN "E0704" "bad-pattern" "The pattern of `match` is not a regular expression."
    BAD_SUBSTRING "E0705" "bad-substring" "`substr` would cut a character in two."

    FUNCTOR "E0706" "functor" "A functor that the host program registered refused its arguments. The message is the functor's own."

    LIMIT "E0801" "limit" "The evaluation went over a limit (rows, rows of one relation, rounds, time, memory). `--max-rows`, `--max-relation-rows`, `--max-rounds`, `--max-time` and `--max-memory` set them."
    INTERRUPTED "E0802" "interrupted" "The evaluation was interrupted; nothing has changed."

    USAGE "E0901" "usage" "The command line or the prompt command is not one that onus knows."
    PROJECT "E0902" "project" "The project's `onus.toml` or its directory cannot be used."
    NOT_A_FACT "E0903" "not-a-fact" "The command wants one atom, such as `relies(\"astronomer\", \"aws\", \"physical\", at)`."
    BAD_PROOF "E0904" "bad-proof" "The proof does not follow from the program and the facts; the node at fault is named."
    UNKNOWN_CODE "E0905" "unknown-code" "No diagnostic has that code or name; `onus explain-code` lists them all."
    PROOF_FILE "E0906" "proof-file" "The file is not a proof in the form that `onus why FACT --format json` writes, or it is of another version of that form."

    UNUSED_RELATION "W0201" "unused-relation" "No output, goal or other relation needs the relation."
    UNDEFINED_RELATION "W0202" "undefined-relation" "The relation has no rule, no fact and no input: it is always empty."
    EMPTY_RELATION "W0203" "empty-relation" "The relation can never hold a tuple: each of its rules needs a relation that can never hold one."
    SINGLE_VARIABLE "W0204" "single-variable" "The variable occurs once in its rule. Write `_`, or `_name`, if that is meant."
    UNDERSCORE_VARIABLE "W0205" "underscore-variable" "A variable whose name starts with `_` is used more than once."
    DEAD_RULE "W0206" "dead-rule" "The rule can never fire: a literal of it can never hold."
    AGGREGATE_PROJECTION "W0207" "aggregate-projection" "With two atoms in its body an aggregate works on distinct bindings of the named variables: rows that differ only in `_` count once."
    USELESS_PLAN "W0208" "useless-plan" "`.plan` is a hint about the order of a rule's atoms. An order that does not name each atom of the body once, by its number from 1, is not used."
    SHADOWED_VARIABLE "W0209" "shadowed-variable" "The variables of an aggregate's target are its own: one that has the name of a variable of the rule is another one. `sum x : { a(x, _) }` adds up all of `a`, whatever `x` is outside."
    ODD_ANNOTATION "W0210" "odd-annotation" "An annotation that changes nothing: its name is unknown, or it stands before something that does not heed it."
    BIDI_TEXT "W0101" "bidi-text" "The text holds control characters that change the direction of reading: what you see may not be what is evaluated."
    MACRO "W0102" "macro" "A macro is defined anew with another body, or `#warning` says something."
    ODD_PRAGMA "W0103" "odd-pragma" "A pragma that changes nothing: its name is unknown, or it was given before."
    ODD_PARAMETER "W0601" "odd-parameter" "An input or output directive has a parameter that changes nothing: its name is unknown, it is given twice, or it is one of the other kind of directive."
}
