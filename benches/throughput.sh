#!/bin/sh
# How fast an issue goes out, beside Postfix's smtp-source into the same sink in the same run.
#   sh benches/throughput.sh [READERS [CONNECTIONS [DATABASE]]]
# Needs a release build, and Debian's package postfix for smtp-sink and smtp-source. All traffic stays on 127.0.0.1.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
readers=${1:-100000}
connections=${2:-10}
database=${3:-}
port=2599
web=8080
. "$here/installation.sh"
relay "$connections"

# Words until the mail, both parts and headers, has some 30 KB on the wire.
awk 'BEGIN {
    srand(1); n = split("the delegation spoke of patience and of maps while river towns counted their bridges and ministers their days", w, " ")
    print "---\ntitle: A letter of thirty kilobytes\nsummary: As long as the benchmark wants it.\n---"
    for (p = 0; p < 17; p++) { s = "The"; for (i = 0; i < 100; i++) s = s " " w[int(rand() * n) + 1]; print "\n" s "." }
}' >issues/2026-11-27-thirty.md
people 0 "$readers" >readers.csv

echo "import:      $( { /usr/bin/time -f '%e s' "$program" -q --yes subscribers import readers.csv --agreed bench >/dev/null; } 2>&1 | tail -n 1) for $readers readers"
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
