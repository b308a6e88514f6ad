//! Components and their instances.

use super::cursor::{Parsed, Parser};
use crate::syntax::ast::{Component, ComponentType, Init};
use crate::syntax::token::Kind;

impl Parser<'_, '_> {
    /// What follows `.comp`.
    pub(super) fn component(&mut self) -> Parsed<Component> {
        let head = self.component_type()?;
        let mut bases = Vec::new();
        if self.eat(Kind::Colon) {
            bases.push(self.component_type()?);
            while self.at(Kind::Comma) || self.at(Kind::Colon) {
                self.bump();
                bases.push(self.component_type()?);
            }
        }
        let open = self.token;
        self.expect(Kind::LeftBrace, if bases.is_empty() { "`{` or `:`" } else { "`{` or `,`" })?;
        let mut items = Vec::new();
        self.nested(|parser| {
            parser.items(&mut items, true);
            Ok(())
        })?;
        self.close(Kind::RightBrace, open, "`}`")?;
        Ok(Component { head, bases, items })
    }

    fn component_type(&mut self) -> Parsed<ComponentType> {
        let name = self.path("a component")?;
        let mut parameters = Vec::new();
        if self.eat(Kind::Less) {
            parameters.push(self.path("a parameter")?);
            while self.eat(Kind::Comma) {
                parameters.push(self.path("a parameter")?);
            }
            self.expect(Kind::Greater, "`,` or `>`")?;
        }
        Ok(ComponentType { name, parameters })
    }

    /// What follows `.init`.
    pub(super) fn init(&mut self) -> Parsed<Init> {
        let name = self.name("an instance")?;
        self.expect(Kind::Equal, "`=` and the component")?;
        Ok(Init { name, component: self.component_type()? })
    }
}
