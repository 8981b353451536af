"""Joining rankings."""

from agent.search import fused


def test_what_several_rankings_name_comes_first() -> None:
    assert fused([["a", "b", "c"], ["b", "d"]], most=10) == ["b", "a", "d", "c"]


def test_ties_stand_in_the_order_of_their_keys() -> None:
    assert fused([["b", "a"], ["a", "b"]], most=10) == ["a", "b"]
    rankings = [["z", "y", "x"], ["x", "z", "y"], ["y", "x", "z"]]
    assert fused(rankings, most=10) == fused(rankings[::-1], most=10) == ["x", "y", "z"]


def test_only_as_many_as_are_asked_for_and_each_once() -> None:
    assert fused([["a", "a", "b"], ["b", "c"]], most=2) == ["b", "a"]
    assert fused([], most=5) == fused([[], []], most=5) == fused([["a"]], most=0) == []


def test_a_repeated_key_does_not_push_down_those_after_it() -> None:
    assert fused([["a", "a", "a", "b"], ["c", "b"]], most=3) == fused([["a", "b"], ["c", "b"]], most=3)
