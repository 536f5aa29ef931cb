//! Tests of `content`, and of what `publishing::compose` and `signup::mails` make with it.

mod ground;
mod samples;
