//! What a careful attacker tries, each on both databases: what may be seen and done with what they hold.

mod folding;
mod forwarded;
mod frozen;
mod moving;
mod restored;
mod text;
mod wires;
