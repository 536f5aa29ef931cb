#!/bin/sh
# How fast reports are read from a mailbox: an issue goes to the program's own sink, a report of each email waits in a real
# Dovecot, and the server reads and moves them all.
#   sh benches/mailbox.sh [REPORTS [DATABASE]]
# Says how long it took from the server's start until every report is a notice, and the server's largest memory.
# Needs a release build, root (Dovecot gives nobody's mail to root, so it is nobody's), Python 3, and Debian's packages
# dovecot-imapd, openssl and postfix. All traffic stays on 127.0.0.1.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
reports=${1:-100000}
database=${2:-}
port=2598
web=8394
metrics=8395
imap=2993
. "$here/installation.sh"
chmod 755 "$work"
sed -i 's/^postal_address/bounce_address = "editor+{token}@bounce.example.org"\npostal_address/' coranto.toml
relay 10
cat >>coranto.toml <<TOML
[server]
listen = "127.0.0.1:$web"
metrics_listen = "127.0.0.1:$metrics"
[[inbound.mailboxes]]
name = "office"
host = "localhost"
port = $imap
ca_file = "$work/dovecot/cert.pem"
username = "editor@bounce.example.org"
password = "s3cret"
every_seconds = 10
TOML

printf -- '---\ntitle: A letter\nsummary: Short.\n---\nWords.\n' >"issues/$(date -u +%F)-letter.md"
people 0 "$reports" >readers.csv
"$program" -q --yes subscribers import readers.csv --agreed bench >/dev/null
"$program" sink --listen "127.0.0.1:$port" --journal mails.jsonl >/dev/null 2>&1 &
sink=$!
: >serve.log
"$program" -q --yes queue "issues/$(date -u +%F)-letter.md" --now --no-undo --confirm "$reports" >/dev/null
"$program" serve --role schedule,deliver >>serve.log 2>&1 &
server=$!
until grep -q "is finished" serve.log; do kill -0 "$server"; sleep 0.5; done
kill "$server"
wait "$server" || true
server=
stop_sink

mkdir -p dovecot/run dovecot/state dovecot/home/Maildir/new dovecot/home/Maildir/cur dovecot/home/Maildir/tmp
python3 "$here/mailbox.py" mails.jsonl dovecot/home/Maildir/new
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout dovecot/key.pem -out dovecot/cert.pem 2>/dev/null
nobody=$(id -u nobody)
chown -R nobody: dovecot/home
cat >dovecot/dovecot.conf <<CONF
base_dir = $work/dovecot/run
state_dir = $work/dovecot/state
log_path = $work/dovecot/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <$work/dovecot/cert.pem
ssl_key = <$work/dovecot/key.pem
first_valid_uid = 1
mail_location = maildir:$work/dovecot/home/Maildir
service imap-login {
  chroot =
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = $imap
    ssl = yes
  }
}
service anvil {
  chroot =
}
namespace inbox {
  inbox = yes
}
passdb {
  driver = static
  args = password=s3cret
}
userdb {
  driver = static
  args = uid=$nobody gid=$(id -g nobody) home=$work/dovecot/home
}
CONF
dovecot -F -c dovecot/dovecot.conf &
sink=$!
sleep 2

kept() {
    python3 - "$metrics" <<'PY'
import re, sys, urllib.request
text = urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/metrics").read().decode()
print(sum(int(one) for one in re.findall(r'^coranto_reports_total\{source="mailbox".*\} (\d+)', text, re.M)))
PY
}
begun=$(date +%s)
"$program" serve >>serve.log 2>&1 &
server=$!
until [ "$(kept 2>/dev/null || echo 0)" -ge "$reports" ]; do
    [ $(($(date +%s) - begun)) -lt 1200 ] || { echo "not all were read within 20 minutes: $(kept)" >&2; exit 1; }
    sleep 1
done
seconds=$(($(date +%s) - begun))
moved() { find dovecot/home/Maildir/.Coranto -type f -path '*/[cn]*/*' | wc -l; }
echo "$reports reports are notices after $seconds s, $((reports / (seconds > 0 ? seconds : 1))) a second; $(moved) are moved by then"
awk '/VmHWM/ { printf "largest memory of the server: %d MiB\n", $2 / 1024 }' "/proc/$server/status"
