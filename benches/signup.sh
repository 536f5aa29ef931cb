#!/bin/sh
# The sign-up form under load: at a rate that it takes, at ten times as many connections, beside thousands of silent
# connections, and with the program killed in the middle.
#   sh benches/signup.sh [SECONDS [CONNECTIONS]]
# Needs a release build, Python 3 and Debian's package wrk. All traffic stays on 127.0.0.1. The limits are raised where an
# operator raises them: in the configuration.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
seconds=${1:-20}
connections=${2:-150}
database=
port=
web=8391
. "$here/installation.sh"
cat >>coranto.toml <<TOML
[server]
listen = "127.0.0.1:$web"
connections = 12000
[signup]
requests_per_hour = 1000000
domain_requests_per_hour = 10000000
all_requests_per_hour = 100000000
challenge = "never"
TOML
ulimit -n "$(ulimit -Hn)"

start() {
    "$program" serve --role web >>serve.log 2>&1 &
    server=$!
    tries=0
    until python3 -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:$web/readyz')" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 50 ] || { cat serve.log; exit 1; }
        sleep 0.2
    done
}
stamp() {
    python3 -c "
import re, urllib.request
page = urllib.request.urlopen('http://127.0.0.1:$web/week/subscribe').read().decode()
print(re.search(r'name=\"stamp\" value=\"([^\"]+)\"', page).group(1))"
}
load() { wrk -t2 -c"$1" -d"${seconds}s" --timeout 10s --latency -s "$here/signup.lua" "http://127.0.0.1:$web/week/subscribe" -- "$form" "$2" | grep -E '^(accepted|answers)'; }
rows() { python3 -c "import sqlite3; print(sqlite3.connect('file:$work/coranto.db?mode=ro', uri=True).execute('SELECT COUNT(*) FROM subscriptions').fetchone()[0])"; }
memory() { echo "memory at most: $(awk '/VmHWM/ { printf "%d MiB", $2 / 1024 }' "/proc/$server/status")"; }

start
form=$(stamp)
sleep 3
echo "--- $connections connections, $seconds s"
load "$connections" a
echo "subscriptions in the database: $(rows)"
memory
echo "--- $((connections * 10)) connections, $seconds s"
load "$((connections * 10))" b
echo "subscriptions in the database: $(rows)"
memory
echo "--- 5,000 silent connections and $connections that sign up, $seconds s"
python3 "$here/silent.py" "$web" 5000 "$((seconds + 2))" &
silent=$!
sleep 2
load "$connections" c
wait "$silent"
memory
echo "--- killed while it is asked"
python3 "$here/acknowledged.py" "$web" "$form" "$server" "$work/coranto.db"
server=
