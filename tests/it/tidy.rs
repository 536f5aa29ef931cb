//! What the compiler does not check about the source.
