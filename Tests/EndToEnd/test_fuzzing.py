"""Every fuzzer of bench/, for ten seconds with one seed: mutated input must not crash the program."""
import subprocess
import sys

import pytest
from conftest import ROOT

TARGETS = sorted(
    path.stem for path in (ROOT / "bench/fuzzing").glob("*.py") if path.stem not in ("__init__", "run", "mutation"))


@pytest.mark.parametrize("target", TARGETS)
def test_mutated_input_harms_nobody(target):
    result = subprocess.run(
        [sys.executable, ROOT / "bench/fuzz.py", target, "--seconds", "10", "--seed", "1"],
        capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert " inputs in " in result.stdout
