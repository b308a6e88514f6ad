//! Explanations against brute force: what is said about a tuple is tried.

mod critical;
mod support;
mod why_not;
