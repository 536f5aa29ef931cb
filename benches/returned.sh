#!/bin/sh
# How fast reports are taken in: an issue goes to the program's own sink, and a report of each email comes back over LMTP.
#   sh benches/returned.sh [READERS [CONNECTIONS [DATABASE]]]
# Says how many reports a second are answered after their commit, how long each waited, and the server's largest memory.
# Then an issue goes out at full speed twice, the second time beside 200 reports a second: what sending loses by them.
# Needs a release build, Python 3, and Debian's package postfix for smtp-sink. All traffic stays on 127.0.0.1.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
readers=${1:-20000}
connections=${2:-10}
database=${3:-}
port=2597
web=8393
lmtp=2424
. "$here/installation.sh"
sed -i 's/^postal_address/bounce_address = "b+{token}@bounce.example.org"\npostal_address/' coranto.toml
relay "$connections"
printf '[server]\nlisten = "127.0.0.1:%s"\n[inbound]\nlmtp_listen = "127.0.0.1:%s"\n' "$web" "$lmtp" >>coranto.toml

words=$(awk 'BEGIN { for (p = 0; p < 17; p++) { printf "The"; for (i = 0; i < 100; i++) printf " delegation"; print ".\n" } }')
for slug in first second third; do
    printf -- '---\ntitle: The %s letter\nsummary: As long as the benchmark wants it.\n---\n%s\n' "$slug" "$words" >"issues/$(date -u +%F)-$slug.md"
done
await() { until grep -q "$1" serve.log; do sleep 0.2; done; }
send() {
    : >serve.log
    "$program" -q --yes queue "issues/$(date -u +%F)-$1.md" --now --no-undo --confirm "$readers" >/dev/null
}

people 0 "$readers" >readers.csv
"$program" -q --yes subscribers import readers.csv --agreed bench >/dev/null
: >serve.log
"$program" sink --listen "127.0.0.1:$port" --journal mails.jsonl >/dev/null 2>&1 &
sink=$!
"$program" serve >>serve.log 2>&1 &
server=$!
send first
await 'is finished'
stop_sink
python3 "$here/returned.py" "$lmtp" mails.jsonl "$connections"
awk '/VmHWM/ { printf "largest memory of the server: %d MiB\n", $2 / 1024 }' "/proc/$server/status"
start_sink
rate() {
    python3 - <<'PY'
import re
from datetime import datetime
text = open("serve.log").read()
at = [datetime.fromisoformat(re.search(r"^(\S+Z).*" + word, text, re.M).group(1).replace("Z", "+00:00"))
      for word in ("goes out", "is finished")]
sent = int(re.search(r"is finished.*?sent=(\d+)", text).group(1))
print(f"{sent / (at[1] - at[0]).total_seconds():,.0f} mails a second")
PY
}
send second
await 'is finished'
printf 'alone: %s\n' "$(rate)"
send third
await 'goes out'
python3 "$here/returned.py" "$lmtp" mails.jsonl 4 200 serve.log &
client=$!
await 'is finished'
printf 'beside the reports: %s\n' "$(rate)"
wait "$client"
