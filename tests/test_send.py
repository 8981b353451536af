"""What leaves the machine: not a word of a paper whose source says `send = "never"`, whatever happens to the review."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from agent.papers import Corpus, Paper, Place
from agent.pipeline.sending import keys_not_sent, to_be_sent, without
from agent.protocol import new_protocol, read_protocol, with_sources
from agent.report import SourceReport
from agent.review import Category, Protocol, Source, Taxonomy
from agent.write import plan
from tests.command import Conspectus
from tests.nouns import TAXONOMY as NOUNS
from tests.nouns import card
from tests.papers import PLOTS, TAXONOMY, contents, write_jsonl
from tests.shared import shared_folder
from tests.stub import Stub, running_stub

WATCHED = Path(__file__).parent / "watched_model.py"
SECRET = "Between these pots we found that worms move to the wetter side within three days of the first watering."
POTS = (PLOTS[2][0], f"{PLOTS[2][1]} {SECRET}")
"""A paper that stands in both sources, and in the private one with a sentence more."""
OPEN = [PLOTS[0], PLOTS[1], PLOTS[2], PLOTS[4], PLOTS[5]]
PRIVATE = [POTS, PLOTS[3], PLOTS[6], PLOTS[7]]
ONLY_OPEN = [PLOTS[0], PLOTS[1], PLOTS[4], PLOTS[5]]
SHEDS = [
    (
        f"On {tool} and Their {part}",
        f"Old {tool} rust in sheds. We oil each {part[:-1].lower()} of {n} {tool} in {place}.",
    )
    for n, (tool, part, place) in enumerate(
        [
            ("Spades", "Handles", "the north wind"),
            ("Rakes", "Tines", "a barrel of sand"),
            ("Shears", "Blades", "March and again after every frost"),
            ("Barrows", "Wheels", "two counties that lie by the sea"),
            ("Cans", "Spouts", "the care of one very patient school"),
            ("Sieves", "Frames", "water"),
        ],
        start=20,
    )
]
"""Papers of their own, of which the tests' model and the built-in one make several parts."""
EXAMPLES = TAXONOMY.replace(
    "not pests\n", 'not pests\n    examples: ["Clay Pots as Slow Irrigation", Mulch and Moisture in Small Beds]\n'
).replace("not watering\n", "not watering\n    examples: [netting-sizes-for-cabbage-pests]\n")


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the server writes down what it is asked."""
    monkeypatch.setenv("CONSPECTUS_TEST_SEEN", str(tmp_path / "seen.jsonl"))
    (tmp_path / "seen.jsonl").touch()
    return tmp_path / "seen.jsonl"


@pytest.fixture
def stub(seen: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    with running_stub(hook=WATCHED) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


@pytest.fixture
def review(tmp_path: Path, conspectus: Conspectus) -> Path:
    """A review of an open and a private source, which share a paper, under a taxonomy that a person wrote."""
    open_, private = write_jsonl(tmp_path / "open.jsonl", OPEN), write_jsonl(tmp_path / "private.jsonl", PRIVATE)
    assert conspectus("init", tmp_path / "r", open_, private).code == 0
    (tmp_path / "r" / "taxonomy.yaml").write_text(EXAMPLES)
    with (tmp_path / "r" / "review.toml").open("a") as protocol:
        protocol.write("\n[writing]\npapers_per_call = 2\n")
    return tmp_path / "r"


def say_never(review: Path, name: str = "private.jsonl", send: str = "never") -> None:
    protocol = (review / "review.toml").read_text()
    bare = re.sub(rf'(name = "{name}"\n)send = "\w+"\n', r"\1", protocol)
    (review / "review.toml").write_text(bare.replace(f'name = "{name}"\n', f'name = "{name}"\nsend = "{send}"\n'))


def named(review: Path, conspectus: Conspectus) -> Any:  # noqa: ANN401  (how the command ended)
    return conspectus("build", review, "--model", "stub-model")


def words(text: str) -> list[str]:
    """The words in lower case, without what stands between them."""
    return re.sub(r"[^\w\s]", "", text.lower()).split()


def eights(text: str) -> set[str]:
    """Every eight words in a row."""
    told = words(text)
    return {" ".join(told[n : n + 8]) for n in range(len(told) - 7)}


def found(seen: Path, papers: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Of each of these papers, every eight words in a row, and its title, that stand in a request."""
    sent = {run for text in strings(seen) for run in eights(text)}
    whole = "\n".join(" ".join(words(text)) for text in strings(seen))
    hits = {}
    for title, abstract in papers:
        told = " ".join(words(title))
        hits[title] = sorted((eights(title) | eights(abstract)) & sent) + ([told] if told in whole else [])
    return {title: runs for title, runs in hits.items() if runs}


def strings(seen: Path) -> Iterator[str]:
    """All that was sent, schemas and closed sets included."""

    def walk(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from (text for one in value.items() for part in one for text in walk(part))
        elif isinstance(value, list):
            yield from (text for one in value for text in walk(one))

    for line in seen.read_text().splitlines():
        yield from walk(json.loads(line))


def read(review: Path, name: str) -> Any:  # noqa: ANN401  (whatever the file holds)
    text = (review / name).read_text()
    return json.loads(text) if name.endswith(".json") else [json.loads(line) for line in text.splitlines()]


def keys(review: Path, papers: Sequence[tuple[str, str]]) -> set[str]:
    titles = {title for title, _ in papers}
    return {paper["key"] for paper in read(review, "papers.jsonl") if paper["title"] in titles}


def makers(review: Path) -> dict[str, str]:
    """Who made the card of each paper."""
    return {card["key"]: card["made"]["model"] for card in read(review, "cards.jsonl")}


def test_no_eight_words_of_a_private_paper_stand_in_any_request(
    review: Path, conspectus: Conspectus, stub: Stub, seen: Path
) -> None:
    say_never(review)
    ended = named(review, conspectus)
    assert ended.code == 0, ended.err + ended.out
    assert found(seen, [*PRIVATE, PLOTS[2]]) == {}
    # The same search finds what was sent, and every kind of call was among it.
    assert found(seen, ONLY_OPEN).keys() == {title for title, _ in ONLY_OPEN}
    assert all(len(runs) > 20 for runs in found(seen, ONLY_OPEN).values())
    asked = read(review, "runs.jsonl")[-1]["paid"]
    written = {f"write_{name}" for name in ("section", "merge", "introduction", "synthesis", "gaps")}
    assert asked.keys() == {"classify_paper", "check_support"} | written
    sent = " ".join(strings(seen))
    private = keys(review, PRIVATE)
    assert len(private) == 4 and [key for key in private if key in sent] == []
    assert "Mulch and Moisture in Small Beds" in sent
    # The survey speaks of them all the same, in their own words, and says how that came about.
    report = read(review, "report.json")
    assert report["not_sent"] == sorted(private) and report["uncited"] == {} and report["n_cited"] == 8
    made = makers(review)
    assert {made[key] for key in private} == {"extractive"}
    assert {made[key] for key in keys(review, ONLY_OPEN)} == {"stub-model"}
    assert '4 papers are not sent to the model (send = "never")' in ended.out
    for name in ("survey.md", "survey.html", "survey.tex"):
        assert "not sent to a model" in (review / "survey" / name).read_text()
    assert SECRET.split()[5] in (review / "survey" / "survey.md").read_text()
    assert (review / "taxonomy.yaml").read_text() == EXAMPLES


def test_openings_and_texts_over_all_sections_are_told_of_open_papers_alone(
    tmp_path: Path, conspectus: Conspectus, stub: Stub, seen: Path
) -> None:
    open_, private = write_jsonl(tmp_path / "open.jsonl"), write_jsonl(tmp_path / "private.jsonl", SHEDS)
    review = tmp_path / "r"
    conspectus("init", review, open_, private)
    (review / "taxonomy.yaml").write_text(TAXONOMY)
    with (review / "review.toml").open("a") as protocol:
        protocol.write("\n[writing]\npapers_per_call = 2\n")
    say_never(review)
    assert named(review, conspectus).code == 0
    assert "write_merge" in read(review, "runs.jsonl")[-1]["paid"]
    draft = read(review, "survey/survey.json")
    private_keys = keys(review, SHEDS)
    openings = [
        section["opening"] for section in draft["sections"] if section["opening"]["made"]["model"] == "stub-model"
    ]
    assert openings
    for text in [draft["introduction"], draft["synthesis"], draft["gaps"], *openings]:
        cited = {c["key"] for p in text["paragraphs"] for claim in p["claims"] for c in claim["citations"]}
        assert cited and not cited & private_keys
    for section in draft["sections"]:
        for part in section["parts"]:
            is_private = set(part["papers"]) <= private_keys
            assert is_private or not set(part["papers"]) & private_keys
            assert part["id"].endswith("!not-sent") == is_private
            maker = "extractive" if is_private else "stub-model"
            assert (part["made"]["model"], part["judge"]) == (maker, maker)
    assert [key for key in private_keys if key in " ".join(strings(seen))] == []


def test_a_second_build_asks_nothing_and_changes_nothing_offline_as_well(
    review: Path, conspectus: Conspectus, stub: Stub
) -> None:
    say_never(review)
    named(review, conspectus)
    before = contents(review)
    stub.reset()
    assert named(review, conspectus).code == 0
    assert contents(review) == before
    assert conspectus("build", review, "--offline").code == 0
    # Offline the marking words of a taxonomy that has none are learnt; nothing else is made.
    assert {name for name, text in contents(review).items() if text != before[name]} == {"taxonomy.yaml", "runs.jsonl"}
    assert named(review, conspectus).code == 0
    assert stub.stats()["total"] == 0


def test_a_taxonomy_is_made_from_open_papers_alone(
    review: Path, conspectus: Conspectus, stub: Stub, seen: Path
) -> None:
    (review / "taxonomy.yaml").unlink()
    assert conspectus("taxonomy", review, "--offline").code == 0  # from all of them, since nothing is sent
    say_never(review)
    conspectus("taxonomy", review, "--model", "stub-model")
    assert "induce_propose" in read(review, "runs.jsonl")[-1]["paid"]
    assert found(seen, [*PRIVATE, PLOTS[2]]) == {}
    assert found(seen, ONLY_OPEN).keys() == {title for title, _ in ONLY_OPEN}
    assert [key for key in keys(review, PRIVATE) if key in " ".join(strings(seen))] == []


def test_words_that_only_private_papers_have_are_learnt_offline_and_never_sent(
    review: Path, conspectus: Conspectus, stub: Stub, seen: Path
) -> None:
    assert conspectus("taxonomy", review, "--offline").code == 0
    (learnt,) = [line for line in (review / "taxonomy.yaml").read_text().splitlines() if "cabbage" in line][:1]
    say_never(review)
    assert named(review, conspectus).code == 0
    assert learnt in (review / "taxonomy.yaml").read_text()
    sent = words(" ".join(strings(seen)))
    assert "cabbage" not in sent and "onion" not in sent and "aphids" in sent


def test_where_nothing_may_be_sent_nothing_is(review: Path, conspectus: Conspectus, stub: Stub) -> None:
    say_never(review)
    say_never(review, "open.jsonl")
    ended = named(review, conspectus)
    assert ended.code == 0 and stub.stats()["total"] == 0
    assert "no paper may be sent to a model" in ended.err
    assert read(review, "report.json")["models"] == ["extractive"]
    assert read(review, "report.json")["n_cited"] == 8
    assert read(review, "runs.jsonl")[-1]["paid"] == {}


def test_without_a_model_it_makes_no_difference(tmp_path: Path, review: Path, conspectus: Conspectus) -> None:
    assert conspectus("build", review, "--offline").code == 0
    plain = contents(review)
    for name in ("cards.jsonl", "survey/survey.json", "report.json"):
        (review / name).unlink()
    say_never(review)
    assert conspectus("build", review, "--offline").code == 0
    after = contents(review)
    changed = {name for name in plain if plain[name] != after[name]}
    assert changed <= {"review.toml", "report.json", "runs.jsonl"}
    assert "not sent" not in (review / "survey" / "survey.md").read_text()


@pytest.mark.parametrize("send", ["abstract", "full"])
def test_what_may_be_sent_is_sent_as_if_nothing_were_said(
    review: Path, conspectus: Conspectus, stub: Stub, send: str
) -> None:
    named(review, conspectus)
    before = contents(review)
    stub.reset()
    say_never(review, send=send)
    assert named(review, conspectus).code == 0
    after = contents(review)
    assert {name for name in before if before[name] != after[name]} <= {"review.toml", "report.json"}
    assert stub.stats()["total"] == 0


def test_from_full_to_never_and_back(review: Path, conspectus: Conspectus, stub: Stub, seen: Path) -> None:
    assert named(review, conspectus).code == 0
    assert set(makers(review).values()) == {"stub-model"} and found(seen, PRIVATE)
    first = read(review, "survey/survey.json")
    say_never(review)
    seen.write_text("")
    assert named(review, conspectus).code == 0
    # Their cards stand, for they were sent already; from now on nothing of them is.
    assert set(makers(review).values()) == {"stub-model"}
    assert found(seen, PRIVATE) == {} and found(seen, ONLY_OPEN)
    private = keys(review, PRIVATE)
    for section in read(review, "survey/survey.json")["sections"]:
        for part in section["parts"]:
            assert set(part["papers"]) <= private or not set(part["papers"]) & private
    assert read(review, "report.json")["uncited"] == {}
    say_never(review, send="full")
    stub.reset()
    ended = named(review, conspectus)
    assert ended.code == 0 and "private.jsonl may be sent to a model now" in ended.err
    report, draft = read(review, "report.json"), read(review, "survey/survey.json")
    assert report["not_sent"] == [] and report["uncited"] == {} and report["unanswered"] == []
    held = [sorted(key for part in section["parts"] for key in part["papers"]) for section in draft["sections"]]
    assert held == [sorted(key for part in section["parts"] for key in part["papers"]) for section in first["sections"]]
    assert not any(part["id"].endswith("!not-sent") for section in draft["sections"] for part in section["parts"])
    # Every card was paid for once; the parts that its paper comes back to are brought up to date.
    assert "classify_paper" not in json.loads((review / "runs.jsonl").read_text().splitlines()[-1])["paid"]
    stub.reset()
    assert named(review, conspectus).code == 0
    assert stub.stats()["total"] == 0


def test_from_never_to_full_the_model_makes_what_the_built_in_one_made(
    review: Path, conspectus: Conspectus, stub: Stub
) -> None:
    say_never(review)
    named(review, conspectus)
    assert "extractive" in makers(review).values()
    say_never(review, send="full")
    ended = named(review, conspectus)
    assert "4 cards to be made again: the built-in model made it" in ended.err
    assert set(makers(review).values()) == {"stub-model"}
    assert b"not sent to a model" not in (review / "survey" / "survey.html").read_bytes()
    assert read(review, "report.json")["models"] == ["stub-model"]


def drop_source(review: Path, name: str) -> None:
    """Take a source out of review.toml."""
    head, *tables = re.split(r"(?=^\[)", (review / "review.toml").read_text(), flags=re.MULTILINE)
    kept = [table for table in tables if f'name = "{name}"' not in table]
    (review / "review.toml").write_text("".join([head, *kept]))


def test_a_source_that_review_toml_forgets_is_not_released(
    tmp_path: Path, review: Path, conspectus: Conspectus, stub: Stub, seen: Path
) -> None:
    say_never(review)
    conspectus("papers", review)
    drop_source(review, "private.jsonl")
    ended = named(review, conspectus)
    assert ended.code == 0 and "private.jsonl any more; its papers stay, and are still sent to no model" in ended.err
    assert found(seen, [*PRIVATE, PLOTS[2]]) == {} and found(seen, ONLY_OPEN)
    # Named again by its file, it is what it was.
    assert conspectus("add", tmp_path / "private.jsonl", "-r", review).code == 0
    assert 'name = "private.jsonl"\nsend = "never"' in (review / "review.toml").read_text()


def test_a_source_of_which_nothing_is_known_any_more_is_not_sent(
    review: Path, conspectus: Conspectus, stub: Stub, seen: Path
) -> None:
    say_never(review)
    conspectus("papers", review)
    drop_source(review, "private.jsonl")
    (review / "report.json").unlink()
    assert named(review, conspectus).code == 0
    assert found(seen, [*PRIVATE, PLOTS[2]]) == {} and found(seen, ONLY_OPEN)


def test_a_private_file_that_is_gone_from_the_disk_stays_private(
    tmp_path: Path, review: Path, conspectus: Conspectus, stub: Stub, seen: Path
) -> None:
    say_never(review)
    (tmp_path / "private.jsonl").unlink()
    assert named(review, conspectus).code == 0
    assert found(seen, [*PRIVATE, PLOTS[2]]) == {} and found(seen, ONLY_OPEN)


def test_words_merged_from_a_private_record_stay_private_when_both_records_are_gone(
    tmp_path: Path, review: Path, conspectus: Conspectus, stub: Stub, seen: Path
) -> None:
    """What is remembered of the open source's record was merged with the private one's words."""
    say_never(review)
    conspectus("papers", review)
    (tmp_path / "open.jsonl").unlink()
    write_jsonl(tmp_path / "private.jsonl", PRIVATE[1:])
    assert named(review, conspectus).code == 0
    (pots,) = [paper for paper in read(review, "papers.jsonl") if paper["title"] == POTS[0]]
    assert SECRET in pots["abstract"] and pots["key"] in read(review, "report.json")["not_sent"]
    assert found(seen, [*PRIVATE, PLOTS[2]]) == {} and found(seen, ONLY_OPEN)


def test_a_private_record_that_leaves_its_source_takes_its_words_along(
    tmp_path: Path, review: Path, conspectus: Conspectus, stub: Stub, seen: Path
) -> None:
    say_never(review)
    conspectus("papers", review)
    write_jsonl(tmp_path / "private.jsonl", PRIVATE[1:])
    assert named(review, conspectus).code == 0
    assert found(seen, [PLOTS[2]]) and found(seen, [("Worms on the Wetter Side", SECRET), *PRIVATE[1:]]) == {}


def test_a_question_that_quotes_a_private_paper_is_not_sent(
    review: Path, conspectus: Conspectus, stub: Stub, seen: Path
) -> None:
    protocol = (review / "review.toml").read_text()
    (review / "review.toml").write_text(f'question = "Is it so that {SECRET}"\n{protocol}')
    say_never(review)
    ended = named(review, conspectus)
    assert ended.code == 3
    assert "not sent: it holds 8 words in a row of clay-pots-as-slow-irrigation" in ended.out
    assert "take them out of the question" in ended.out
    assert found(seen, [*PRIVATE, PLOTS[2]]) == {} and found(seen, ONLY_OPEN)


def test_what_a_person_changed_in_a_private_part_is_shown_to_no_judge(
    review: Path, conspectus: Conspectus, stub: Stub, seen: Path
) -> None:
    say_never(review)
    named(review, conspectus)
    draft = read(review, "survey/survey.json")
    part = next(p for s in draft["sections"] for p in s["parts"] if p["id"].endswith("!not-sent"))
    part["paragraphs"][0]["claims"][0]["text"] = "Everybody knows that."
    (review / "survey" / "survey.json").write_text(json.dumps(draft))
    seen.write_text("")
    ended = named(review, conspectus)
    assert ended.code == 3 and 'no model may judge it: it is on papers with send = "never"' in ended.out
    assert "Everybody knows" not in seen.read_text() + (review / "survey" / "survey.md").read_text()


def test_the_papers_are_listed_with_what_is_not_sent(review: Path, conspectus: Conspectus) -> None:
    say_never(review)
    listed = conspectus("papers", review).out.splitlines()
    marked = {line.split()[0] for line in listed if line.endswith("[not sent to a model]")}
    assert marked == keys(review, PRIVATE)
    assert listed[-1].endswith("4 not sent to a model")


def test_a_source_can_be_added_as_private(tmp_path: Path, review: Path, conspectus: Conspectus) -> None:
    extra = write_jsonl(tmp_path / "extra.jsonl", [("Worms on the Wetter Side of Pots", SECRET)])
    assert conspectus("add", extra, "--send", "never", "-r", review).code == 0
    assert 'name = "extra.jsonl"\nsend = "never"' in (review / "review.toml").read_text()
    assert len(read(review, "report.json")["not_sent"]) == 1
    ended = conspectus("add", tmp_path / "open.jsonl", "--send", "never", "-r", review)
    assert ended.code == 1 and 'names open.jsonl already; write send = "never" under it' in ended.message


def test_another_word_for_send_is_told_those_that_are_allowed(review: Path, conspectus: Conspectus) -> None:
    say_never(review, send="sometimes")
    ended = conspectus("build", review)
    assert ended.code == 1
    assert "sources.1.send = 'sometimes'" in ended.message and "'never', 'abstract' or 'full'" in ended.message


@pytest.mark.long
def test_of_a_whole_file_of_real_papers_no_eight_words_are_sent(
    tmp_path: Path, conspectus: Conspectus, stub: Stub, seen: Path
) -> None:
    files = sorted((shared_folder() / "seeds").glob("*.txt"))
    review = tmp_path / "r"
    assert conspectus("init", review, *files).code == 0
    assert conspectus("taxonomy", review, "--offline").code == 0
    # As if a person had made it: it stays, with the words and examples that were learnt from all papers.
    with (review / "taxonomy.yaml").open("a") as taxonomy:
        taxonomy.write("# ours\n")
    say_never(review, files[-1].name)
    ended = named(review, conspectus)
    assert ended.code == 0, ended.err + ended.out
    report = read(review, "report.json")
    papers = read(review, "papers.jsonl")
    own = {paper["key"]: eights(paper["title"] or "") | eights(paper["abstract"] or "") for paper in papers}
    private = {run for key in report["not_sent"] for run in own.pop(key)}
    public = {run for runs in own.values() for run in runs}
    sent = {run for text in strings(seen) for run in eights(text)}
    assert len(report["not_sent"]) > 50 and len(private) > 5_000
    assert sent & (private - public) == set() and len(sent & public) > 0.99 * len(public)
    told = {*strings(seen), *re.findall(r"key='([^']+)'", seen.read_text())}  # closed sets, and the heads of papers
    assert told >= own.keys() and told.isdisjoint(report["not_sent"])
    assert report["n_cited"] > 0.95 * report["n_papers"]


# The parts of it.


def paper(key: str, title: str, abstract: str, *files: str) -> Paper:
    places = tuple(Place(file=file, position=1) for file in files)
    return Paper(key=key, title=title, abstract=abstract, sources=places)


PUBLIC = paper("mulch", *PLOTS[0], "open")
BOTH = paper("pots2020", *POTS, "open", "private")
HIDDEN = paper("nets", *PLOTS[7], "private")
CORPUS = Corpus((PUBLIC, BOTH, HIDDEN))


def test_the_strictest_of_a_papers_sources_decides() -> None:
    def sources(**sends: Any) -> list[SourceReport]:  # noqa: ANN401  (one of three words)
        return [SourceReport(name=name, sha256="", n_records=1, send=send) for name, send in sends.items()]

    assert keys_not_sent(CORPUS, sources(open="full", private="never")) == {"pots2020", "nets"}
    assert keys_not_sent(CORPUS, sources(open="never", private="full")) == {"mulch", "pots2020"}
    assert keys_not_sent(CORPUS, sources(open="full", private="abstract")) == frozenset()
    assert keys_not_sent(CORPUS, sources(open="full")) == {"pots2020", "nets"}


@pytest.mark.parametrize(
    "example",
    [
        "nets",
        "POTS2020",
        "netting sizes: for cabbage pests.",
        "Netting Sizes for Cabbage",
        "Smith et al., Netting Sizes for Cabbage Pests, 2020",
    ],
)
def test_an_example_that_names_a_private_paper_is_not_shown(example: str) -> None:
    category = Category(id="a", name="A", definition="d", examples=("mulch", example, "Nets"[:2]))
    (shown,) = to_be_sent(Taxonomy(categories=(category,)), CORPUS, {"nets", "pots2020"}).categories
    assert shown.examples == ("mulch", "Ne")


def test_a_marking_word_that_only_private_papers_have_is_not_shown() -> None:
    child = Category(id="b", name="B", definition="d", terms=("worms", "soil"))
    terms = ("cabbage whites", "water", "hosepipe")
    taxonomy = Taxonomy(categories=(Category(id="a", name="A", definition="d", terms=terms, children=(child,)),))
    (shown,) = to_be_sent(taxonomy, CORPUS, {"nets", "pots2020"}).categories
    assert shown.terms == ("water", "hosepipe")  # the last stands in no paper, and so tells of none
    assert shown.children[0].terms == ("soil",)
    assert to_be_sent(taxonomy, CORPUS, frozenset()) is taxonomy


def test_open_papers_are_cut_as_if_private_ones_were_not_there() -> None:
    corpus = Corpus(paper(f"k{number}", "T", f"About {number}.", "open") for number in range(30))
    known = {one.key: card(one.key, "bees" if number % 3 else "moths") for number, one in enumerate(corpus)}
    private = {one.key for number, one in enumerate(corpus) if number % 4 == 0}
    plans = plan(corpus, known, NOUNS, papers_per_call=3, private=private)
    alone = plan(without(corpus, private), known, NOUNS, papers_per_call=3)
    assert [one for one in plans if not one.id.endswith("!not-sent")] == alone
    kept_back = [one for one in plans if one not in alone]
    assert {entry.paper.key for one in kept_back for entry in one.papers} == private
    assert len({one.id for one in plans}) == len(plans) and len(kept_back) > 2


def test_send_is_written_and_hinted_at() -> None:
    sources = (Source(path="a.bib", name="a.bib"), Source(path="b.bib", name="b.bib", send="never"))
    text = new_protocol(Protocol(sources=sources))
    assert read_protocol(text).sources == sources and 'name = "b.bib"\nsend = "never"\n' in text
    assert '# send = "never"' in new_protocol(Protocol(sources=sources[:1]))
    assert read_protocol(with_sources(text, [sources[1].model_copy(update={"name": "c"})])).sources[2].send == "never"
    assert "send" not in with_sources('sources = [{path = "x", name = "x"}]\n', sources[:1])
