//! The prompt as transcripts: what is typed after `onus> `, and what comes of it. Errors stand with the answers.

#![allow(clippy::unwrap_used)] // the helpers of tests are no tests to clippy

mod answers;
mod changes;
mod explanations;
mod faults;
mod support;
