//! Tests of the desk: who reaches what, where a form may come from, and the ways through its pages.

mod flows;
pub(crate) mod ground;
mod pages;
mod walk;
