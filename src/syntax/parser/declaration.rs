//! Directives: declarations of types, relations, functors and lattices, input and output, pragmas and includes.

use super::cursor::{Parsed, Parser};
use super::item::Before;
use crate::diagnostic::{Diagnostic, code};
use crate::syntax::ast::{
    AdtBranch, Attribute, Directive, DirectiveKind, FunctorDecl, Item, ItemKind, LatticeDecl, Name, Path, RelationDecl,
    TypeDecl, TypeDefinition,
};
use crate::syntax::token::{Dotted, Kind, Word};

impl Parser<'_, '_> {
    /// The item that begins with a directive's word, at the word.
    pub(super) fn directive(
        &mut self,
        word: Dotted,
        before: Before,
        items: &mut Vec<Item>,
        in_component: bool,
    ) -> Parsed<()> {
        let start = self.here();
        let keyword = Name { symbol: self.symbols.intern("symbol"), span: self.span_of(self.token) };
        if word == Dotted::Plan {
            return Err(self.unexpected_with("a clause or a directive", Some("`.plan` directly follows its rule")));
        }
        self.check_place(word, in_component);
        self.bump();
        let kind = match word {
            Dotted::Type => ItemKind::Type(self.type_decl(keyword)?),
            Dotted::NumberType | Dotted::SymbolType => {
                let primitive = if word == Dotted::NumberType { "number" } else { "symbol" };
                let base = Name { symbol: self.symbols.intern(primitive), ..keyword };
                ItemKind::Type(TypeDecl { name: self.name("a type")?, definition: TypeDefinition::Deprecated(base) })
            }
            Dotted::Decl => ItemKind::Relation(self.relation_decl()?),
            Dotted::Input => ItemKind::Directive(self.io(DirectiveKind::Input)?),
            Dotted::Output => ItemKind::Directive(self.io(DirectiveKind::Output)?),
            Dotted::Printsize => ItemKind::Directive(self.io(DirectiveKind::Printsize)?),
            Dotted::Limitsize => ItemKind::Directive(self.io(DirectiveKind::Limitsize)?),
            Dotted::Comp => ItemKind::Component(self.component()?),
            Dotted::Init => ItemKind::Init(self.init()?),
            Dotted::Override => ItemKind::Override(self.name("a relation")?),
            Dotted::Functor => return self.functor_decl(&before, items, start),
            Dotted::Lattice => ItemKind::Lattice(self.lattice()?),
            Dotted::Pragma => {
                let key = self.quoted("an option in double quotes")?;
                let value = if matches!(self.token.kind, Kind::String | Kind::SingleQuoted) {
                    Some(self.string())
                } else {
                    None
                };
                ItemKind::Pragma { key, value }
            }
            Dotted::Include => ItemKind::Include { path: Some(self.quoted("a path in double quotes")?) },
            Dotted::Once | Dotted::Plan => ItemKind::Include { path: None },
        };
        self.push(items, before, kind, start);
        Ok(())
    }

    fn check_place(&mut self, word: Dotted, in_component: bool) {
        let span = self.span_of(self.token);
        match word {
            Dotted::Override if !in_component => {
                self.slip(
                    "`.override` stands outside a component",
                    span,
                    "it belongs into the component that overrides",
                );
            }
            Dotted::Functor | Dotted::Pragma if in_component => {
                let text = self.text_of(self.token);
                let message = format!("`{text}` cannot stand in a component");
                self.slip(&message, span, "move it out of the component");
            }
            _ => {}
        }
    }

    fn quoted(&mut self, expected: &str) -> Parsed<Name> {
        if matches!(self.token.kind, Kind::String | Kind::SingleQuoted) {
            Ok(self.string())
        } else {
            Err(self.unexpected(expected))
        }
    }

    /// What follows `.type`.
    fn type_decl(&mut self, symbol: Name) -> Parsed<TypeDecl> {
        let name = self.name("a type")?;
        let definition = if self.eat(Kind::Subtype) {
            TypeDefinition::Subtype(self.path("a type")?)
        } else if self.eat(Kind::Equal) {
            self.type_definition()?
        } else {
            TypeDefinition::Deprecated(symbol)
        };
        Ok(TypeDecl { name, definition })
    }

    fn type_definition(&mut self) -> Parsed<TypeDefinition> {
        if self.at(Kind::LeftBracket) {
            let open = self.token;
            self.bump();
            let attributes = self.attributes(Kind::RightBracket)?;
            self.close(Kind::RightBracket, open, "`,` or `]`")?;
            return Ok(TypeDefinition::Record(attributes));
        }
        let expected = match self.token.kind {
            Kind::Reserved(_) => "a type or a branch",
            _ => "a type, `[` or a branch",
        };
        let first = self.path(expected)?;
        if self.at(Kind::LeftBrace) {
            return self.branches(first);
        }
        if !self.at(Kind::Pipe) {
            return Ok(TypeDefinition::Alias(first));
        }
        let mut members = vec![first];
        while self.eat(Kind::Pipe) {
            members.push(self.path("a type")?);
        }
        Ok(TypeDefinition::Union(members))
    }

    fn branches(&mut self, first: Name) -> Parsed<TypeDefinition> {
        let mut branches = Vec::new();
        let mut name = first;
        loop {
            let open = self.token;
            self.expect(Kind::LeftBrace, "`{` and the fields of the branch")?;
            let fields = self.attributes(Kind::RightBrace)?;
            self.close(Kind::RightBrace, open, "`,` or `}`")?;
            branches.push(AdtBranch { name, fields });
            if !self.eat(Kind::Pipe) {
                return Ok(TypeDefinition::Adt(branches));
            }
            name = self.name("a branch")?;
        }
    }

    /// `name: Type, ...` up to the closing bracket, which stays.
    fn attributes(&mut self, close: Kind) -> Parsed<Vec<Attribute>> {
        let mut attributes = Vec::new();
        if self.at(close) {
            return Ok(attributes);
        }
        loop {
            let name = self.name("an attribute")?;
            if !self.at(Kind::Colon) {
                let text = self.symbols.get(name.symbol).to_owned();
                let help = format!("an attribute has a type, such as `{text}: symbol`");
                return Err(self.unexpected_with("`:` and a type", Some(&help)));
            }
            self.bump();
            let ty = self.path("a type")?;
            let lattice = self.lattice_mark()?;
            attributes.push(Attribute { name, ty, lattice });
            if !self.eat(Kind::Comma) {
                return Ok(attributes);
            }
        }
    }

    /// `<>` after a type.
    fn lattice_mark(&mut self) -> Parsed<bool> {
        if !self.eat(Kind::Less) {
            return Ok(false);
        }
        self.expect(Kind::Greater, "`>`")?;
        Ok(true)
    }

    /// What follows `.decl`.
    fn relation_decl(&mut self) -> Parsed<RelationDecl> {
        let mut names = vec![self.name("a relation")?];
        while self.eat(Kind::Comma) {
            names.push(self.name("a relation")?);
        }
        if self.at(Kind::Equal) {
            let diagnostic = Diagnostic::at(
                code::UNSUPPORTED,
                "a relation cannot be declared as another one's delta",
                self.span_of(self.token),
                "",
            );
            return Err(self.fail(diagnostic));
        }
        let open = self.token;
        self.expect(Kind::LeftParen, "`(` and the attributes")?;
        let attributes = self.attributes(Kind::RightParen)?;
        self.close(Kind::RightParen, open, "`,` or `)`")?;
        let mut qualifiers = Vec::new();
        let mut choice = Vec::new();
        loop {
            match self.token.kind {
                Kind::Reserved(Word::Qualifier) if !self.begins_undotted() => qualifiers.push(self.word()),
                Kind::ChoiceDomain => {
                    self.bump();
                    self.keys(&mut choice)?;
                }
                _ => break,
            }
        }
        if self.at(Kind::Dot) && self.directive_word().is_none() {
            let span = self.span_of(self.token);
            self.slip("a declaration ends without a full stop", span, "remove it");
            self.bump();
        }
        Ok(RelationDecl { names, attributes, qualifiers, choice })
    }

    /// Whether a qualifier's word is rather a directive without its full stop, on a line of its own.
    fn begins_undotted(&self) -> bool {
        let rest = self.text().get(self.token.end as usize..).unwrap_or("");
        let next = rest.trim_start_matches([' ', '\t']);
        self.on_new_line()
            && Dotted::of(self.text_of(self.token)).is_some()
            && rest.len() > next.len()
            && next.bytes().next().is_some_and(crate::syntax::token::begins_name)
    }

    /// `choice-domain x, (x, y)`
    fn keys(&mut self, choice: &mut Vec<Vec<Name>>) -> Parsed<()> {
        loop {
            if self.at(Kind::LeftParen) {
                let open = self.token;
                self.bump();
                let mut key = vec![self.name("an attribute")?];
                while self.eat(Kind::Comma) {
                    key.push(self.name("an attribute")?);
                }
                self.close(Kind::RightParen, open, "`,` or `)`")?;
                choice.push(key);
            } else {
                choice.push(vec![self.name("an attribute or `(`")?]);
            }
            if !self.eat(Kind::Comma) {
                return Ok(());
            }
        }
    }

    /// What follows `.input` and its like.
    fn io(&mut self, kind: DirectiveKind) -> Parsed<Directive> {
        let mut relations = vec![self.path("a relation")?];
        while self.eat(Kind::Comma) {
            relations.push(self.path("a relation")?);
        }
        let mut parameters = Vec::new();
        if self.at(Kind::LeftParen) {
            let open = self.token;
            self.bump();
            while !self.at(Kind::RightParen) {
                if !matches!(self.token.kind, Kind::Identifier | Kind::Reserved(_)) {
                    return Err(self.unexpected("a parameter, such as `filename=\"a.csv\"`"));
                }
                let key = self.word();
                self.expect(Kind::Equal, "`=` and the parameter's value")?;
                let Some(value) = self.value() else {
                    return Err(self.unexpected("a value: a string, a number or a word"));
                };
                parameters.push((key, value));
                if !self.eat(Kind::Comma) {
                    break;
                }
            }
            // `filename=edge.csv`
            if !matches!(self.token.kind, Kind::RightParen | Kind::End) && self.here() == self.previous_end {
                let help = "a value with other characters than letters, digits and `_` stands in double quotes";
                return Err(self.unexpected_with("`,` or `)`", Some(help)));
            }
            self.close(Kind::RightParen, open, "`,` or `)`")?;
        }
        Ok(Directive { kind, relations, parameters })
    }

    /// What follows `.functor`; each name becomes an item of its own.
    fn functor_decl(&mut self, before: &Before, items: &mut Vec<Item>, start: u32) -> Parsed<()> {
        let mut names = vec![self.name("a functor")?];
        while self.eat(Kind::Comma) {
            names.push(self.name("a functor")?);
        }
        let open = self.token;
        self.expect(Kind::LeftParen, "`(` and the parameters' types")?;
        let mut parameters: Vec<Path> = Vec::new();
        if !self.at(Kind::RightParen) {
            loop {
                let first = self.path("a type")?;
                parameters.push(if self.eat(Kind::Colon) { self.path("a type")? } else { first });
                if !self.eat(Kind::Comma) {
                    break;
                }
            }
        }
        self.close(Kind::RightParen, open, "`,` or `)`")?;
        self.expect(Kind::Colon, "`:` and the result's type")?;
        let result = self.path("a type")?;
        let stateful = self.eat(Kind::Reserved(Word::Stateful));
        for name in names {
            let declaration = FunctorDecl { name, parameters: parameters.clone(), result, stateful };
            self.push(items, before.clone(), ItemKind::Functor(declaration), start);
        }
        Ok(())
    }

    /// What follows `.lattice`.
    fn lattice(&mut self) -> Parsed<LatticeDecl> {
        let name = self.path("a type")?;
        if !self.lattice_mark()? {
            return Err(self.unexpected("`<>` after the lattice's name"));
        }
        let open = self.token;
        self.expect(Kind::LeftBrace, "`{` and the lattice's operators")?;
        let mut operators = Vec::new();
        loop {
            let operator = self.name("an operator, such as `Lub`")?;
            self.expect(Kind::MapsTo, "`->` and what implements the operator")?;
            operators.push((operator, self.term()?));
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        self.close(Kind::RightBrace, open, "`,` or `}`")?;
        Ok(LatticeDecl { name, operators })
    }
}
