"""Opens connections to 127.0.0.1 and says nothing: silent.py PORT HOW_MANY SECONDS. Those that are closed are opened anew."""
import asyncio
import sys
import time

port, many, seconds = (int(argument) for argument in sys.argv[1:4])
end = time.monotonic() + min(seconds, 120)
opened = 0


async def one():
    global opened
    while time.monotonic() < end:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            opened += 1
            # Half of them begin a head and never end it.
            if opened % 2:
                writer.write(b"GET / HTTP/1.1\r\nx: ")
            await asyncio.wait_for(reader.read(1), max(0.1, end - time.monotonic()))
            writer.close()
        except (OSError, asyncio.TimeoutError):
            await asyncio.sleep(0.5)


async def main():
    await asyncio.gather(*(one() for _ in range(min(many, 20000))))
    print(f"silent connections opened: {opened}")


asyncio.run(main())
