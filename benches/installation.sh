# An installation for a measurement, in a folder that goes away with it; for scripts to read in (`. installation.sh`).
# They set `port` for the relay's sink and `web` for the pages before, and $database to use another than SQLite.
# Afterwards they are in the folder $work, with $program, an empty folder `issues`, and coranto.toml to append to.
target=${CARGO_TARGET_DIR:-$here/../target}
program=${CORANTO_PROGRAM:-$target/release/coranto}
case $program in /*) ;; *) program=$PWD/$program ;; esac
[ -x "$program" ] || { echo "there is no $program: cargo build --release" >&2; exit 1; }
PATH=$PATH:/usr/sbin
work=$(mktemp -d)
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
database = "${database:-sqlite://$work/coranto.db}"
secret_key_file = "secret.key"
[newsletters.week]
name = "The Week"
from = "The Week <week@news.example.org>"
postal_address = "1 Example Street, 10000 Example"
time_zone = "UTC"
TOML

# The relay, and how many connections to it.
relay() {
    cat >>coranto.toml <<TOML
[[relays]]
name = "sink"
host = "127.0.0.1"
port = $port
tls = "none"
connections = $1
messages_per_connection = 1000000
TOML
}

# Postfix's sink, which takes every mail and keeps none.
start_sink() {
    if [ "$(id -u)" = 0 ]; then smtp-sink -u nobody "127.0.0.1:$port" 512 >/dev/null 2>&1 &
    else smtp-sink "127.0.0.1:$port" 512 >/dev/null 2>&1 & fi
    sink=$!
    sleep 1
}
stop_sink() { kill "$sink"; wait "$sink" 2>/dev/null || true; sink=; }

# Made-up readers, from one number to before another, as CSV.
people() { awk -v from="$1" -v to="$2" 'BEGIN { print "email,name"; for (i = from; i < to; i++) print "reader" i "@example.net,Ada" }'; }
