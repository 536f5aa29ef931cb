#!/bin/sh
# How fast a database moves to the other engine and back: so many readers with their consents, and so many issues, each with
# a row of the ledger for every reader.
#   sh benches/copy.sh POSTGRES [READERS [ISSUES]]
# POSTGRES is the address of an empty database of PostgreSQL. Says rows a second and the program's largest memory, each way.
# Needs a release build (or CORANTO_PROGRAM), the command sqlite3, and GNU time as /usr/bin/time.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
postgres=${1:?say which empty database of PostgreSQL}
readers=${2:-100000}
issues=${3:-10}
port=2599
web=8395
. "$here/installation.sh"
relay 1

"$program" -q migrate >/dev/null
sqlite3 coranto.db >/dev/null <<SQL
PRAGMA foreign_keys = ON;
BEGIN;
INSERT INTO newsletters (id, slug, created_at) VALUES (1, 'week', 0);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $readers)
INSERT INTO subscribers (email, email_key, address_hash, quota_hash, name, created_at)
SELECT 'reader' || i || '@example.net', 'reader' || i || '@example.net', randomblob(32), randomblob(32), 'Ada', 1700000000000 FROM n;
INSERT INTO subscriptions (newsletter_id, subscriber_id, state, source, created_at, confirmed_at)
SELECT 1, id, 'active', 'form', created_at, created_at FROM subscribers;
INSERT INTO consents (subscription_id, kind, at, wording, client, source)
SELECT id, 'confirmed', created_at, 'One letter a week, until you unsubscribe.', '192.0.2.0/24', 'form' FROM subscriptions;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $issues)
INSERT INTO revisions (newsletter_id, kind, digest, title, subject, preheader, language, html, plain, source, created_at)
SELECT 1, 'issue', 'digest' || i, 'Letter ' || i, 'Letter', '', 'en', hex(zeroblob(15000)), hex(zeroblob(7000)), '', 0 FROM n;
INSERT INTO deliveries (issue_id, subscription_id, state, revision_id, attempts, first_at, final_at, relay)
SELECT r.id, s.id, 'sent', r.id, 1, 1700000000000 + s.id, 1700000000000 + s.id, 'sink' FROM revisions r, subscriptions s;
COMMIT;
SQL

# Moves by the flags given, and says how fast; the program's own output goes to a file.
move() {
    name=$1
    shift
    /usr/bin/time -f '%e %M' -o spent "$program" --json --yes migrate "$@" >moved.json 2>progress.log || { cat progress.log >&2; exit 1; }
    python3 - "$name" <<'PY'
import json, sys
moved = json.load(open("moved.json"))
rows = sum(table["target"]["rows"] for table in moved["tables"])
seconds, memory = open("spent").read().split()[-2:]
equal = all(table["equal"] for table in moved["tables"])
print(f"{sys.argv[1]}: {rows:,} rows in {float(seconds):.1f} s, {rows / float(seconds):,.0f} rows/s with the comparison, "
      f"largest memory {int(memory) / 1024:.0f} MiB, {'equal' if equal else 'DIFFERENT'}")
PY
}
move 'SQLite to PostgreSQL' --to "$postgres"
move 'PostgreSQL to SQLite' --from "$postgres" --to "sqlite://$work/back.db"
