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
target=${CARGO_TARGET_DIR:-$here/../target}
program=${CORANTO_PROGRAM:-$target/release/coranto}
case $program in /*) ;; *) program=$PWD/$program ;; esac
PATH=$PATH:/usr/sbin
work=$(mktemp -d)
database=${3:-sqlite://$work/coranto.db}
port=2598
web=8392
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
public_url = "http://127.0.0.1:$web"
database = "$database"
secret_key_file = "secret.key"
[server]
listen = "127.0.0.1:$web"
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
words=$(awk 'BEGIN { for (p = 0; p < 17; p++) { printf "The"; for (i = 0; i < 100; i++) printf " delegation"; print ".\n" } }')
for slug in first second; do
    printf -- '---\ntitle: The %s letter\nsummary: As long as the benchmark wants it.\n---\n%s\n' "$slug" "$words" >"issues/2026-11-27-$slug.md"
done
people() { awk -v from="$1" -v to="$2" 'BEGIN { print "email,name"; for (i = from; i < to; i++) print "reader" i "@example.net,Ada" }'; }
await() { until grep -q "$1" serve.log; do sleep 0.2; done; }

people 0 "$leavers" >leavers.csv
people "$leavers" "$readers" >readers.csv
"$program" -q --yes subscribers import leavers.csv >/dev/null
: >serve.log
"$program" sink --listen "127.0.0.1:$port" --dir mails >/dev/null 2>&1 &
sink=$!
"$program" -q --yes queue issues/2026-11-27-first.md --now --no-undo --confirm "$leavers" >/dev/null
"$program" serve >>serve.log 2>&1 &
server=$!
await 'is finished'
kill "$sink"; wait "$sink" 2>/dev/null || true; sink=
"$program" -q --yes subscribers import readers.csv >/dev/null
if [ "$(id -u)" = 0 ]; then smtp-sink -u nobody "127.0.0.1:$port" 512 >/dev/null 2>&1 & else smtp-sink "127.0.0.1:$port" 512 >/dev/null 2>&1 & fi
sink=$!
sleep 1
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
sent = int(re.search(r"is finished.*?sent: (\d+)", text).group(1))
print(f"meanwhile: {sent:,} mails in {seconds:.1f} s, {sent / seconds:,.0f} a second")
PY
