//! The readers' door from outside, as an installation serves it: pages before judges, readers in a browser.

mod flows;
mod judged;
mod scanners;
