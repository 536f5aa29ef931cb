#!/bin/sh
# Readers who never read: how fast /healthz is beside them, and what they cost in memory. `unread.sh [HOW_MANY [SECONDS]]`.
# It runs against a server of its own on 127.0.0.1, with the default limits. CI runs a twentieth of it.
set -eu
many=${1:-5000} seconds=${2:-40}
port=27345 web=27346
here=$(cd "$(dirname "$0")" && pwd)
. "$here/installation.sh"
printf '[server]\nlisten = "127.0.0.1:%s"\n' "$web" >>coranto.toml
relay 1
ulimit -n "$(ulimit -Hn)"
"$program" serve >serve.log 2>&1 &
server=$!
for _ in $(seq 100); do
    python3 -c "import socket; socket.create_connection(('127.0.0.1', $web), 1)" 2>/dev/null && break
    sleep 0.1
done
python3 "$here/unread.py" "$web" "$many" "$seconds" "$server"
