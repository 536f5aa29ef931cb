#!/usr/bin/env python3
"""What becomes of an issue when its deliverer dies, sleeps, or loses its database while mails are on the wire.

    python3 tests/outages.py PROGRAM [kills|sleep|database|all] [--postgres] [--kills 50] [--readers 1000] [--seed 7]

PROGRAM is a release build. Each scenario sends into `coranto sink`, which never dies and writes each mail into a journal
before it answers. Readers unsubscribe by one click before their turn, by a web process of its own. At the end every row
of the ledger is held against the journal:

* sent means accepted; nobody is missed;
* twice came only what the ledger had shown as uncertain, and never a third time;
* nobody got a mail whose body began more than a second after their leaving was acknowledged.

With `--postgres` there are two deliverers, on a server of the script's own. All traffic stays on 127.0.0.1.
"""

import argparse
import glob
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

CONNECTIONS = 4
REPLY_DELAY_MS = 20
# A body that had begun when the leaving was acknowledged may still arrive: the relay's answers and one commit.
ON_THE_WIRE_S = 1.0
HALF_AN_HOUR_MS = 31 * 60 * 1000
PATIENCE_S = 300
OPEN = "('pending', 'claimed', 'in_flight', 'uncertain')"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Postgres:
    """A cluster of the script's own, which can be killed."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="coranto-outages-pg-", dir="/tmp")
        self.port = free_port()
        self.bin = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres", "postgres")
        self.run(f"{self.bin}/initdb -D {self.home}/data -A trust -U postgres")
        self.start()
        subprocess.run(["createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "coranto"], check=True)

    def run(self, command):
        if os.geteuid() == 0:
            command = f"su postgres -c '{command}'"
        subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self):
        options = f'"-p {self.port} -h 127.0.0.1 -k {self.home}"'
        self.run(f"{self.bin}/pg_ctl -D {self.home}/data -o {options} -l {self.home}/log -w start")

    def stop(self, how):
        self.run(f"{self.bin}/pg_ctl -D {self.home}/data -m {how} -w stop")

    def url(self):
        return f"postgres://postgres@127.0.0.1:{self.port}/coranto"

    def rows(self, sql):
        command = ["psql", "-qAt", "-F", "\t", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "coranto"]
        said = subprocess.run([*command, "-c", sql], capture_output=True, text=True, check=True).stdout
        return [tuple(line.split("\t")) for line in said.splitlines()]

    def end(self):
        self.stop("fast")
        shutil.rmtree(self.home)


class Sqlite:
    """The file; the program writes it, the script reads it and moves time."""

    def __init__(self, path):
        self.path = path

    def url(self):
        return f"sqlite://{self.path}"

    def rows(self, sql):
        connection = sqlite3.connect(self.path, timeout=30)
        with connection:
            found = [tuple("" if value is None else str(value) for value in row) for row in connection.execute(sql)]
        connection.close()
        return found

    def end(self):
        pass


class Scene:
    """An installation, its sink, and what was seen."""

    def __init__(self, options):
        self.options = options
        self.dice = random.Random(options.seed)
        self.home = tempfile.mkdtemp(prefix="coranto-outages-")
        self.database = Postgres() if options.postgres else Sqlite(f"{self.home}/coranto.db")
        self.web_port, self.sink_port = free_port(), free_port()
        self.surroundings = {key: value for key, value in os.environ.items() if not key.startswith("CORANTO")}
        self.surroundings["CORANTO_OFFLINE"] = "1"
        self.issues, self.links, self.told, self.in_doubt = [], {}, {}, set()
        self.most_in_doubt = self.kills_on_the_wire = 0
        self.processes = []
        self.nobody_leaves = threading.Lock()
        self.install()

    def install(self):
        os.mkdir(f"{self.home}/issues")
        with open(f"{self.home}/secret.key", "w") as file:
            file.write("1:" + os.urandom(32).hex() + "\n")
        with open(f"{self.home}/coranto.toml", "w") as file:
            file.write(
                f'public_url = "http://127.0.0.1:{self.web_port}"\ndatabase = "{self.database.url()}"\n'
                f'secret_key_file = "secret.key"\n[server]\nlisten = "127.0.0.1:{self.web_port}"\n'
                '[newsletters.week]\nname = "The Week"\nfrom = "The Week <week@example.com>"\n'
                'postal_address = "1 Example Street, Example"\ntime_zone = "UTC"\n'
                f'[[relays]]\nname = "main"\nhost = "127.0.0.1"\nport = {self.sink_port}\ntls = "none"\n'
                f"connections = {CONNECTIONS}\n"
            )
        with open(f"{self.home}/readers.csv", "w") as file:
            file.write("email,name\n" + "".join(f"reader{n}@town{n % 41}.example,\n" for n in range(self.options.readers)))
        help_text = subprocess.run(
            [self.options.program, "subscribers", "import", "--help"], capture_output=True, text=True
        ).stdout
        agreed = ["--agreed", "made up for a test"] if "--agreed" in help_text else []
        self.command("--yes", "subscribers", "import", "readers.csv", *agreed)
        self.sink = self.start(
            "sink", "--listen", f"127.0.0.1:{self.sink_port}", "--journal", f"{self.home}/journal.jsonl",
            "--dir", f"{self.home}/mails", "--reply-delay", f"{REPLY_DELAY_MS}ms",
        )
        self.web = self.start("serve", "--role", "web")

    def command(self, *arguments):
        done = subprocess.run(
            [self.options.program, *arguments], cwd=self.home, env=self.surroundings, capture_output=True, text=True
        )
        if done.returncode:
            sys.exit(f"coranto {arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self, *arguments):
        log = f"{self.home}/{arguments[0]}-{len(self.processes)}.log"
        process = subprocess.Popen(
            [self.options.program, *arguments], cwd=self.home, env=self.surroundings,
            stdout=open(log, "w"), stderr=subprocess.STDOUT,
        )
        process.log = log
        self.processes.append(process)
        return process

    def deliverers(self):
        """On PostgreSQL two, of which the first also schedules."""
        roles = ["schedule,deliver"] + (["deliver"] if self.options.postgres else [])
        return [self.start("serve", "--role", role) for role in roles]

    def queue(self):
        slug = f"issue-{len(self.issues) + 1}"
        with open(f"{self.home}/issues/{slug}.md", "w") as file:
            file.write(f"---\ntitle: Number {len(self.issues) + 1}\n---\nDear {{{{ name | reader }}}},\n\nnews.\n")
        # Nobody leaves between the number and its confirmation: the program refuses a number that is no longer true.
        with self.nobody_leaves:
            looked = json.loads(self.command("queue", f"issues/{slug}.md", "--now", "--dry-run", "--json"))
            confirm = ["--confirm", str(looked["readers"])]
            self.command("--yes", "queue", f"issues/{slug}.md", "--now", "--no-undo", *confirm)
        self.issues.append(slug)

    def states(self, slug=None):
        issue = f"(SELECT id FROM issues WHERE slug = '{slug or self.issues[-1]}')"
        return {s: int(n) for s, n in self.database.rows(
            f"SELECT state, COUNT(*) FROM deliveries WHERE issue_id = {issue} GROUP BY state")}

    def taken(self):
        with open(f"{self.home}/journal.jsonl") as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def taken_count(self):
        try:
            with open(f"{self.home}/journal.jsonl", "rb") as file:
                return file.read().count(b"\n")
        except FileNotFoundError:
            return 0

    def wait(self, what, until):
        begun = time.monotonic()
        while not until():
            if time.monotonic() - begun > PATIENCE_S:
                sys.exit(f"{what}: nothing happens; {self.states()}")
            time.sleep(0.02)

    def first_issue(self):
        """Goes out in peace; its mails hold the links by which readers leave."""
        self.queue()
        deliverers = self.deliverers()
        self.wait("the first issue", lambda: self.taken_count() >= self.options.readers)
        self.stop(deliverers)
        for name in glob.glob(f"{self.home}/mails/*.eml"):
            with open(name, encoding="utf-8", errors="replace") as file:
                text = file.read()
            reader = re.search(r"(reader\d+@town\d+\.example)", os.path.basename(name) + text).group(1)
            self.links[reader] = re.search(r"List-Unsubscribe:\s*<http://[^/]+(/\S+?)>", text).group(1)

    def stop(self, processes):
        for process in processes:
            # Before this line nothing is on the wire, and a signal simply ends it.
            self.wait("the start", lambda process=process: "delivery begins" in open(process.log).read())
            process.send_signal(signal.SIGTERM)
        for process in processes:
            if process.wait(120) != 0:
                sys.exit(f"a deliverer ended with {process.returncode}")

    def leave(self, reader):
        body = urllib.parse.urlencode({"List-Unsubscribe": "One-Click"})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.web_port, timeout=30)
            self.told.setdefault(reader, None)
            connection.request("POST", self.links[reader], body, kind)
            if connection.getresponse().status == 200:
                self.told[reader] = time.time() * 1000
        except OSError:
            pass  # The database was away: the reader was told nothing.

    def leave_before_their_turn(self, until):
        """Readers whose row still waits, one after another; at most a third of the list."""
        while not until.is_set() and len(self.told) < self.options.readers / 3:
            try:
                waiting = self.database.rows(
                    "SELECT u.email FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id"
                    " JOIN subscribers u ON u.id = s.subscriber_id"
                    f" WHERE d.issue_id = (SELECT id FROM issues WHERE slug = '{self.issues[-1]}')"
                    " AND d.state IN ('pending', 'claimed', 'in_flight') AND s.state = 'active' LIMIT 40"
                )
            except (subprocess.CalledProcessError, sqlite3.OperationalError):
                waiting = []
            if waiting:
                with self.nobody_leaves:
                    self.leave(self.dice.choice(waiting)[0])
            time.sleep(0.15)

    def note_doubts(self, *states):
        """Rows that the ledger shows as uncertain; after a kill those on the wire are about to be."""
        found = [self.database.rows(f"SELECT id FROM deliveries WHERE state = '{s}'") for s in ("uncertain", *states)]
        self.in_doubt.update(row[0] for rows in found for row in rows)
        return len(found[-1])

    def let_half_an_hour_pass(self):
        # On the rows alone: the program's clock is the machine's.
        self.note_doubts()
        self.database.rows(
            f"UPDATE deliveries SET due_at = due_at - {HALF_AN_HOUR_MS} WHERE state = 'uncertain' AND due_at IS NOT NULL"
            + (" RETURNING id" if self.options.postgres else "")
        )

    def forget_the_dead(self):
        """A dead process is believed for its lease; here it is known to be dead."""
        if self.options.postgres:
            self.database.rows("UPDATE workers SET lease_until = 0 RETURNING id")
            self.database.rows("UPDATE leases SET lease_until = 0 RETURNING name")

    def kill(self):
        if not self.states().get("pending"):
            self.queue()
        before = self.taken_count()
        deliverers = self.deliverers()
        self.wait("a mail after the start", lambda: self.taken_count() > before)
        time.sleep(self.dice.uniform(0.005, 0.8))
        for process in deliverers:
            process.kill()
        for process in deliverers:
            process.wait()
        in_flight = self.note_doubts("in_flight")
        self.most_in_doubt = max(self.most_in_doubt, in_flight)
        self.kills_on_the_wire += in_flight > 0
        if in_flight > CONNECTIONS * len(deliverers):
            sys.exit(f"{in_flight} rows on the wire after a kill")
        self.forget_the_dead()

    def settle(self):
        """Until nothing is open but what waits for its half hour, which then passes."""
        deliverers = self.deliverers()
        deadline = time.monotonic() + PATIENCE_S
        while True:
            open_rows = self.database.rows(f"SELECT COUNT(*) FROM deliveries WHERE state IN {OPEN}")
            if open_rows == [("0",)]:
                break
            if time.monotonic() > deadline:
                print("still open:", self.database.rows(
                    f"SELECT state, reason, due_at, attempts FROM deliveries WHERE state IN {OPEN} LIMIT 10"))
                break
            self.let_half_an_hour_pass()
            time.sleep(0.5)
        self.stop(deliverers)

    def audit(self, name):
        issues = dict(self.database.rows("SELECT title, id FROM issues"))
        came = {}
        for mail in self.taken():
            key = (issues[mail["subject"]], mail["to"] if isinstance(mail["to"], str) else mail["to"][0])
            came.setdefault(key, []).append(mail)
        wrong, twice, failed, sent = [], 0, 0, 0
        rows = self.database.rows(
            "SELECT d.id, d.issue_id, u.email, d.state, COALESCE(d.reason, '') FROM deliveries d"
            " JOIN subscriptions s ON s.id = d.subscription_id JOIN subscribers u ON u.id = s.subscriber_id"
        )
        for row, issue, reader, state, reason in rows:
            times = len(came.pop((issue, reader), []))
            was_in_doubt = row in self.in_doubt
            twice += times == 2
            sent += state == "sent"
            failed += state == "failed"
            right = {
                "sent": 1 <= times <= (2 if was_in_doubt else 1),
                "failed": reason == "uncertain" and was_in_doubt and times <= 2,
                "skipped": (times == 0 or was_in_doubt and times <= 2) and reader in self.told,
                "uncertain": was_in_doubt and times <= 2,
            }.get(state, False)
            if not right:
                wrong.append(f"{reader}, issue {issue}: {state} {reason}, taken {times} times, in doubt: {was_in_doubt}")
        wrong += [f"{key}: taken and not in the ledger" for key in came]
        for mail in self.taken():
            reader = mail["to"] if isinstance(mail["to"], str) else mail["to"][0]
            told = self.told.get(reader)
            if told and mail["ts"] > told + ON_THE_WIRE_S * 1000:
                wrong.append(f"{reader} was written to {mail['ts'] - told:.0f} ms after leaving")
        left = sum(1 for told in self.told.values() if told)
        if not left:
            wrong.append("nobody left: nothing was shown")
        engine = "PostgreSQL, two deliverers" if self.options.postgres else "SQLite"
        print(
            f"{name}, {engine}: {len(self.issues)} issues to {self.options.readers} readers, {left} left before their turn, "
            f"{self.taken_count()} mails taken, {sent} rows sent, {len(self.in_doubt)} rows in doubt "
            f"(at most {self.most_in_doubt} after one kill), {twice} twice, {failed} failed as uncertain; "
            + ("all as it should be" if not wrong else f"{len(wrong)} WRONG"),
            flush=True,
        )
        for line in wrong[:20]:
            print("  " + line)
        return not wrong

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        self.database.end()
        shutil.rmtree(self.home, ignore_errors=True)


def kills(scene):
    scene.first_issue()
    until = threading.Event()
    leaver = threading.Thread(target=scene.leave_before_their_turn, args=[until])
    leaver.start()
    for number in range(scene.options.kills):
        scene.kill()
        if number % 5 == 4:
            scene.let_half_an_hour_pass()
    until.set()
    leaver.join()
    scene.settle()
    right = scene.audit(f"{scene.options.kills} kills, {scene.kills_on_the_wire} of them with mails on the wire")
    return right and scene.kills_on_the_wire >= scene.options.kills * 3 // 4


def sleep(scene):
    """The first deliverer is stopped for 90 seconds, longer than its lease, and readers leave meanwhile."""
    scene.first_issue()
    scene.queue()
    before = scene.taken_count()
    deliverers = scene.deliverers()
    scene.wait("a mail after the start", lambda: scene.taken_count() > before + 20)
    deliverers[0].send_signal(signal.SIGSTOP)
    until = threading.Event()
    leaver = threading.Thread(target=scene.leave_before_their_turn, args=[until])
    leaver.start()
    for _ in range(90):
        time.sleep(1)
        scene.note_doubts()
    until.set()
    leaver.join()
    deliverers[0].send_signal(signal.SIGCONT)
    scene.wait("the rest", lambda: not scene.states().get("pending") and not scene.states().get("claimed"))
    scene.note_doubts()
    scene.stop(deliverers)
    scene.settle()
    return scene.audit("asleep for 90 s")


def database(scene):
    """PostgreSQL is stopped hard twice while mails are on the wire."""
    scene.first_issue()
    scene.queue()
    deliverers = scene.deliverers()
    until = threading.Event()
    leaver = threading.Thread(target=scene.leave_before_their_turn, args=[until])
    leaver.start()
    for _ in range(2):
        before = scene.taken_count()
        scene.wait("a mail", lambda before=before: scene.taken_count() > before + 40)
        scene.note_doubts()
        scene.database.stop("immediate")
        time.sleep(3)
        scene.database.start()
    scene.wait("the rest", lambda: not scene.states().get("pending") and not scene.states().get("claimed"))
    until.set()
    leaver.join()
    scene.note_doubts()
    scene.stop(deliverers)
    scene.settle()
    return scene.audit("database killed twice")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("scenario", nargs="?", default="all", choices=["kills", "sleep", "database", "all"])
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--readers", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    known = {"kills": kills, "sleep": sleep} | ({"database": database} if options.postgres else {})
    wanted = known if options.scenario == "all" else {options.scenario: known[options.scenario]}
    right = True
    for play in wanted.values():
        scene = Scene(options)
        try:
            right &= play(scene)
        finally:
            scene.end()
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
