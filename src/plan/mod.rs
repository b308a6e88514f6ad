//! The checked program to plans: for each rule and each atom that reads the delta, an order of the body's literals and
//! the steps that carry it out.

mod body;
mod group;
mod order;
mod origins;
mod print;
mod semijoin;
mod step;

pub use order::{Estimated, Statistics, plan_body, plan_delta, plan_rule};
pub use origins::{Columns, Origins};
pub use print::print_plan;
pub use semijoin::{Wants, wants};
pub use step::{AggregatePlan, Arm, BodyPlan, Expression, Operand, Part, Pattern, RulePlan, Slot, Step};
