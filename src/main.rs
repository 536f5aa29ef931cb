//! Coranto.
fn main() {}
