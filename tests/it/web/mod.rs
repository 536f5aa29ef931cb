//! Tests of `web`.

mod browser;
mod connections;
mod forms;
mod ground;
mod links;
mod pages;
mod signup;
