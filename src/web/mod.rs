//! The faces on the web. Each page file owns its router; writes go through use cases.
