#!/bin/sh
# How fast an issue goes out, beside Postfix's smtp-source into the same sink in the same run.
#   sh benches/throughput.sh [READERS [CONNECTIONS [DATABASE]]]
# Needs a release build, and Debian's package postfix for smtp-sink and smtp-source. All traffic stays on 127.0.0.1.
set -eu
cd "$(dirname "$0")/.."
readers=${1:-100000}
connections=${2:-10}
target=${CARGO_TARGET_DIR:-target}
program=${CORANTO_PROGRAM:-$target/release/coranto}
case $program in /*) ;; *) program=$PWD/$program ;; esac
PATH=$PATH:/usr/sbin
work=$(mktemp -d)
database=${3:-sqlite://$work/coranto.db}
port=2599
server= sink=
stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$sink" ] || kill "$sink" 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT INT TERM

mkdir "$work/issues"
cd "$work"
printf '1:%s\n' "$(od -An -tx1 -N32 /dev/urandom | tr -d ' \n')" >secret.key
cat >coranto.toml <<TOML
public_url = "http://127.0.0.1:8080"
database = "$database"
secret_key_file = "secret.key"
[newsletters.week]
name = "The Week"
from = "The Week <week@news.example.org>"
postal_address = "1 Example Street, 10000 Example"
time_zone = "UTC"
[[relays]]
name = "sink"
host = "127.0.0.1"
port = $port
tls = "none"
connections = $connections
messages_per_connection = 1000000
TOML
# Words until the mail, both parts and headers, has some 30 KB on the wire.
awk 'BEGIN {
    srand(1); n = split("the delegation spoke of patience and of maps while river towns counted their bridges and ministers their days", w, " ")
    print "---\ntitle: A letter of thirty kilobytes\nsummary: As long as the benchmark wants it.\n---"
    for (p = 0; p < 17; p++) { s = "The"; for (i = 0; i < 100; i++) s = s " " w[int(rand() * n) + 1]; print "\n" s "." }
}' >issues/2026-11-27-thirty.md
awk -v n="$readers" 'BEGIN { print "email,name"; for (i = 0; i < n; i++) print "reader" i "@example.net,Ada" }' >readers.csv

as_sink() { if [ "$(id -u)" = 0 ]; then smtp-sink -u nobody "$@"; else smtp-sink "$@"; fi; }
start_sink() { as_sink "127.0.0.1:$port" 512 >/dev/null 2>&1 & sink=$!; sleep 1; }
stop_sink() { kill "$sink"; wait "$sink" 2>/dev/null || true; sink=; }

echo "import:      $( { /usr/bin/time -f '%e s' "$program" -q --yes subscribers import readers.csv >/dev/null; } 2>&1 | tail -n 1) for $readers readers"
bytes=$("$program" preview issues/2026-11-27-thirty.md --eml | wc -c)
start_sink
"$program" -q --yes queue issues/2026-11-27-thirty.md --now --no-undo --confirm "$readers" >/dev/null
"$program" serve --role schedule,deliver >serve.log 2>&1 &
server=$!
peak=0
while ! grep -q 'is finished' serve.log; do
    sleep 0.5
    rss=$(awk '/VmHWM/ { print $2 }' "/proc/$server/status")
    [ "$rss" -le "$peak" ] || peak=$rss
done
"$program" --json issues show thirty >shown.json
kill "$server"; wait "$server" || true; server=
stop_sink
start_sink
source=$( { /usr/bin/time -f '%e' smtp-source -d -s 10 -m "$readers" -l "$bytes" -f a@example.org -t b@example.net "127.0.0.1:$port"; } 2>&1 | tail -n 1)
stop_sink
python3 - "$readers" "$connections" "$bytes" "$peak" "$source" <<'PY'
import re, sys
from datetime import datetime
readers, connections, size, peak = map(int, sys.argv[1:5]); source = float(sys.argv[5])
at = [datetime.fromisoformat(re.search(r"^(\S+Z).*" + word, line).group(1).replace("Z", "+00:00"))
      for word in ("goes out", "is finished") for line in open("serve.log") if word in line]
seconds = (at[1] - at[0]).total_seconds()
ours, theirs = readers / seconds, readers / source
print(f"coranto:     {ours:,.0f} a second: {readers:,} readers in {seconds:.1f} s, {size:,} bytes each, {connections} connections, at most {peak // 1024} MiB")
print(f"smtp-source: {theirs:,.0f} a second: -d -s 10, the same size, the same sink")
print(f"ratio:       {ours / theirs:.2f}")
PY
