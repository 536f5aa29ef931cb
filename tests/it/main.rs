//! The one integration-test binary: a harness, and a module per layer.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod accounts;
mod attacks;
mod cli;
mod config;
mod content;
mod crash;
mod delivery;
mod door;
mod frozen;
mod harness;
mod images;
mod inbound;
mod journey;
mod judges;
mod message;
mod moving;
mod publishing;
mod restored;
mod rights;
mod signup;
mod smtp;
mod store;
mod tidy;
mod upkeep;
mod web;
