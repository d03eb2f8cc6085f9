#!/usr/bin/env python3
"""Kills clients at random for some minutes, and checks that the others lose nothing and that nothing is left.

    python bench/chaos.py --minutes 10

Steady clients ask for pictures one after another, and every one must arrive. Beside them others go away at any moment:
in the middle of a head or a body, while they wait, while their picture is drawn or sent. At the end nothing may wait or
run, no connection may be open, and memory may not have grown over the second half of the time.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import time

from service import MIB, Service, Verdicts, serving

# MiB a minute that count as growth, and MiB that a machine's noise may be over a short time.
SLOPE, NOISE = 1.0, 8.0


def request(body: dict) -> bytes:
    payload = json.dumps(body).encode()
    head = (
        "POST /api/pictures HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(payload)}\r\n\r\n")
    return head.encode() + payload


class Chaos:
    def __init__(self, service: Service, seed: int):
        self.service, self.random = service, random.Random(seed)
        self.stopping = asyncio.Event()
        self.arrived, self.lost, self.killed = 0, [], 0

    async def connect(self):
        return await asyncio.open_connection("127.0.0.1", self.service.port, limit=64 * MIB)

    async def steady(self) -> None:
        while not self.stopping.is_set():
            body = {"prompt": "green tree", "steps": self.random.randint(1, 12), "n": self.random.randint(1, 2)}
            reader, writer = await self.connect()
            writer.write(request(body))
            answer = await reader.read(-1)
            writer.close()
            if b"\nevent: done\n" in answer and answer.count(b'"b64":"') == body["n"]:
                self.arrived += 1
            else:
                self.lost.append(answer[:200])

    async def doomed(self) -> None:
        while not self.stopping.is_set():
            body = {"prompt": "blue star icon", "steps": self.random.randint(1, 150), "n": self.random.randint(1, 10)}
            text = request(body)
            if self.random.random() < 0.2:
                text = text[:self.random.randrange(len(text))]
            reader, writer = await self.connect()
            try:
                writer.write(text)
                async with asyncio.timeout(self.random.expovariate(2)):
                    await reader.read(-1)
            except (TimeoutError, ConnectionError):
                pass
            self.killed += 1
            # Half of them vanish without a word, by a reset.
            if self.random.random() < 0.5:
                writer.transport.abort()
            else:
                writer.close()

    async def run(self, minutes: float, steady: int, doomed: int) -> list[tuple[float, float]]:
        """Gives the memory over time, as minutes and MiB."""
        clients = [asyncio.create_task(self.steady()) for _ in range(steady)]
        clients += [asyncio.create_task(self.doomed()) for _ in range(doomed)]
        memory, start = [], time.monotonic()
        while (elapsed := (time.monotonic() - start) / 60) < minutes:
            memory.append((elapsed, await asyncio.to_thread(self.service.resident)))
            await asyncio.sleep(0.5)
            for client in clients:
                if client.done():
                    client.result()
        self.stopping.set()
        await asyncio.gather(*clients)
        return memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--steady", type=int, default=4, help="clients that stay")
    parser.add_argument("--doomed", type=int, default=16, help="clients that go away")
    parser.add_argument("--seed", type=int, default=1, help="of the chaos")
    options = parser.parse_args()

    verdicts = Verdicts()
    with serving("--max-queue", 1024, "--max-queue-seconds", 86400) as service:
        service.load(4, 8, "--steps", 2)
        service.wait_until_idle()
        files = service.open_files()
        chaos = Chaos(service, options.seed)
        memory = asyncio.run(chaos.run(options.minutes, options.steady, options.doomed))
        service.wait_until_idle()
        # A connection is closed a moment after its request has ended.
        end = time.monotonic() + 10
        while service.open_files() > files and time.monotonic() < end:
            time.sleep(0.1)
        numbers = service.metrics()
        left = service.open_files() - files

    second_half = [each for each in memory if each[0] >= options.minutes / 2]
    slope = statistics.linear_regression(*zip(*second_half)).slope
    grown = slope * options.minutes / 2
    print(
        f"{options.minutes:g} minutes: {chaos.killed} clients killed, {numbers['mystarion_cancellations_total']:.0f} "
        f"requests cancelled, {chaos.arrived} of the others' arrived, {len(chaos.lost)} lost; memory {memory[0][1]:.0f} "
        f"MiB at first, {memory[-1][1]:.0f} MiB at last, {slope:+.2f} MiB a minute over the second half")
    for answer in chaos.lost[:5]:
        print("lost:", answer)
    verdicts.check(chaos.arrived > 0 and not chaos.lost, "the others lose nothing")
    verdicts.check(numbers["mystarion_cancellations_total"] > 0, "requests whose client went away are cancelled")
    verdicts.check(left <= 0, "no connection is left open")
    verdicts.check(slope <= SLOPE or grown <= NOISE, f"memory grows by at most {SLOPE:g} MiB a minute")
    sys.exit(1 if verdicts.failed else 0)


if __name__ == "__main__":
    main()
