//! Tests of `web`.

mod browser;
mod connections;
mod embed;
mod forms;
mod full_disk;
mod ground;
mod images;
mod links;
mod pages;
mod signup;
