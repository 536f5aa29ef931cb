"""Whether the sign-up form tells which addresses are known: by its answer, or by the time that takes.

enumeration.py [ROUNDS [PROGRAM]]: starts PROGRAM (target/release/coranto) on 127.0.0.1 with a database of its own, makes
addresses of five kinds known to it, and asks ROUNDS times (1,000) for one of each kind, interleaved and in an order that
changes. Prints Welch's t between each two kinds; fails from 4.5 on, or when status, headers or pages differ. A kind's
address is a new one each time, since the second mail to one is another case, which is measured as the kind "quota".
"""
import http.client
import itertools
import math
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlencode

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
PROGRAM = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else "target/release/coranto")
PORT = 8392
KINDS = ["new", "known", "left", "suppressed", "quota"]
CONFIGURATION = """
public_url = "http://127.0.0.1:{port}"
database = "sqlite://coranto.db"
secret_key_file = "secret.key"
[server]
listen = "127.0.0.1:{port}"
[signup]
requests_per_hour = 1000000
domain_requests_per_hour = 10000000
all_requests_per_hour = 100000000
challenge = "never"
[newsletters.week]
name = "The Week"
from = "The Week <week@news.example.org>"
postal_address = "1 Example Street, 10000 Example"
"""


def address(kind, number):
    return f"reader{number:06}@{kind:x<12}.example"


def command(home, *arguments):
    subprocess.run([PROGRAM, "-q", "--yes", *arguments], cwd=home, check=True, stdout=subprocess.DEVNULL)


def prepare(home):
    (home / "issues").mkdir()
    (home / "secret.key").write_text("1:" + os.urandom(32).hex() + "\n")
    (home / "coranto.toml").write_text(CONFIGURATION.format(port=PORT))
    for kind in KINDS[1:4]:
        rows = "".join(f"{address(kind, number)}\n" for number in range(ROUNDS))
        (home / f"{kind}.csv").write_text("email\n" + rows)
        command(home, "subscribers", "import", f"{kind}.csv", "--agreed", "a test")
    with sqlite3.connect(home / "coranto.db") as database:
        database.execute(
            "UPDATE subscriptions SET state = 'unsubscribed', left_at = 1 WHERE subscriber_id IN"
            " (SELECT id FROM subscribers WHERE email LIKE '%@left%')"
        )
        database.execute(
            "INSERT INTO suppressions (address_hash, reason, note, created_at)"
            " SELECT address_hash, 'manual', '', 1 FROM subscribers WHERE email LIKE '%@suppressed%'"
        )


class Reader:
    def __init__(self):
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        self.connection.request("GET", "/week/subscribe")
        page = self.connection.getresponse().read().decode()
        self.stamp = re.search(r'name="stamp" value="([^"]+)"', page).group(1)
        time.sleep(2.5)

    def ask(self, email):
        body = urlencode({"email": email, "stamp": self.stamp})
        begun = time.perf_counter_ns()
        self.connection.request("POST", "/week/subscribe", body, {"Content-Type": "application/x-www-form-urlencoded"})
        response = self.connection.getresponse()
        content = response.read()
        took = (time.perf_counter_ns() - begun) / 1e6
        headers = tuple((name, re.sub("for=.*", "for=", value)) for name, value in response.getheaders() if name not in ("date", "x-request-id"))
        return took, (response.status, headers, content), response.getheader("location")

    def page(self, location, email):
        self.connection.request("GET", "/week/" + location)
        page = self.connection.getresponse().read().decode()
        token = location.split("for=")[1]
        return page.replace(email, "ADDRESS").replace(token, "TOKEN")


def welch(one, other):
    mean = [sum(times) / len(times) for times in (one, other)]
    spread = [sum((time - m) ** 2 for time in times) / (len(times) - 1) / len(times) for times, m in zip((one, other), mean)]
    return (mean[0] - mean[1]) / math.sqrt(sum(spread))


def measure():
    reader, times, answers, pages = Reader(), {kind: [] for kind in KINDS}, set(), set()
    for number in range(ROUNDS):
        # Its first mail of the day is asked for outside the measurement.
        reader.ask(address("quota", number))
        for kind in random.sample(KINDS, len(KINDS)):
            email = address(kind, number)
            took, answer, location = reader.ask(email)
            times[kind].append(took)
            answers.add(answer)
            if number < 20:
                pages.add(reader.page(location, email))
    return times, answers, pages


def main():
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        prepare(home)
        with open(home / "serve.log", "w") as log:
            server = subprocess.Popen([PROGRAM, "serve", "--role", "web"], cwd=home, stdout=log, stderr=log)
        try:
            time.sleep(2)
            times, answers, pages = measure()
        finally:
            server.terminate()
            server.wait()
    for kind, taken in times.items():
        ordered = sorted(taken)
        print(f"{kind:10} median {ordered[len(ordered) // 2]:7.2f} ms, 99 of 100 within {ordered[len(ordered) * 99 // 100]:7.2f} ms")
    worst = max((abs(welch(times[a], times[b])), a, b) for a, b in itertools.combinations(KINDS, 2))
    print(f"largest |t| of {len(KINDS) * (len(KINDS) - 1) // 2} pairs: {worst[0]:.2f} ({worst[1]} and {worst[2]}), {ROUNDS} each")
    print(f"kinds of answers: {len(answers)}, kinds of pages behind them: {len(pages)}; one of each is right")
    sys.exit(0 if worst[0] < 4.5 and len(answers) == len(pages) == 1 else 1)


main()
