#!/bin/sh
# The long crash test: the release program is killed 50 times on each database while issues go to 2,000 readers.
# Other numbers: CORANTO_CRASH_KILLS=200 CORANTO_CRASH_READERS=500 CORANTO_CRASH_SEED=7 sh tests/crash.sh
set -eu
cd "$(dirname "$0")/.."
cargo build --release
target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$PWD/$target ;; esac
CORANTO_TEST_PROGRAM=$target/release/coranto
CORANTO_CRASH_KILLS=${CORANTO_CRASH_KILLS:-50}
CORANTO_CRASH_READERS=${CORANTO_CRASH_READERS:-2000}
export CORANTO_TEST_PROGRAM CORANTO_CRASH_KILLS CORANTO_CRASH_READERS
exec cargo test --test it crash:: -- --nocapture --test-threads 1
