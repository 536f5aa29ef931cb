//! Tests of `smtp`.
