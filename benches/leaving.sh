#!/bin/sh
# How long a reader who leaves waits while an issue goes out at full speed from the same process.
#   sh benches/leaving.sh [READERS [CONNECTIONS [DATABASE]]]
# Needs a release build, Python 3, and Debian's package postfix for smtp-sink. All traffic stays on 127.0.0.1. A first
# issue goes to the program's own sink, which keeps the mails: their links are those by which readers leave the second.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
readers=${1:-100000}
connections=${2:-10}
leavers=4000
database=${3:-}
port=2598
web=8392
. "$here/installation.sh"
relay "$connections"
printf '[server]\nlisten = "127.0.0.1:%s"\n' "$web" >>coranto.toml

words=$(awk 'BEGIN { for (p = 0; p < 17; p++) { printf "The"; for (i = 0; i < 100; i++) printf " delegation"; print ".\n" } }')
for slug in first second; do
    printf -- '---\ntitle: The %s letter\nsummary: As long as the benchmark wants it.\n---\n%s\n' "$slug" "$words" >"issues/2026-11-27-$slug.md"
done
await() { until grep -q "$1" serve.log; do sleep 0.2; done; }

people 0 "$leavers" >leavers.csv
people "$leavers" "$readers" >readers.csv
"$program" -q --yes subscribers import leavers.csv --agreed bench >/dev/null
: >serve.log
"$program" sink --listen "127.0.0.1:$port" --dir mails >/dev/null 2>&1 &
sink=$!
"$program" -q --yes queue issues/2026-11-27-first.md --now --no-undo --confirm "$leavers" >/dev/null
"$program" serve >>serve.log 2>&1 &
server=$!
await 'is finished'
stop_sink
"$program" -q --yes subscribers import readers.csv --agreed bench >/dev/null
start_sink
: >serve.log
"$program" -q --yes queue issues/2026-11-27-second.md --now --no-undo --confirm "$readers" >/dev/null
await 'goes out'
python3 "$here/leaving.py" "$web" mails serve.log
await 'is finished'
python3 - <<'PY'
import re
from datetime import datetime
at = [datetime.fromisoformat(re.search(r"^(\S+Z).*" + word, line).group(1).replace("Z", "+00:00"))
      for word in ("goes out", "is finished") for line in open("serve.log") if word in line]
seconds = (at[-1] - at[0]).total_seconds()
text = open("serve.log").read()
sent = int(re.search(r"is finished.*?sent=(\d+)", text).group(1))
print(f"meanwhile: {sent:,} mails in {seconds:.1f} s, {sent / seconds:,.0f} a second")
PY
