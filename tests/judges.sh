#!/bin/sh
# The corpus as whole mails before independent judges: what mail programs can show, HTML checkers, axe, two spam filters,
# a checker of signatures. `cargo test` runs the same, with those judges that are there; here all of them are needed.
#   sh tests/judges.sh --install   gets the packages of npm and PyPI that they need, pinned, into target/judges
#   sh tests/judges.sh             renders and judges
# Debian has the others: chromium nodejs npm default-jre-headless spamassassin rspamd. tests/judges/judge.py runs them.
set -eu
cd "$(dirname "$0")/.."
if [ "${1:-}" = --install ]; then
    tools=${CARGO_TARGET_DIR:-target}/judges
    mkdir -p "$tools"
    cp tests/judges/package.json tests/judges/package-lock.json "$tools"
    npm ci --prefix "$tools" --ignore-scripts --no-audit --no-fund --silent
    python3 -m venv "$tools/venv"
    exec "$tools/venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r tests/judges/requirements.txt
fi
CORANTO_REQUIRE=${CORANTO_REQUIRE:-}${CORANTO_REQUIRE:+,}judges
export CORANTO_REQUIRE
exec cargo test --test it judges:: -- --nocapture
