//! The readers' door from outside, as an installation serves it: pages before judges, readers in a browser.

mod judged;
mod scanners;
