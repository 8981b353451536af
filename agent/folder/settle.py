"""Makes one of what git left twice where two people's work on a review was merged; each time a line says so."""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from agent.conflicts import LeftOpen, both_sides, is_mark, whole_sides
from agent.errors import FolderError
from agent.folder.entries import of_both
from agent.folder.files import read_bytes, read_text, write_whole
from agent.folder.lines import N, in_lines, numbered, parsed, pretty
from agent.folder.merged import answer_of, cards_of, duplicate_of, papers_of
from agent.papers import Duplicate, Frozen, Paper
from agent.question import Answer
from agent.report import Report
from agent.review import Card
from agent.wording import count

Say = Callable[[str], None]
Lines = Sequence[tuple[int, str]]

PAPERS, CARDS, ANSWERS = "papers.jsonl", "cards.jsonl", "answers.jsonl"
DUPLICATES, RUNS = "duplicates.jsonl", "runs.jsonl"
CHANGES = "CHANGES.md"
_NAMED_BY = {CARDS: "key", ANSWERS: "id", DUPLICATES: "key", RUNS: "when", PAPERS: "key"}
"""The field by which the lines of each file are in order, the files in the order in which they are written: the cards
go by the papers as they stand before."""
HOW_TO_TAKE_A_SIDE = (
    "`git checkout --ours survey/survey.json` takes one side, which `conspectus refresh` then brings up to date "
    "(without the file the survey is written anew)"
)


@dataclass(frozen=True)
class _Settled:
    """A file as it is to be."""

    text: str
    says: str


def settle(folder: Path, say: Say) -> None:
    """Settle what a merge left in the files of a review; FolderError where that cannot be done, and nothing written."""
    _refuse_woven(folder / "survey" / "survey.json")
    unsettled = {name: lines for name in _NAMED_BY if not _is_settled(lines := numbered(folder / name), name)}
    settled = _settled(folder, unsettled) if unsettled else {}
    settled |= _changes(folder / CHANGES)
    _settle_report(folder, say, is_other_corpus=PAPERS in settled)
    for name in (*_NAMED_BY, CHANGES):
        if name in settled:
            write_whole(folder / name, settled[name].text)
            say(f"{name}: {settled[name].says}")


def _refuse_woven(survey: Path) -> None:
    """One side of a survey can be brought up to date, and no text can be made of both."""
    if survey.is_file() and any(is_mark(line) for line in read_text(survey).split("\n")):
        raise FolderError(f"survey/survey.json: a merge left both versions there; {HOW_TO_TAKE_A_SIDE}")


def _is_settled(lines: Lines, name: str) -> bool:
    """Whether the lines are in their order, none of them twice, and no mark of a merge among them; none is parsed."""
    named = re.compile(rf'\s*\{{\s*"{_NAMED_BY[name]}"\s*:\s*("(?:[^"\\]|\\.)*")')
    last, last_line = "", ""
    for _, line in lines:
        if is_mark(line):
            return False
        found = named.match(line)
        if found is None:
            continue  # whoever reads it says what is wrong with it
        own = found[1][1:-1] if "\\" not in found[1] else json.loads(found[1], strict=False)
        if own < last or (own == last and last_line and (name != RUNS or line == last_line)):
            return False
        last, last_line = own, line
    return True


def _settled(folder: Path, unsettled: Mapping[str, Lines]) -> dict[str, _Settled]:
    lines = {name: _of_both_sides(name, own) for name, own in unsettled.items()}
    done: dict[str, _Settled] = {}
    if RUNS in lines:
        done[RUNS] = _runs(lines[RUNS])
    if PAPERS in lines or CARDS in lines:
        papers = _papers(lines.get(PAPERS) or numbered(folder / PAPERS))
        if PAPERS in lines:
            done[PAPERS] = _told((one for own in papers.values() for one in own), "key", lines[PAPERS], _parted(papers))
        # Two papers that had one key may have left their cards in order, where only one of the two has any.
        cards = _grouped(_nouns(CARDS, Card, lines.get(CARDS) or numbered(folder / CARDS)), "key")
        kept = [card for key, own in cards.items() for card in cards_of(own, papers.get(key, []))]
        if CARDS in lines or len(kept) != len(cards) or {card.key for card in kept} != cards.keys():
            done[CARDS] = _told(kept, "key", lines.get(CARDS) or numbered(folder / CARDS))
    if ANSWERS in lines:
        answers = _grouped(_nouns(ANSWERS, Answer, lines[ANSWERS]), "id")
        done[ANSWERS] = _told(map(answer_of, answers.values()), "id", lines[ANSWERS])
    if DUPLICATES in lines:
        duplicates = _grouped(_nouns(DUPLICATES, Duplicate, lines[DUPLICATES]), "key")
        done[DUPLICATES] = _told(map(duplicate_of, duplicates.values()), "key", lines[DUPLICATES])
    return done


def _of_both_sides(name: str, lines: Lines) -> Lines:
    try:
        return [(number, line) for number, line in both_sides(lines) if line.strip()]
    except LeftOpen as error:
        raise _half_marked(name, error) from error


def _half_marked(name: str, error: LeftOpen) -> FolderError:
    left = "a merge left a mark there, and the others that belong to it are gone; keep one of the versions"
    return FolderError(f"{name}, line {error.number}: {left}")


def _changes(file: Path) -> dict[str, _Settled]:
    """CHANGES.md with the entries of both sides where git left its marks; seven equals signs alone underline words."""
    text = read_text(file) if file.is_file() else ""
    if not any(is_mark(line) and not line.startswith("=") for line in text.split("\n")):
        return {}
    try:
        ours, theirs = whole_sides(text)
    except LeftOpen as error:
        raise _half_marked(file.name, error) from error
    return {file.name: _Settled(of_both(ours, theirs), "settled after a merge, the entries of both sides are in it")}


def _papers(lines: Lines) -> dict[str, list[Paper]]:
    """The papers by the key under which they stood."""
    grouped = _grouped(_nouns(PAPERS, Paper, lines), "key")
    return {key: papers_of(own, grouped) for key, own in grouped.items()}


def _parted(papers: dict[str, list[Paper]]) -> str:
    """Says which papers only shared a key."""
    new = [f"{one.key} (was {key})" for key, own in papers.items() for one in own[1:]]
    return f"; other works under one key have another now: {', '.join(new)}" if new else ""


def _nouns(name: str, noun: type[N], lines: Lines) -> list[N]:
    return [parsed(noun, line, f"{name}, line {number}") for number, line in lines if line.strip()]


def _grouped(nouns: Iterable[N], by: str) -> dict[str, list[N]]:
    """What has one name together, identical ones once."""
    groups: dict[str, list[N]] = {}
    for noun in nouns:
        own = groups.setdefault(getattr(noun, by), [])
        if noun not in own:
            own.append(noun)
    return groups


def _told(nouns: Iterable[Frozen], by: str, lines: Lines, more: str = "") -> _Settled:
    kept = sorted(nouns, key=lambda noun: str(getattr(noun, by)))
    return _Settled(in_lines(kept), _in_words(len(kept), sum(1 for _, line in lines if line.strip())) + more)


def _in_words(n_kept: int, n_before: int) -> str:
    if n_before == 0:
        return "settled after a merge"
    if n_kept == n_before:
        return f"{count(n_kept, 'line')} put in order again"
    return f"settled after a merge, {count(n_before, 'line')} became {n_kept:,}"


def _runs(lines: Lines) -> _Settled:
    """All runs in the order of their time, identical ones once; a line that was cut off stays where it was."""
    dated: list[tuple[str, str]] = []
    when = ""
    for line in dict.fromkeys(line for _, line in lines):
        found = re.match(r'\s*\{\s*"when"\s*:\s*"([^"\\]*)"', line)
        when = found[1] if found else when
        dated.append((when, line))
    text = "".join(f"{line}\n" for _, line in sorted(dated, key=lambda one: one[0]))
    return _Settled(text, _in_words(len(dated), len(lines)))


def _settle_report(folder: Path, say: Say, *, is_other_corpus: bool) -> None:
    """Take away a report that is none, since it is made of the other files; of another corpus, read the sources."""
    file = folder / "report.json"
    anew = "it is made anew, and the sources are read again"
    if not file.is_file():
        if (folder / PAPERS).is_file():
            say(f"report.json is not there; {anew}")
        return
    content = read_bytes(file).removeprefix(BOM_UTF8)
    try:
        report = Report.model_validate_json(content)
    except ValidationError:
        is_woven = any(is_mark(line) for line in content.decode(errors="replace").split("\n"))
        file.unlink()
        say(f"report.json {'was left with both versions by a merge' if is_woven else 'is broken'}; {anew}")
        return
    if is_other_corpus:
        sources = tuple(source.model_copy(update={"sha256": ""}) for source in report.sources)
        write_whole(file, pretty(report.model_copy(update={"sources": sources})))
