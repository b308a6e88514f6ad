//! Functors that a host program brings along.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{Failure, FailureKind};
use crate::program::Signature;
use crate::value::{Kind, Value, Values, Word};

/// What a registered functor does: it takes values of the kinds of its signature, and gives one, or why there is none.
pub type Implementation = Arc<dyn Fn(&[Value]) -> Result<Value, String> + Send + Sync>;

/// The registered functors by name. Cheap to clone.
#[derive(Clone, Default)]
pub struct Registry(Arc<BTreeMap<&'static str, (Signature, Implementation)>>);

impl fmt::Debug for Registry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Registry {
    /// Registers a functor; one of the same name is replaced.
    pub fn register(&mut self, signature: Signature, implementation: Implementation) {
        Arc::make_mut(&mut self.0).insert(signature.name, (signature, implementation));
    }

    /// Applies the functor of a name without `@`, if it is registered.
    pub(super) fn call(&self, name: &str, args: &[Word], values: &mut Values) -> Option<Result<Word, Failure>> {
        let (signature, implementation) =
            self.0.values().find(|(signature, _)| signature.name.strip_prefix('@') == Some(name))?;
        let arguments: Vec<Value> = signature
            .parameters
            .iter()
            .zip(args)
            .map(|(kind, &word)| match kind {
                Kind::Number => Value::Number(values.get_number(word)),
                Kind::Unsigned => Value::Unsigned(values.get_unsigned(word)),
                Kind::Float => Value::Float(crate::value::Float::new(values.get_float(word))),
                Kind::Symbol => Value::Symbol(values.get_symbol(word).to_owned()),
                // Scalars are all that can be registered.
                Kind::Record | Kind::Adt => Value::Nil,
            })
            .collect();
        Some(match implementation(&arguments) {
            Ok(Value::Number(value)) => Ok(values.number(value)),
            Ok(Value::Unsigned(value)) => Ok(values.unsigned(value)),
            Ok(Value::Float(value)) => Ok(values.float(value.get())),
            Ok(Value::Symbol(value)) => Ok(values.symbol(&value)),
            Ok(Value::Nil | Value::Record(_) | Value::Branch(..)) => Err(Failure::unsupported(signature.name)),
            Err(message) => {
                let shown: Vec<String> = arguments.iter().map(Value::literal).collect();
                let call = format!("`{}({})` failed: {message}", signature.name, shown.join(", "));
                Err(Failure::new(FailureKind::Registered, call))
            }
        })
    }
}
