//! Tests of `web`.

mod connections;
mod forms;
mod ground;
mod links;
mod pages;
mod signup;
