//! The checks: each code fired, and what good programs become.

mod components;
mod normal;
mod support;
