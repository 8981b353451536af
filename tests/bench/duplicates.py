"""Prints precision, recall and F1 of the corpus's own decision on labelled pairs of bibliographic records.

    python tests/bench/duplicates.py FOLDER

FOLDER holds files of lines `left TAB right TAB 1|0`, each side `COL name VAL value ...`, as in the er_magellan
benchmarks DBLP-ACM and DBLP-GoogleScholar.
"""

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from agent.corpus.works import Features, match
from agent.papers import Place, Record
from agent.sources.fields import Fields, to_record
from tests.shared import SHARED

_COLUMN = re.compile(r"COL (\w+) VAL (.*?)(?= COL \w+ VAL|$)")


def read_pairs(path: Path) -> Iterator[tuple[Features, Features, bool]]:
    for position, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        left, right, label = line.split("\t")
        yield _features(left, position), _features(right, position), label.strip() == "1"


def _features(side: str, position: int) -> Features:
    found = {name: value.strip() for name, value in _COLUMN.findall(side.strip())}
    names = [name.strip() for name in found.get("authors", "").split(" , ")]
    fields = Fields(title=found.get("title"), authors=names, year=found.get("year"), venue=found.get("venue"))
    place = Place(file="pairs", position=position)
    record = to_record(place, fields)
    return Features.of(record if isinstance(record, Record) else Record(place=place))


def main(folder: Path) -> None:
    for path in sorted(folder.glob("*.txt")):
        begin = time.perf_counter()
        right = wrong = missed = 0
        for one, other, is_same in read_pairs(path):
            is_found = match(one, other) is not None
            right += is_found and is_same
            wrong += is_found and not is_same
            missed += is_same and not is_found
        precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        took_s = time.perf_counter() - begin
        print(f"{path.stem:26} precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}  ({took_s:.1f} s)")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED / "dev" / "dedup")
