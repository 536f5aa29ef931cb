//! What each provider sends, and what it means.
