//! Tests of `delivery`.
