//! Tests of `web`.

mod archive;
mod connections;
mod embed;
mod feeds;
mod flood;
mod forms;
mod full_disk;
mod ground;
mod images;
mod links;
mod operations;
mod pages;
mod press;
mod preview;
mod readers;
mod signup;
