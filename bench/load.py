#!/usr/bin/env python3
"""Measures the service under load on the bundled model, in one run, and checks the bounds it states.

    python bench/load.py            # some minutes; nothing else should be running
    python bench/load.py --short    # a minute, to see that everything works

1. Throughput with 1, 8, 64 and 256 clients, with step batching and without.
2. The most memory with 256 clients, beside its bound.
3. The time of a request of 4 steps while others' requests of 50 steps flood the queue, beside its time alone.
4. Memory before and after requests that are refused.

It ends with status 1 when a bound is broken.
"""

import argparse
import sys
import threading
import time

from service import Service, Verdicts, percentile, serving

QUEUE = ["--max-queue", 1024, "--max-queue-seconds", 86400]
CLIENTS = [1, 8, 64, 256]
# What requests may need together, and what the answers and connections of 256 clients may take beside it, in MiB.
BUDGET, BESIDE = 512, 128
GROWTH = 8


def warm(service: Service) -> float:
    """Has a full batch drawn, and gives the memory that is held after it, in MiB."""
    service.load(8, 8, "--steps", 2)
    service.wait_until_idle()
    return service.resident()


def throughput(short: bool, verdicts: Verdicts) -> None:
    print("\n| step batching | clients | pictures a second | first event p95 | done p50 | done p95 | failed | mean batch |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for batching in (True, False):
        options = [] if batching else ["--max-batch", 1]
        with serving("--memory-budget", f"{BUDGET}MiB", *QUEUE, *options) as service:
            held = warm(service)
            for clients in CLIENTS:
                before = service.metrics()
                report = service.load(clients, max(clients, 16 if short else 128), "--steps", 4 if short else 20)
                after = service.metrics()
                size, count = (
                    after[name] - before[name]
                    for name in ("mystarion_step_batch_size_sum", "mystarion_step_batch_size_count"))
                failed = sum(report["errors"].values())
                print(
                    f"| {'on' if batching else 'off'} | {clients} | {report['per_second']:.2f} "
                    f"| {report['first_event_ms']['p95']:.0f} ms | {report['done_ms']['p50']:.0f} ms "
                    f"| {report['done_ms']['p95']:.0f} ms | {failed} | {size / max(1, count):.1f} |", flush=True)
                verdicts.failed += failed > 0
            peak = service.metrics()["mystarion_peak_resident_memory_bytes"] / (1 << 20)
            verdicts.check(
                peak <= held + BUDGET + BESIDE,
                f"with 256 clients {peak:.0f} MiB at most; the bound is {held:.0f} held idle + {BUDGET} for requests "
                f"+ {BESIDE} for connections and answers")


def fairness(short: bool, verdicts: Verdicts) -> None:
    def quick(service: Service) -> float:
        name, seconds = service.draw({"prompt": "red heart", "steps": 4}, requester=0)
        assert name == "done", name
        return seconds

    def flood(service: Service, requester: int, stop: threading.Event) -> None:
        while not stop.is_set():
            name, _ = service.draw({"prompt": "blue star icon", "steps": 50, "n": 2}, requester)
            # A full queue is part of the flood.
            if name != "done":
                time.sleep(0.05)

    repeats, flooders = (10, 8) if short else (100, 32)
    with serving("--behind-proxy", "--no-rate-limit", *QUEUE) as service:
        warm(service)
        alone = percentile([quick(service) for _ in range(repeats)], 95)
        stop = threading.Event()
        floods = [threading.Thread(target=flood, args=(service, 1 + index % 4, stop)) for index in range(flooders)]
        for thread in floods:
            thread.start()
        time.sleep(2)
        before = service.metrics()
        flooded = percentile([quick(service) for _ in range(repeats)], 95)
        after = service.metrics()
        stop.set()
        seconds, count = (
            after[name] - before[name]
            for name in ("mystarion_step_duration_seconds_sum", "mystarion_step_duration_seconds_count"))
        step = seconds / max(1, count)
        for thread in floods:
            thread.join()
    print(
        f"\n| 4 steps alone, p95 | in a flood of 50 steps, p95 | ratio | one step of the flooded batch |\n"
        f"| --- | --- | --- | --- |\n"
        f"| {alone * 1000:.0f} ms | {flooded * 1000:.0f} ms | {flooded / alone:.2f} | {step * 1000:.0f} ms |")
    verdicts.check(flooded <= 3 * alone + step, "a short request in a flood takes 3 times as long as alone + one step")


def refusals(short: bool, verdicts: Verdicts) -> None:
    def occupy(service: Service, stop: threading.Event, warm: threading.Event) -> None:
        while not stop.is_set():
            service.draw({"prompt": "red heart", "steps": 150, "n": 4})
            warm.set()

    with serving("--max-queue", 0, "--max-batch", 1) as service:
        stop, warm = threading.Event(), threading.Event()
        occupier = threading.Thread(target=occupy, args=(service, stop, warm))
        occupier.start()
        # What the occupier's own pictures take must not be taken for the refused requests'.
        warm.wait()
        while service.metrics()["mystarion_running_requests"] == 0:
            time.sleep(0.05)
        # The first thousand find out how much the server keeps for connections.
        service.load(32, 1000)
        before = service.resident()
        report = service.load(32, 1000 if short else 10_000)
        after = service.resident()
        stop.set()
        occupier.join()
    refused = sum(report["errors"].values())
    print(f"\n{refused} refused ({report['errors']}), {report['completed']} let in between: {before:.1f} MiB before, "
          f"{after:.1f} MiB after")
    verdicts.check(set(report["errors"]) <= {"503 queue_full"}, "what is refused is refused because the queue is full")
    verdicts.check(after - before <= GROWTH, f"refused requests leave at most {GROWTH} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="fewer requests, to see that everything works")
    parser.add_argument("--only", choices=["throughput", "fairness", "refusals"], help="one part of it")
    options = parser.parse_args()
    verdicts = Verdicts()
    for part in (throughput, fairness, refusals):
        if options.only in (None, part.__name__):
            part(options.short, verdicts)
    sys.exit(1 if verdicts.failed else 0)


if __name__ == "__main__":
    main()
