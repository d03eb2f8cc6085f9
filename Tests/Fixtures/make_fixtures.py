"""Makes the files in Tests/Fixtures/data from the reference implementations.

    python Tests/Fixtures/make_fixtures.py PART…

A part is a file in Tests/Fixtures/parts with a function `make(folder: Path)`; without names, all parts are made.
A part writes only into its own folder and gives the same bytes every time.
The versions of the reference implementations are in requirements.txt.
"""

import importlib.util
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(names: list[str]) -> None:
    parts = {path.stem: path for path in sorted((HERE / "parts").glob("*.py"))}
    unknown = [name for name in names if name not in parts]
    if unknown:
        sys.exit(f"no such part: {', '.join(unknown)}; there are {', '.join(parts)}")
    for name in names or parts:
        specification = importlib.util.spec_from_file_location(f"fixtures_{name}", parts[name])
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        folder = HERE / "data" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        module.make(folder)
        files = [path for path in folder.rglob("*") if path.is_file()]
        print(f"{name}: {len(files)} files, {sum(path.stat().st_size for path in files)} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
