//! The readers' door from outside, as an installation serves it: pages before judges, readers in a browser.

pub(crate) mod album;
mod challenge;
mod desk;
mod embedding;
mod flows;
mod judged;
mod reader;
mod scanners;
