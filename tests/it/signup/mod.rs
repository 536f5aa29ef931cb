//! Tests of `signup`.
