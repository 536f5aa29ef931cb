//! Tests of `web`.

mod archive;
mod connections;
pub(crate) mod desk;
mod embed;
mod feeds;
mod flood;
mod forms;
mod full_disk;
pub(crate) mod ground;
mod images;
mod languages;
mod links;
mod meanwhile;
mod operations;
mod pages;
pub(crate) mod press;
mod preview;
mod proxies;
mod readers;
mod routes;
mod signup;
