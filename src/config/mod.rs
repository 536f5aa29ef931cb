//! `coranto.toml` and the environment to typed, validated settings; every mistake named with its key and line.
