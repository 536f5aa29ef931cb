//! All SQL and nothing but SQL. Decides nothing: rules live in `domain`, sequences in the use cases.
