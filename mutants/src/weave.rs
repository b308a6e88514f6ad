//! Mutants into a source text: each expression that has mutants becomes a choice among them and itself, each function that
//! has some begins with a way out, each arm that may be deleted has a guard. Nothing else changes. The texts of mutants are
//! those of the original, so that the woven one grows by their number only.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::Result;
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::mutant::{Mutant, offset};

/// Where a mutant stands in the woven text.
#[derive(Clone, Debug)]
pub struct Place {
    pub number: usize,
    /// The choice that it is one of.
    pub choice: Range<usize>,
    /// Its own text, with its condition.
    pub own: Range<usize>,
}

/// A text with its mutants.
#[derive(Debug, Default)]
pub struct Woven {
    pub text: String,
    pub places: Vec<Place>,
    /// Those that cannot be right Rust: an `||` between `let`s.
    pub unviable: Vec<usize>,
    /// Those that no switch can stand for: in constants, or of functions that give `impl Trait`.
    pub apart: Vec<usize>,
}

/// What a choice is made of.
#[derive(Debug)]
enum Kind {
    /// `(if on(1) { .. } else if on(2) { .. } else { itself })`.
    Expression,
    /// `if on(1) { return ..; }` before the first statement.
    Body,
    /// ` if !on(1)` after the pattern of an arm.
    Arm,
    /// `!on(1) && ` before a guard with `let`.
    Guard,
}

#[derive(Debug)]
struct Site {
    range: Range<usize>,
    kind: Kind,
    mutants: Vec<(usize, String)>,
}

/// A genre, and where what it changes begins and ends.
type Wanted<'a> = (&'a str, usize, usize);

struct Visitor<'a> {
    text: &'a str,
    /// Numbers of mutants by genre and place.
    wanted: BTreeMap<Wanted<'a>, Vec<(usize, &'a Mutant)>>,
    sites: Vec<Site>,
    woven: Woven,
}

/// Weaves the numbered mutants of a file into its text.
pub fn weave(text: &str, mutants: &[(usize, &Mutant)]) -> Result<Woven> {
    let mut wanted: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (number, mutant) in mutants {
        let (start, end) = (offset(text, mutant.span.start), offset(text, mutant.span.end));
        wanted.entry((mutant.genre.as_str(), start, end)).or_default().push((*number, *mutant));
    }
    let mut visitor = Visitor { text, wanted, sites: Vec::new(), woven: Woven::default() };
    visitor.visit_file(&syn::parse_file(text)?);
    let Visitor { wanted, sites, mut woven, .. } = visitor;
    woven.apart.extend(wanted.into_values().flatten().map(|(number, _)| number));
    write(text, &sites, &mut woven);
    Ok(woven)
}

/// One insertion into the text.
enum Insert {
    Open(usize),
    Close(usize),
}

fn write(text: &str, sites: &[Site], woven: &mut Woven) {
    let mut inserts: Vec<(usize, (u8, i64, i64), Insert)> = Vec::new();
    for (at, site) in sites.iter().enumerate() {
        let (start, end, index) = (site.range.start, site.range.end as i64, at as i64);
        match site.kind {
            // What ends here ends before anything begins; inner choices end first and begin last.
            Kind::Expression => {
                inserts.push((start, (2, -end, index), Insert::Open(at)));
                inserts.push((site.range.end, (0, -(start as i64), -index), Insert::Close(at)));
            }
            Kind::Body | Kind::Arm | Kind::Guard => inserts.push((start, (1, -end, index), Insert::Open(at))),
        }
    }
    inserts.sort_by_key(|(at, order, _)| (*at, *order));
    let mut places: Vec<Vec<Place>> = sites.iter().map(|_| Vec::new()).collect();
    let out = &mut woven.text;
    let mut done = 0;
    for (at, _, insert) in inserts {
        out.push_str(&text[done..at]);
        done = at;
        match insert {
            Insert::Open(site) => {
                let begin = out.len();
                let Site { kind, mutants, .. } = &sites[site];
                if matches!(kind, Kind::Expression) {
                    out.push('(');
                }
                for (number, own) in mutants {
                    let from = out.len();
                    match kind {
                        Kind::Expression => out.push_str(&format!("if crate::woven::on({number}) {{ {own} }} else ")),
                        Kind::Body => out.push_str(&format!("if crate::woven::on({number}) {{ return {own}; }} ")),
                        Kind::Arm => out.push_str(&format!(" if !crate::woven::on({number})")),
                        Kind::Guard => out.push_str(&format!("!crate::woven::on({number}) && ")),
                    }
                    places[site].push(Place { number: *number, choice: begin..out.len(), own: from..out.len() });
                }
                if matches!(kind, Kind::Expression) {
                    out.push_str("{ ");
                } else {
                    let end = out.len();
                    places[site].iter_mut().for_each(|place| place.choice.end = end);
                }
            }
            Insert::Close(site) => {
                out.push_str(" })");
                let end = out.len();
                places[site].iter_mut().for_each(|place| place.choice.end = end);
            }
        }
    }
    out.push_str(&text[done..]);
    woven.places = places.into_iter().flatten().collect();
}

/// Whether a condition binds names on the way.
fn binds(expression: &syn::Expr) -> bool {
    match expression {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(binary) => {
            matches!(binary.op, syn::BinOp::And(_)) && (binds(&binary.left) || binds(&binary.right))
        }
        _ => false,
    }
}

impl<'a> Visitor<'a> {
    fn take(&mut self, genre: &'a str, range: &Range<usize>) -> Vec<(usize, &'a Mutant)> {
        self.wanted.remove(&(genre, range.start, range.end)).unwrap_or_default()
    }

    /// The text of an expression with a part of it replaced.
    fn replaced(&self, whole: &Range<usize>, part: &Range<usize>, by: &str) -> String {
        format!("{}{by}{}", &self.text[whole.start..part.start], &self.text[part.end..whole.end])
    }

    fn operator(&mut self, genre: &'a str, whole: Span, part: Span, chain: bool) {
        let (whole, part) = (whole.byte_range(), part.byte_range());
        let found = self.take(genre, &part);
        if chain {
            self.woven.unviable.extend(found.into_iter().map(|(number, _)| number));
        } else {
            let mutants = found.into_iter().map(|(number, mutant)| {
                let by =
                    if mutant.replacement.is_empty() { String::new() } else { format!(" {} ", mutant.replacement) };
                (number, self.replaced(&whole, &part, &by))
            });
            let mutants: Vec<_> = mutants.collect();
            self.expression(whole, mutants);
        }
    }

    fn expression(&mut self, range: Range<usize>, mutants: Vec<(usize, String)>) {
        if !mutants.is_empty() {
            self.sites.push(Site { range, kind: Kind::Expression, mutants });
        }
    }

    fn function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let (Some(first), Some(last)) = (block.stmts.first(), block.stmts.last()) else { return };
        let range = first.span().byte_range().start..last.span().byte_range().end;
        let found = self.take("FnValue", &range);
        let opaque = |mutant: &Mutant| {
            let given = mutant.function.as_ref().map(|function| function.return_type.as_str());
            given.is_some_and(|given| given.contains("impl "))
        };
        let (apart, mutants): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(_, mutant)| signature.constness.is_some() || opaque(mutant));
        self.woven.apart.extend(apart.into_iter().map(|(number, _)| number));
        let mutants: Vec<_> =
            mutants.into_iter().map(|(number, mutant)| (number, mutant.replacement.clone())).collect();
        if !mutants.is_empty() {
            self.sites.push(Site { range, kind: Kind::Body, mutants });
        }
    }
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_expr_binary(&mut self, item: &'ast syn::ExprBinary) {
        let chain = matches!(item.op, syn::BinOp::And(_)) && (binds(&item.left) || binds(&item.right));
        self.operator("BinaryOperator", item.span(), item.op.span(), chain);
        visit::visit_expr_binary(self, item);
    }

    fn visit_expr_unary(&mut self, item: &'ast syn::ExprUnary) {
        self.operator("UnaryOperator", item.span(), item.op.span(), false);
        visit::visit_expr_unary(self, item);
    }

    fn visit_expr_struct(&mut self, item: &'ast syn::ExprStruct) {
        let whole = item.span().byte_range();
        let mut mutants = Vec::new();
        for pair in item.fields.pairs() {
            let start = pair.value().span().byte_range().start;
            let end = pair.punct().map_or(pair.value().span(), |comma| comma.span()).byte_range().end;
            for (number, _) in self.take("StructField", &(start..end)) {
                mutants.push((number, self.replaced(&whole, &(start..end), "")));
            }
        }
        self.expression(whole, mutants);
        visit::visit_expr_struct(self, item);
    }

    fn visit_arm(&mut self, item: &'ast syn::Arm) {
        for (number, _) in self.take("MatchArm", &item.span().byte_range()) {
            let end = item.pat.span().byte_range().end;
            self.sites.push(Site { range: end..end, kind: Kind::Arm, mutants: vec![(number, String::new())] });
        }
        if let Some((_, guard)) = &item.guard {
            let range = guard.span().byte_range();
            let found = self.take("MatchArmGuard", &range);
            if binds(guard) {
                for (number, mutant) in found {
                    if mutant.replacement == "false" {
                        let at = range.start..range.start;
                        self.sites.push(Site { range: at, kind: Kind::Guard, mutants: vec![(number, String::new())] });
                    } else {
                        // What the guard binds is wanted by the arm.
                        self.woven.unviable.push(number);
                    }
                }
            } else {
                let mutants = found.into_iter().map(|(number, mutant)| (number, mutant.replacement.clone())).collect();
                self.expression(range, mutants);
            }
        }
        visit::visit_arm(self, item);
    }
}
