"""Signs up from some connections, kills the server in the middle, and looks for everyone who was told "taken".

acknowledged.py PORT STAMP SERVER_PID DATABASE: everything stays on 127.0.0.1; SERVER_PID is killed by SIGKILL.
"""
import http.client
import os
import signal
import sqlite3
import sys
import threading
import time
from urllib.parse import urlencode

CONNECTIONS, SECONDS = 16, 5
port, stamp, server, database = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
acknowledged = [[] for _ in range(CONNECTIONS)]


def ask(worker):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for number in range(1_000_000):
        email = f"k{worker}.{number}@killed{number % 50}.example"
        body = urlencode({"email": email, "stamp": stamp})
        try:
            connection.request("POST", "/week/subscribe", body, {"Content-Type": "application/x-www-form-urlencoded"})
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            return
        if response.status == 303:
            acknowledged[worker].append(email)


threads = [threading.Thread(target=ask, args=(worker,)) for worker in range(CONNECTIONS)]
for thread in threads:
    thread.start()
time.sleep(SECONDS)
os.kill(server, signal.SIGKILL)
for thread in threads:
    thread.join()
told = {email for emails in acknowledged for email in emails}
rows = sqlite3.connect(database).execute(
    "SELECT u.email FROM subscribers u JOIN subscriptions s ON s.subscriber_id = u.id"
    " JOIN consents c ON c.subscription_id = s.id AND c.kind = 'asked'"
    " JOIN deliveries d ON d.subscription_id = s.id WHERE u.email LIKE 'k%@killed%'"
)
stored = {email for (email,) in rows}
print(f"acknowledged before the kill: {len(told)}, of these not in the database: {len(told - stored)}")
sys.exit(1 if told - stored else 0)
