//! Embedded Tera templates: a typed context per template, a sample per context. The only user of tera.
