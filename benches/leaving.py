"""Readers leave by one click, one after another on some connections, until a process ends; says how long each took.

leaving.py PORT MAILS SERVE_LOG [PAUSE]: MAILS is a folder of mails with List-Unsubscribe. Ends when SERVE_LOG says that the
issue is finished, or when all have left. PAUSE is in seconds, after each answer. Everything stays on 127.0.0.1.
"""
import glob
import http.client
import re
import sys
import threading
import time
from urllib.parse import urlsplit

CONNECTIONS, SECONDS_MAX = 8, 120
port, mails, log = int(sys.argv[1]), sys.argv[2], sys.argv[3]
pause_seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 0.02
links = []
for name in glob.glob(f"{mails}/*.eml"):
    head = re.sub(r"\r?\n[ \t]+", " ", open(name, encoding="utf-8", newline="").read().split("\r\n\r\n", 1)[0])
    links.append(urlsplit(re.search(r"^List-Unsubscribe:.*<(http[^>]+)>", head, re.M)[1]).path)
took = [[] for _ in range(CONNECTIONS)]
wrong = []
over = threading.Event()


def leave(worker):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for link in links[worker::CONNECTIONS]:
        if over.is_set():
            return
        asked = time.perf_counter()
        connection.request("POST", link, "List-Unsubscribe=One-Click", headers)
        response = connection.getresponse()
        response.read()
        took[worker].append(time.perf_counter() - asked)
        if response.status != 200:
            wrong.append(response.status)
        time.sleep(pause_seconds)


threads = [threading.Thread(target=leave, args=(worker,)) for worker in range(CONNECTIONS)]
begun = time.perf_counter()
for thread in threads:
    thread.start()
until = time.monotonic() + SECONDS_MAX
while any(thread.is_alive() for thread in threads) and time.monotonic() < until:
    if "is finished" in open(log).read():
        over.set()
    time.sleep(0.05)
over.set()
for thread in threads:
    thread.join()
seconds = time.perf_counter() - begun
all_of_them = sorted(1000 * seconds for worker in took for seconds in worker)
at = lambda share: all_of_them[min(len(all_of_them) - 1, int(len(all_of_them) * share))]
print(f"unsubscribed: {len(all_of_them)} while the issue went out, of {len(links)}; not taken: {len(wrong)}; {len(all_of_them) / seconds:,.0f} a second")
print(f"answers: half within {at(0.5):.1f} ms, 99 of 100 within {at(0.99):.1f} ms, the last after {all_of_them[-1]:.1f} ms")
sys.exit(1 if wrong else 0)
