"""Prints what a first visit to the page costs: `.venv/bin/python Tests/EndToEnd/page_figures.py`."""
import pathlib
import statistics
import tempfile

from browser import Browser
from conftest import serve
from page import ready

ENTRIES = """
    (() => {
      const page = performance.getEntriesByType('navigation')[0];
      const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime;
      const all = [page, ...performance.getEntriesByType('resource')];
      const sum = (part) => all.reduce((sum, entry) => sum + entry[part], 0);
      return [paint, page.domContentLoadedEventEnd, all.length, sum('decodedBodySize'), sum('encodedBodySize'),
        sum('transferSize'), page.responseStart];
    })()
"""


def main():
    with tempfile.TemporaryDirectory() as own:
        own = pathlib.Path(own)
        visits = []
        with serve(own) as server:
            for number in range(9):
                with Browser(own / f"profile-{number}") as browser:
                    ready(browser, server.address)
                    visits.append(browser.run(ENTRIES))
        names = (
            "first contentful paint, ms", "scripts have run, ms", "requests", "bytes", "bytes compressed",
            "bytes compressed with headers", "first byte, ms")
        for name, values in zip(names, zip(*visits)):
            print(f"{name}: median {statistics.median(values):.0f}, {min(values):.0f} to {max(values):.0f}")


if __name__ == "__main__":
    main()
