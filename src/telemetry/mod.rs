//! Logs and numbers: what an operator sees of a running program. Knows nothing of newsletters.
