//! Tests of `message`: what is filled is read back by parsers and verifiers that others wrote.

pub(crate) mod dkim;
mod embed;
mod headers;
mod judge;
mod parts;
mod readers;
mod sample;
