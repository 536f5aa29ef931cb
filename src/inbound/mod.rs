//! What comes back after mail was sent, and what follows for its readers. Notices are stored at once, by whoever hears of
//! them; an hour later they are settled here, when a storm can be seen whole. A person answers what a brake holds.

mod answer;
mod settle;

pub use answer::{Answer, AnswerError, Wanted, discard, release};
pub use settle::{Settled, Settler, settle};
