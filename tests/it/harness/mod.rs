//! Tests of `harness`.
