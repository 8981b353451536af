"""The real corpora, labels and the stub server that may lie beside the project."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
WHY_SKIPPED = "../shared is missing: the real corpora and the stub server are not on this machine"
"""The one reason for which a test may be skipped where Chromium and TeX are installed."""


def shared_folder() -> Path:
    """The folder; skips the test where it is missing."""
    if not SHARED.is_dir():
        pytest.skip(WHY_SKIPPED)
    return SHARED
