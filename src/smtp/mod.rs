//! The wire: a client and a sink for SMTP (RFC 5321). Knows nothing of newsletters.
