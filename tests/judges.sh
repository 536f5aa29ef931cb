#!/bin/sh
# The corpus as whole mails before independent judges: what mail programs can show, HTML checkers, axe, two spam filters,
# a checker of signatures. `cargo test` runs the same, with those judges that are there; here all of them are needed.
#   sh tests/judges.sh --install   gets what they need of npm and PyPI, pinned (also for the judges of pages)
#   sh tests/judges.sh             renders and judges
# Debian has the others: chromium nodejs npm default-jre-headless spamassassin rspamd. tests/judges/judge.py runs them.
set -eu
cd "$(dirname "$0")/.."
if [ "${1:-}" = --install ]; then
    npm ci --prefix tests/judges --ignore-scripts --no-audit --no-fund --silent
    venv=${CARGO_TARGET_DIR:-target}/judges/venv
    python3 -m venv "$venv"
    exec "$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r tests/judges/requirements.txt
fi
CORANTO_REQUIRE=${CORANTO_REQUIRE:-}${CORANTO_REQUIRE:+,}judges
export CORANTO_REQUIRE
exec cargo test --test it judges:: -- --nocapture
