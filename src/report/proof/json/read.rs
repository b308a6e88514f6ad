//! Proofs from JSON. Words get the values that the document says; whether anything follows is for the check to find.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Refusal, SCHEMA, digest};
use crate::diagnostic::{Diagnostic, code};
use crate::explain::check::Flaw;
use crate::explain::{Contribution, NodeId, Proof, ProofNode};
use crate::facts::json::parse::{Node, NodeKind, blanks, value};
use crate::facts::json::{Misfit, cut, encode, sort};
use crate::model::{Model, Rank, Tuple};
use crate::program::{AggregateOp, CompareOp, RelationId, RuleId};
use crate::source::{SourceMap, Span};
use crate::value::{TypeId, Values, Word};

/// A proof as a document says it.
#[derive(Clone, Debug)]
pub struct ReadProof {
    /// The proof, its words those of the model and further ones. Its spans are empty.
    pub proof: Proof,
    /// Whether the document was written for a program with other declarations or rules.
    pub other_program: bool,
    /// Whether the document was written for other given facts.
    pub other_facts: bool,
}

/// Reads a document for a model. `name` is the file's, for messages.
///
/// # Errors
/// It is no document of this form; or it speaks of relations, rules or values that the program does not have.
pub fn read(model: &Model, name: &str, text: &str) -> Result<ReadProof, Refusal> {
    let unreadable = |fault: Fault| {
        let before = text.get(..fault.at).unwrap_or(text);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        let found = Diagnostic::new(code::PROOF_FILE, fault.reason).place(format!("{name}:{line}:{column}"));
        Refusal::Unreadable(Box::new(found.help("`onus why FACT --format json` writes such a file")))
    };
    let document = whole(text).map_err(unreadable)?;
    let digests = digest::rules(model);
    let head = Head::of(&document).map_err(unreadable)?;
    let other_program = head.program != digest::program(model, &digests);
    let other_facts = head.facts != digest::facts(model);
    let mut reader = Reader {
        model,
        values: (*model.database().share_values()).clone(),
        rules: rules(head.rules, &digests).map_err(unreadable)?,
        inner: Vec::new(),
        nowhere: Span::new(SourceMap::default().add("", ""), 0, 0),
    };
    let mut nodes = Vec::with_capacity(head.nodes.len());
    for (at, node) in (0..).zip(head.nodes) {
        match reader.node(at, node) {
            Ok(node) => nodes.push(node),
            Err(Wrong::Fault(fault)) => return Err(unreadable(fault)),
            Err(Wrong::Flaw(reason)) => {
                let about = optional(node, "text").and_then(|node| string(node).ok()).map(str::to_owned);
                let flaw = Flaw { node: Some(NodeId(at)), about, reason };
                return Err(Refusal::Flaw { flaw, other_program, other_facts });
            }
        }
    }
    let flaw = |node: Option<u32>, reason: String| Refusal::Flaw {
        flaw: Flaw { node: node.map(NodeId), about: None, reason },
        other_program,
        other_facts,
    };
    if nodes.len().checked_sub(1) != Some(head.conclusion) {
        return Err(flaw(None, "its conclusion is not its last node".to_owned()));
    }
    let inner = std::mem::take(&mut reader.inner);
    let proof = Proof {
        nodes,
        complete: head.complete,
        ranked: head.ranked,
        alternatives: head.alternatives,
        values: Arc::new(reader.values),
    };
    inner_types(model, &proof, &inner).map_err(|(node, reason)| flaw(Some(node), reason))?;
    Ok(ReadProof { proof, other_program, other_facts })
}

/// Where and why a text is no document.
struct Fault {
    at: usize,
    reason: String,
}

/// What can be wrong with a node.
enum Wrong {
    /// It is not written as a node is.
    Fault(Fault),
    /// It speaks of what the program does not have.
    Flaw(String),
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

fn fault<T>(node: &Node<'_>, wanted: &str) -> Result<T, Fault> {
    Err(Fault { at: node.start, reason: format!("{wanted} is wanted, and this is {}", sort(node)) })
}

/// The one value of the text.
fn whole(text: &str) -> Result<Node<'_>, Fault> {
    let node = value(text, 0)
        .map_err(|fault| Fault { at: fault.at, reason: format!("this is not JSON: {}", fault.reason) })?;
    let end = blanks(text, node.end);
    if end < text.len() {
        return Err(Fault { at: end, reason: "there is more after the document".to_owned() });
    }
    Ok(node)
}

fn optional<'n, 't>(node: &'n Node<'t>, key: &str) -> Option<&'n Node<'t>> {
    match &node.kind {
        NodeKind::Object(keys) => keys.iter().find(|(name, _)| name == key).map(|(_, node)| node),
        _ => None,
    }
}

fn get<'n, 't>(node: &'n Node<'t>, key: &str) -> Result<&'n Node<'t>, Fault> {
    match (&node.kind, optional(node, key)) {
        (_, Some(found)) => Ok(found),
        (NodeKind::Object(_), None) => Err(Fault { at: node.start, reason: format!("the key `{key}` is missing") }),
        _ => fault(node, "an object"),
    }
}

fn string<'n>(node: &'n Node<'_>) -> Result<&'n str, Fault> {
    match &node.kind {
        NodeKind::Text(text) => Ok(text),
        _ => fault(node, "a text"),
    }
}

fn boolean(node: &Node<'_>) -> Result<bool, Fault> {
    match node.kind {
        NodeKind::Boolean(value) => Ok(value),
        _ => fault(node, "true or false"),
    }
}

fn natural<N: std::str::FromStr>(node: &Node<'_>) -> Result<N, Fault> {
    match node.kind {
        NodeKind::Number(text) => text.parse().map_err(|_| {
            let reason = format!("a whole number from 0 is wanted that is not too large, and this is {text}");
            Fault { at: node.start, reason }
        }),
        _ => fault(node, "a number"),
    }
}

fn list<'n, 't>(node: &'n Node<'t>) -> Result<&'n [Node<'t>], Fault> {
    match &node.kind {
        NodeKind::Array(list) => Ok(list),
        _ => fault(node, "an array"),
    }
}

fn ids(node: &Node<'_>) -> Result<Vec<NodeId>, Fault> {
    list(node)?.iter().map(|id| natural(id).map(NodeId)).collect()
}

/// What a document says as a whole.
struct Head<'n, 't> {
    complete: bool,
    ranked: bool,
    alternatives: usize,
    conclusion: usize,
    program: &'n str,
    facts: &'n str,
    nodes: &'n [Node<'t>],
    rules: &'n [Node<'t>],
}

impl<'n, 't> Head<'n, 't> {
    fn of(document: &'n Node<'t>) -> Result<Self, Fault> {
        let schema = get(document, "schema")?;
        let name = string(schema)?;
        if name != SCHEMA {
            let reason = format!("the form is `{}`, and `{SCHEMA}` is what is read", cut(name));
            return Err(Fault { at: schema.start, reason });
        }
        Ok(Self {
            complete: boolean(get(document, "complete")?)?,
            ranked: boolean(get(document, "ranked")?)?,
            alternatives: natural(get(document, "alternatives")?)?,
            conclusion: natural(get(document, "conclusion")?)?,
            program: string(get(document, "program")?)?,
            facts: string(get(document, "facts")?)?,
            nodes: list(get(document, "nodes")?)?,
            rules: list(get(document, "rules")?)?,
        })
    }
}

/// The rules of the document: those of the program with the same digest, or the text of what the program does not have.
fn rules(rules: &[Node<'_>], digests: &[String]) -> Result<Vec<Result<RuleId, String>>, Fault> {
    let known: BTreeMap<&str, RuleId> = digests.iter().map(String::as_str).zip((0..).map(RuleId)).collect();
    let one = |rule: &Node<'_>| {
        let digest = string(get(rule, "digest")?)?;
        let text = optional(rule, "text").map(string).transpose()?.unwrap_or(digest);
        Ok(known.get(digest).copied().ok_or_else(|| cut(text)))
    };
    rules.iter().map(one).collect()
}

/// The types of the bindings of an aggregate's rows, which are those of its rule, come to light after them.
struct Inner {
    node: u32,
    variable: u32,
    ty: TypeId,
}

struct Reader<'a> {
    model: &'a Model,
    values: Values,
    rules: Vec<Result<RuleId, String>>,
    inner: Vec<Inner>,
    nowhere: Span,
}

impl Reader<'_> {
    fn node(&mut self, at: u32, node: &Node<'_>) -> Result<ProofNode, Wrong> {
        let id: u32 = natural(get(node, "id")?)?;
        if id != at {
            return Err(Wrong::Flaw(format!("it is numbered {id}")));
        }
        let kind = get(node, "kind")?;
        let span = self.nowhere;
        match string(kind)? {
            "given" => Ok(ProofNode::Given { tuple: self.tuple(node)?, origin: None }),
            "cut" => Ok(ProofNode::Cut { tuple: self.tuple(node)? }),
            "derived" => {
                let tuple = self.tuple(node)?;
                let place: usize = natural(get(node, "rule")?)?;
                let rule = match self.rules.get(place) {
                    Some(Ok(rule)) => *rule,
                    Some(Err(text)) => return Err(Wrong::Flaw(format!("the program has no rule `{text}`"))),
                    None => return Err(Wrong::Flaw(format!("the document has no rule {place}"))),
                };
                let mut bindings = Vec::new();
                for binding in list(get(node, "bindings")?)? {
                    let (variable, ty, word) = self.binding(binding)?;
                    let declared = self.model.program().rule(rule).variables.get(variable as usize);
                    let types = &self.model.program().types;
                    if declared.is_none_or(|declared| types.kind(declared.ty) != types.kind(ty)) {
                        return Err(Wrong::Flaw(format!("the rule has no such variable {variable}")));
                    }
                    bindings.push((variable, word));
                }
                let rank = get(node, "rank")?;
                let rank = Rank { stratum: natural(get(rank, "stratum")?)?, round: natural(get(rank, "round")?)? };
                Ok(ProofNode::Derived { tuple, rule, bindings, premises: ids(get(node, "premises")?)?, rank })
            }
            "absent" => {
                let relation = self.relation(node)?;
                let columns = &self.model.program().relation(relation).columns;
                let mut pattern = vec![None; columns.len()];
                for entry in list(get(node, "pattern")?)? {
                    let column: usize = natural(get(entry, "column")?)?;
                    match (columns.get(column), pattern.get_mut(column)) {
                        (Some(declared), Some(slot @ None)) => {
                            *slot = Some(self.word(declared.ty, get(entry, "value")?)?);
                        }
                        _ => return Err(Wrong::Flaw(format!("its column {column} is one too many"))),
                    }
                }
                Ok(ProofNode::Absent { relation, pattern, span })
            }
            "compared" => {
                let ty = self.ty(node)?;
                Ok(ProofNode::Compared {
                    op: named(get(node, "op")?, &COMPARISONS, CompareOp::name)?,
                    negated: boolean(get(node, "negated")?)?,
                    left: self.word(ty, get(node, "left")?)?,
                    right: self.word(ty, get(node, "right")?)?,
                    ty,
                    span,
                    aggregates: ids(get(node, "aggregates")?)?,
                })
            }
            "counted" => {
                let ty = self.ty(node)?;
                let mut rows = Vec::new();
                for row in list(get(node, "rows")?)? {
                    let mut bindings = Vec::new();
                    for binding in list(get(row, "bindings")?)? {
                        let (variable, ty, word) = self.binding(binding)?;
                        self.inner.push(Inner { node: at, variable, ty });
                        bindings.push((variable, word));
                    }
                    let target = optional(row, "target").map(|target| self.word(ty, target)).transpose()?;
                    rows.push(Contribution { bindings, target, premises: ids(get(row, "premises")?)? });
                }
                Ok(ProofNode::Counted {
                    op: named(get(node, "op")?, &AGGREGATES, AggregateOp::name)?,
                    value: self.word(ty, get(node, "value")?)?,
                    ty,
                    span,
                    rows,
                })
            }
            other => Err(Fault { at: kind.start, reason: format!("there is no kind of node `{}`", cut(other)) }.into()),
        }
    }

    fn tuple(&mut self, node: &Node<'_>) -> Result<Tuple, Wrong> {
        let relation = self.relation(node)?;
        let columns = &self.model.program().relation(relation).columns;
        let arguments = list(get(node, "arguments")?)?;
        if arguments.len() != columns.len() {
            return Err(Wrong::Flaw(format!("it has {} columns, and {} are wanted", arguments.len(), columns.len())));
        }
        let words = columns.iter().zip(arguments).map(|(column, argument)| self.word(column.ty, argument));
        Ok(Tuple { relation, words: words.collect::<Result<_, _>>()? })
    }

    fn relation(&self, node: &Node<'_>) -> Result<RelationId, Wrong> {
        let name = string(get(node, "relation")?)?;
        self.model.find(name).ok_or_else(|| Wrong::Flaw(format!("the program has no relation `{}`", cut(name))))
    }

    fn ty(&self, node: &Node<'_>) -> Result<TypeId, Wrong> {
        let name = string(get(node, "type")?)?;
        let found = self.model.program().types.names().find(|(known, _)| *known == name);
        found.map(|(_, ty)| ty).ok_or_else(|| Wrong::Flaw(format!("the program has no type `{}`", cut(name))))
    }

    fn binding(&mut self, node: &Node<'_>) -> Result<(u32, TypeId, Word), Wrong> {
        let ty = self.ty(node)?;
        Ok((natural(get(node, "variable")?)?, ty, self.word(ty, get(node, "value")?)?))
    }

    fn word(&mut self, ty: TypeId, node: &Node<'_>) -> Result<Word, Wrong> {
        let types = &self.model.program().types;
        encode(types, &mut self.values, ty, node).map_err(|Misfit { ty, reason, .. }| {
            let because = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            Wrong::Flaw(format!("{} is no value of type {}{because}", sort(node), types.name(ty)))
        })
    }
}

const COMPARISONS: [CompareOp; 8] = [
    CompareOp::Equal,
    CompareOp::NotEqual,
    CompareOp::Less,
    CompareOp::LessEqual,
    CompareOp::Greater,
    CompareOp::GreaterEqual,
    CompareOp::Match,
    CompareOp::Contains,
];

const AGGREGATES: [AggregateOp; 5] =
    [AggregateOp::Count, AggregateOp::Sum, AggregateOp::Min, AggregateOp::Max, AggregateOp::Mean];

fn named<T: Copy>(node: &Node<'_>, all: &[T], name: fn(T) -> &'static str) -> Result<T, Fault> {
    let text = string(node)?;
    let found = all.iter().copied().find(|&one| name(one) == text);
    found.ok_or_else(|| Fault { at: node.start, reason: format!("there is no operator `{}`", cut(text)) })
}

/// Whether the variables of aggregates have the kinds that their rules give them.
fn inner_types(model: &Model, proof: &Proof, inner: &[Inner]) -> Result<(), (u32, String)> {
    let types = &model.program().types;
    let owners = proof.owners();
    for Inner { node, variable, ty } in inner {
        let rule = owners.get(&NodeId(*node)).map(|owner| proof.node(*owner));
        let Some(ProofNode::Derived { rule, .. }) = rule else { continue };
        let declared = model.program().rule(*rule).variables.get(*variable as usize);
        if declared.is_none_or(|declared| types.kind(declared.ty) != types.kind(*ty)) {
            return Err((*node, format!("the rule has no such variable {variable}")));
        }
    }
    Ok(())
}
