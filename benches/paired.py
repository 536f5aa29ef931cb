#!/usr/bin/env python3
"""The engine's processor time for a mail beside the sink's in the same run, of two programs in turn.

    python3 benches/paired.py BEFORE NOW [READERS [ROUNDS [REFUSED_PERCENT [WORDS]]]]

BEFORE and NOW are two release builds of coranto. Each round sends one issue to READERS readers with each of them, from
SQLite into `coranto sink` of NOW, over 10 connections. REFUSED_PERCENT of the addresses are refused at RCPT as unknown.
The issue has 17 paragraphs of 100 words, and of WORDS for NOW: where the two dress it otherwise, emails of one size are
compared by that, since the sink's time goes by the size.
The quotient of engine and sink takes the machine's mood out of it. All traffic stays on 127.0.0.1.
"""

import os
import random
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")
FINISHED = "is finished"
PATIENCE_S = 600


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def processor_s(pid):
    """User and system time of a process so far."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def untried(database):
    """Mails of an issue that were not tried yet; `None` before there are any, and of builds that do not count waits."""
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
            counts = "SUM(attempts = 0 AND waits IS NULL AND state NOT IN ('sent', 'failed', 'skipped'))"
            return db.execute(f"SELECT {counts} FROM deliveries WHERE issue_id IS NOT NULL").fetchone()[0]
    except sqlite3.OperationalError:
        return None


def words(count):
    dice = random.Random(1)
    known = "the delegation spoke of patience and of maps while river towns counted their bridges and days".split()
    return " ".join(dice.choice(known) for _ in range(count))


def write_installation(home, port, readers, refused_percent, paragraph=100):
    with open(f"{home}/secret.key", "w") as file:
        file.write("1:" + os.urandom(32).hex() + "\n")
    with open(f"{home}/coranto.toml", "w") as file:
        file.write(
            f'public_url = "http://127.0.0.1:{free_port()}"\n'
            'database = "sqlite://coranto.db"\nsecret_key_file = "secret.key"\n'
            '[newsletters.week]\nname = "The Week"\nfrom = "The Week <week@news.example.org>"\n'
            'postal_address = "1 Example Street, 10000 Example"\ntime_zone = "UTC"\n'
            f'[[relays]]\nname = "sink"\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n'
            "connections = 10\nmessages_per_connection = 1000000\n"
        )
    os.mkdir(f"{home}/issues")
    with open(f"{home}/issues/2026-11-27-thirty.md", "w") as file:
        file.write("---\ntitle: A letter of thirty kilobytes\nsummary: As long as it is wanted.\n---\n")
        for _ in range(17):
            file.write(f"\nThe {words(paragraph)}.\n")
    with open(f"{home}/readers.csv", "w") as file:
        file.write("email,name\n")
        for number in range(readers):
            refused = number % 100 < refused_percent
            domain = f"town{number % 997}.example"
            file.write(f"{'permfail-' if refused else ''}reader{number}@{domain},Ada\n")


def sent(program, sink_program, readers, refused_percent, paragraph=100):
    """Sends one issue; returns the processor seconds of engine and sink, and the seconds it took."""
    home = tempfile.mkdtemp(prefix="coranto-paired-")
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("CORANTO")}
    surroundings["CORANTO_OFFLINE"] = "1"
    port = free_port()
    started = []

    def start(arguments, log):
        process = subprocess.Popen(
            arguments, cwd=home, env=surroundings, stdout=open(f"{home}/{log}", "w"), stderr=subprocess.STDOUT
        )
        started.append(process)
        return process

    def run(*arguments):
        done = subprocess.run([program, *arguments], cwd=home, env=surroundings, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{program} {arguments}: {done.stdout}{done.stderr}")

    try:
        write_installation(home, port, readers, refused_percent, paragraph)
        agreed = ["--agreed", "made up for a measurement"]
        has_agreed = "--agreed" in subprocess.run(
            [program, "subscribers", "import", "--help"], capture_output=True, text=True
        ).stdout
        run("-q", "--yes", "subscribers", "import", "readers.csv", *(agreed if has_agreed else []))
        sink = start([sink_program, "sink", "--listen", f"127.0.0.1:{port}"], "sink.log")
        time.sleep(0.5)
        run("-q", "--yes", "queue", "issues/2026-11-27-thirty.md", "--now", "--no-undo", "--confirm", str(readers))
        begun, sink_before = time.monotonic(), processor_s(sink.pid)
        engine = start([program, "serve", "--role", "schedule,deliver"], "serve.log")
        while FINISHED not in open(f"{home}/serve.log").read() and untried(f"{home}/coranto.db") != 0:
            if engine.poll() is not None or time.monotonic() - begun > PATIENCE_S:
                sys.exit(open(f"{home}/serve.log").read()[-2000:])
            time.sleep(0.2)
        took = time.monotonic() - begun
        return processor_s(engine.pid), processor_s(sink.pid) - sink_before, took
    finally:
        for process in reversed(started):
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        shutil.rmtree(home)


def main():
    before, now = (os.path.abspath(path) for path in sys.argv[1:3])
    given = [int(value) for value in sys.argv[3:7]]
    readers, rounds, refused, paragraph = given + [20_000, 5, 0, 100][len(given) :]
    quotients = {before: [], now: []}
    for number in range(rounds):
        for program in (before, now) if number % 2 == 0 else (now, before):
            engine_s, sink_s, took_s = sent(program, now, readers, refused, paragraph if program == now else 100)
            quotients[program].append(engine_s / sink_s)
            name = "before" if program == before else "now"
            print(
                f"{name:6} engine {engine_s / readers * 1e6:5.0f} us, sink {sink_s / readers * 1e6:5.0f} us a mail, "
                f"quotient {engine_s / sink_s:.3f}, {readers / took_s:,.0f} a second",
                flush=True,
            )
    pairs = [b / a for a, b in zip(quotients[before], quotients[now])]
    print(
        f"now / before: median {statistics.median(pairs):.3f} of {rounds} pairs "
        f"({min(pairs):.3f} to {max(pairs):.3f}), {readers:,} readers, {refused} % refused"
    )


if __name__ == "__main__":
    main()
