"""Opens connections to a listener on 127.0.0.1 that say nothing, and brings reports past them.

silent_listener.py PORT CONNECTIONS REPORTS: each connection comes from a network of its own (127.X.Y.1), as strangers' do;
half of them begin a line and never end it. While they stand, reports to an address without a token come in one after
another from yet another network. Says how long each took from the connection to the answer to its RCPT, which is what
decides whether a report can be brought. Everything stays on 127.0.0.0/8.
"""
import resource
import selectors
import socket
import sys
import time

port, many, reports = (int(argument) for argument in sys.argv[1:4])
resource.setrlimit(resource.RLIMIT_NOFILE, (many + 100, max(many + 100, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))


def connect(source):
    connection = socket.socket()
    connection.bind((source, 0))
    connection.settimeout(30)
    connection.connect(("127.0.0.1", port))
    return connection


silent, began = [], time.perf_counter()
for number in range(many):
    one = connect(f"127.{1 + number // 200}.{number % 200}.1")
    if number % 2:
        one.sendall(b"EHLO x")
    one.setblocking(False)
    silent.append(one)
print(f"{many:,} silent connections opened in {time.perf_counter() - began:.1f} s")
took, wrong = [], []
for number in range(reports):
    asked = time.perf_counter()
    with connect(f"127.200.{number % 250}.1") as one:
        replies = one.makefile("rb")
        greeting = replies.readline()
        if not greeting.startswith(b"220"):
            wrong.append(greeting)
            continue
        one.sendall(b"HELO mx.example.net\r\n")
        replies.readline()
        one.sendall(b"MAIL FROM:<>\r\nRCPT TO:<nobody@bounce.example.org>\r\n")
        replies.readline()
        answer = replies.readline()
        if answer[:1] != b"5":
            wrong.append(answer)
        took.append(1000 * (time.perf_counter() - asked))
        one.sendall(b"QUIT\r\n")
watch = selectors.DefaultSelector()
for one in silent:
    watch.register(one, selectors.EVENT_READ)
closed = 0
for key, _ in watch.select(0):
    try:
        while data := key.fileobj.recv(4096):
            pass
        closed += 1
    except BlockingIOError:
        pass
    except OSError:
        closed += 1
took.sort()
if took:
    print(f"reports: {len(took)} answered, half within {took[len(took) // 2]:.0f} ms, the last after {took[-1]:.0f} ms")
print(f"turned away: {len(wrong)} {wrong[:1]}; silent connections that were closed meanwhile: {closed:,}")
sys.exit(1 if wrong else 0)
