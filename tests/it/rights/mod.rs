//! What readers may ask of what is stored about them, and how long it is stored: seen, copied, erased, forgotten in time.

mod bytes;
mod commands;
mod compacting;
mod copy;
mod days;
mod expiry;
mod folded;
mod returning;
mod seen;
mod way_back;
