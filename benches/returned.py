"""A report of each email of a journal comes back over LMTP, each to its return path.

returned.py PORT JOURNAL CONNECTIONS [PER_SECOND SERVE_LOG]: with a rate it sends so many a second until SERVE_LOG says that
the issue is finished, over and over. Everything stays on 127.0.0.1.
"""
import json
import socket
import sys
import threading
import time

port, connections = int(sys.argv[1]), int(sys.argv[3])
per_second, log = (int(sys.argv[4]), sys.argv[5]) if len(sys.argv) > 4 else (None, None)
SECONDS_MAX = 300
paths = [(line["from"], line["to"]) for line in map(json.loads, open(sys.argv[2]))]
COPY = "".join(f"A line of text, number {number}, as letters have them.\r\n" for number in range(60))
took = [[] for _ in range(connections)]
wrong, over = [], threading.Event()


def report(sender, recipient):
    return (
        f"From: MAILER-DAEMON@mx.example.net\r\nTo: {sender}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain\r\n\r\n<{recipient}>: host mx.example.net said: 552 5.2.2 Mailbox full\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.2.2\r\n"
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: week@news.example.org\r\nSubject: A letter\r\n\r\n{COPY}\r\n--b--\r\n.\r\n"
    ).encode()


def bring(worker):
    stream = socket.create_connection(("127.0.0.1", port), timeout=60)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    replies = stream.makefile("rb")

    def answer():
        while True:
            line = replies.readline()
            if line[3:4] != b"-":
                return line
    answer()
    stream.sendall(b"LHLO mx.example.net\r\n")
    answer()
    begun, brought = time.perf_counter(), 0
    while not over.is_set():
        mine = paths[worker::connections]
        for sender, recipient in mine:
            if over.is_set():
                break
            asked = time.perf_counter()
            stream.sendall(f"MAIL FROM:<>\r\nRCPT TO:<{sender}>\r\nDATA\r\n".encode())
            if [answer()[:3] for _ in range(3)] != [b"250", b"250", b"354"]:
                wrong.append(sender)
                return
            stream.sendall(report(sender, recipient))
            if answer()[:3] != b"250":
                wrong.append(sender)
            took[worker].append(time.perf_counter() - asked)
            brought += 1
            if per_second:
                time.sleep(max(0, begun + brought * connections / per_second - time.perf_counter()))
        if not per_second:
            break
    stream.sendall(b"QUIT\r\n")


threads = [threading.Thread(target=bring, args=(worker,)) for worker in range(connections)]
begun = time.perf_counter()
for thread in threads:
    thread.start()
until = time.monotonic() + SECONDS_MAX
while any(thread.is_alive() for thread in threads) and time.monotonic() < until:
    if log and "is finished" in open(log).read():
        over.set()
    time.sleep(0.05)
seconds = time.perf_counter() - begun
over.set()
for thread in threads:
    thread.join()
all_of_them = sorted(1000 * one for worker in took for one in worker)
at = lambda share: all_of_them[min(len(all_of_them) - 1, int(len(all_of_them) * share))]
print(f"reports: {len(all_of_them):,} in {seconds:.1f} s, {len(all_of_them) / seconds:,.0f} a second over {connections} connections; not taken: {len(wrong)}")
print(f"answers: half within {at(0.5):.0f} ms, 99 of 100 within {at(0.99):.0f} ms, the last after {all_of_them[-1]:.0f} ms")
sys.exit(1 if wrong else 0)
