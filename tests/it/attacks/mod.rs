//! What a careful attacker tries, each on both databases: what may be seen and done with what they hold.

mod asking;
mod folding;
mod forged;
mod forwarded;
mod frozen;
mod moving;
mod names;
mod one_click;
mod restored;
mod text;
mod wires;
