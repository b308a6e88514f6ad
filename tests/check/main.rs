//! The checks: each code fired, and what good programs become.

mod components;
mod grounding;
mod later;
mod names;
mod normal;
mod robust;
mod support;
mod typing;
mod warnings;
