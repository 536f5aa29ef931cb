#!/bin/sh
# What the journal costs: readers leave by one click as fast as they are answered, with it and without it, in turns.
#   sh benches/journal.sh [READERS [ROUNDS]]
# Needs a release build (or CORANTO_PROGRAM) and Python 3. All traffic stays on 127.0.0.1. An issue goes to the program's own
# sink first, which keeps the mails: their links are those by which the readers leave. Without the journal is with a `state`
# that is no folder: what cannot be written down is done all the same.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
readers=${1:-4000}
rounds=${2:-5}
port=2597
web=8394
. "$here/installation.sh"
relay 10
printf '[server]\nlisten = "127.0.0.1:%s"\n' "$web" >>coranto.toml
printf -- '---\ntitle: The letter\nsummary: Short.\n---\nDear reader.\n' >issues/2026-11-27-first.md
people 0 "$readers" >readers.csv
"$program" -q --yes subscribers import readers.csv --agreed bench >/dev/null
"$program" sink --listen "127.0.0.1:$port" --dir mails >/dev/null 2>&1 &
sink=$!
"$program" -q --yes queue issues/2026-11-27-first.md --now --no-undo --confirm "$readers" >/dev/null
: >serve.log
"$program" serve >>serve.log 2>&1 &
server=$!
until grep -q 'is finished' serve.log; do sleep 0.2; done
kill "$server"
wait "$server" || true
stop_sink
cp coranto.db kept.db
: >no-folder
: >none.log

# One round: the database as it was, the server with this `state`, every link pressed once.
round() {
    rm -f coranto.db-wal coranto.db-shm
    rm -rf fresh
    cp kept.db coranto.db
    : >serve.log
    CORANTO__SERVER__STATE=$2 "$program" serve --role web >>serve.log 2>&1 &
    server=$!
    until grep -q 'public_url=' serve.log; do sleep 0.1; done
    printf '%s: ' "$1"
    python3 "$here/leaving.py" "$web" mails none.log 0
    kill "$server"
    wait "$server" || true
}
turn=0
while [ "$turn" -lt "$rounds" ]; do
    round 'with the journal' fresh
    round 'without it' no-folder
    turn=$((turn + 1))
done
