//! Tests of `web`.

mod archive;
mod browser;
mod connections;
mod embed;
mod feeds;
mod forms;
mod full_disk;
mod ground;
mod images;
mod links;
mod pages;
mod press;
mod signup;
