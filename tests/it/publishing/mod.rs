//! Tests of `publishing`, and of the slots that it puts issues on.

mod calendar;
mod correct;
mod events;
mod files;
mod follow;
mod ground;
mod left;
mod links;
mod next;
mod pictures;
mod places;
mod plan;
mod queue;
mod renamed;
mod scheduler;
mod slots;
mod standing;
mod without_a_file;

/// Checks that need a day, a queue, a configuration or a network, each with a test in this folder or in `cli`.
pub(crate) const CHECKS: &[&str] = &[
    "image-broken", "image-kind", "image-missing", "image-outside", "image-unreadable", "images-heavy", "logo",
    "too-many-images", "file-date", "file-name", "link-dead", "link-moved", "link-private", "link-unsure",
    "newsletter-unclear", "send-at-past",
];
