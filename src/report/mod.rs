//! Answers rendered. Nothing is evaluated here.

pub mod rows;
