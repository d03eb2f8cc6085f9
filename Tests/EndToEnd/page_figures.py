"""Prints what a first visit to the page costs: `.venv/bin/python Tests/EndToEnd/page_figures.py`."""
import pathlib
import statistics
import tempfile

from browser import Browser
from conftest import ROOT, serve
from page import ready

RESOURCES = ROOT / "Sources/Web/Resources"
ENTRIES = """
    (() => {
      const page = performance.getEntriesByType('navigation')[0];
      const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime;
      const all = [page, ...performance.getEntriesByType('resource')];
      const bytes = all.reduce((sum, entry) => sum + entry.transferSize, 0);
      return [paint, page.domContentLoadedEventEnd, all.length, bytes, page.responseStart];
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
        files = [file for file in RESOURCES.iterdir() if file.name != "openapi.yaml"]
        print(f"all files: {len(files)}, {sum(file.stat().st_size for file in files):,} bytes")
        names = ("first contentful paint, ms", "scripts have run, ms", "requests", "bytes with headers", "first byte, ms")
        for name, values in zip(names, zip(*visits)):
            print(f"{name}: median {statistics.median(values):.0f}, {min(values):.0f} to {max(values):.0f}")


if __name__ == "__main__":
    main()
