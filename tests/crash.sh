#!/bin/sh
# The long crash test: the release program is killed 50 times on each database while issues go to 2,000 readers, and 300
# times while reports come in and are settled.
# Other numbers: CORANTO_CRASH_KILLS=200 CORANTO_CRASH_READERS=500 CORANTO_CRASH_SEED=7 CORANTO_INBOUND_KILLS=100 sh tests/crash.sh
set -eu
cd "$(dirname "$0")/.."
cargo build --release
target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$PWD/$target ;; esac
CORANTO_TEST_PROGRAM=$target/release/coranto
CORANTO_CRASH_KILLS=${CORANTO_CRASH_KILLS:-50}
CORANTO_CRASH_READERS=${CORANTO_CRASH_READERS:-2000}
CORANTO_INBOUND_KILLS=${CORANTO_INBOUND_KILLS:-300}
export CORANTO_TEST_PROGRAM CORANTO_CRASH_KILLS CORANTO_CRASH_READERS CORANTO_INBOUND_KILLS
cargo test --test it inbound::killed:: -- --nocapture --test-threads 1
exec cargo test --test it crash:: -- --nocapture --test-threads 1
