//! The responsibility tool over the shipped documents: known answers, what-ifs, reports, the audit.

mod known;
mod moves;
mod support;
