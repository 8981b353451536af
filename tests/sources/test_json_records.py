"""JSON whose values are not what their names say."""

import json
from pathlib import Path

import pytest

from agent.errors import SourceError
from tests.sources.reading import read_text_as


@pytest.mark.parametrize("title", [5, True, {"en": "Beds"}, ["Beds", 5]])
def test_a_title_that_is_no_text_is_skipped_and_named(tmp_path: Path, title: object) -> None:
    lines = [json.dumps({"title": "Beds under glass"}), json.dumps({"title": title, "year": 2020})]
    reading = read_text_as(tmp_path, "a.jsonl", "\n".join(lines))
    assert [record.title for record in reading.records] == ["Beds under glass"]
    (skip,) = reading.skipped
    assert skip.position == 2 and "`title` is not text" in skip.why and "2020" in skip.text


def test_a_file_of_such_titles_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="`title` is not text"):
        read_text_as(tmp_path, "a.json", '[{"title": 5}]')


def test_a_title_in_a_list_is_one_as_crossref_has_it(tmp_path: Path) -> None:
    text = '[{"title": ["Beds under glass"], "abstract": null, "summary": {}}]'
    (record,) = read_text_as(tmp_path, "a.json", text).records
    assert record.title == "Beds under glass" and record.abstract is None
