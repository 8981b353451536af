"""What an index of many papers takes in memory and on disk; how long it takes is for `python -m tests.bench.search`."""

import pytest

from tests.bench.search import N_PAPERS, N_QUERIES, Figures, measured_apart

MOST_MIB = 1_536


def assert_is_within(figures: Figures, n_papers: int) -> None:
    assert figures.n_found > N_QUERIES * 10
    assert figures.peak_mib <= MOST_MIB
    assert figures.peak_mib - figures.before_mib <= 100 + n_papers * 0.008
    assert 0 < figures.disk_mib <= 1 + n_papers * 0.002


def test_an_index_of_some_papers_is_small() -> None:
    assert_is_within(measured_apart("ours", 2_000), 2_000)


@pytest.mark.long
def test_an_index_of_many_papers_stays_within_its_memory() -> None:
    assert_is_within(measured_apart("ours", N_PAPERS), N_PAPERS)
