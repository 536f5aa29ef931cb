//! Coranto behind nginx, Caddy and Apache, each with the file that docs/proxy.md prints. Knows the installation from outside
//! alone.

mod behind;
mod doctor;
mod servers;
