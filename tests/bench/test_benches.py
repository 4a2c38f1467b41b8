"""The benches run on a few rows, so that none is found broken on the day it is wanted."""

import os
import subprocess
import sys

import pytest

from tests.database import ROOT

SMALL = {
    "audit": ["--transactions", "20", "--rounds", "1"],
    "bill-run": ["--lines", "300"],
    "comparison": ["--lines", "5", "--vendors", "3", "--times", "1"],
    "import": ["--rows", "200"],
    "printing": ["--documents", "3"],
    "provisioning": ["--companies", "1"],
    "reads": ["--units", "200", "--times", "1"],
    "request": ["--units", "100", "--requests", "10"],
}


@pytest.mark.parametrize("bench", SMALL)
def test_bench_runs(bench: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", bench, *SMALL[bench]],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert len(done.stdout.splitlines()) >= 2
