"""Opens connections to 127.0.0.1, asks and never reads: unread.py PORT HOW_MANY SECONDS PID

Each asks 2,000 times at once with a small receive buffer, and is opened anew after 30 seconds. Beside them /healthz is
asked five times a second, by a process of its own. Prints how long that took, the memory of the server PID, and how many files it had open: most,
and when nobody had been let go of for 20 seconds.
"""
import asyncio
import multiprocessing
import os
import pathlib
import socket
import sys
import time

port, many, seconds, pid = (int(argument) for argument in sys.argv[1:5])
start = time.monotonic()
many, end = min(many, 20_000), start + min(seconds, 120)
ASKS = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port * 2_000
processes = multiprocessing.get_context("fork")
opened = processes.Value("i", 0)
times, most_kb, files = [], 0, []
AGAIN_SECONDS = 30


async def one():
    loop = asyncio.get_running_loop()
    while time.monotonic() < end:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        try:
            await asyncio.wait_for(loop.sock_connect(sock, ("127.0.0.1", port)), 10)
            opened.value += 1
            again = min(end, time.monotonic() + AGAIN_SECONDS)
            await asyncio.wait_for(loop.sock_sendall(sock, ASKS), max(0.1, again - time.monotonic()))
            await asyncio.sleep(max(0.1, again - time.monotonic()))
        except (OSError, asyncio.TimeoutError):
            await asyncio.sleep(0.5)
        finally:
            sock.close()


def memory():
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


async def ask():
    global most_kb
    while time.monotonic() < end:
        begun = time.monotonic()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            answer = await asyncio.wait_for(reader.read(), 10)
            assert answer.startswith(b"HTTP/1.1 200"), answer[:40]
            writer.close()
            times.append(time.monotonic() - begun)
        except (OSError, asyncio.TimeoutError, AssertionError) as error:
            times.append(10.0)
            print(f"/healthz: {error!r}")
        most_kb = max(most_kb, memory())
        files.append((time.monotonic() - start, len(os.listdir(f"/proc/{pid}/fd"))))
        await asyncio.sleep(0.2)


async def all_of_them():
    await asyncio.gather(*(one() for _ in range(many)))


def main():
    crowd = processes.Process(target=lambda: asyncio.run(all_of_them()))
    crowd.start()
    asyncio.run(ask())
    crowd.join()
    times.sort()
    late = [count for at, count in files if 20 < at < AGAIN_SECONDS] or [0]
    print(
        f"{many} that never read: {opened.value} opened; /healthz {len(times)} times, median"
        f" {times[len(times) // 2] * 1000:.0f} ms, 99 of 100 within {times[len(times) * 99 // 100] * 1000:.0f} ms,"
        f" longest {times[-1] * 1000:.0f} ms; memory {most_kb // 1024} MiB;"
        f" files of the server: {max(count for _, count in files)} at most, {min(late)} after 20 s"
    )


main()
