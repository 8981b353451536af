"""What a refresh proposes where papers fit nowhere, and what becomes of it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree

import pytest

from agent.drift import Proposal
from agent.errors import TaxonomyError
from agent.extractive import Extractive
from agent.folder import Folder
from agent.llm.call import Call
from agent.llm.client import Client
from agent.pipeline import baseline
from agent.pipeline.drifting import accept_changes, propose_changes
from agent.pipeline.run import Run
from agent.pipeline.wish import Wish
from agent.review import BUILT_IN
from agent.taxonomy import read_taxonomy
from tests.command import Conspectus
from tests.papers import BELLS, PLOTS, TAXONOMY, write_jsonl
from tests.scripted import Line, Scripted
from tests.test_drift import git_applies

LATER = [
    ("Ropes and Stays", "A bell is rung by a rope of hemp. We weigh 30 ropes of bells in six towers."),
    (
        "Tenor Bells of the Coast",
        "Salt eats bells. In nine towers by the sea the tenor bells lost their lettering.",
    ),
    ("Bells That Were Melted", "Bells were taken from towers in two wars. We count 600 bells that never came back."),
    ("Muffled Bells", "Leather on one side of the clapper muffles bells. Ringers of 15 towers say when they do so."),
    ("Swallows Among Bells", "Birds nest in towers beside the bells. They leave when all bells ring for an hour."),
    ("Lightning in Towers", "Ringing bells against thunder killed ringers. We list 100 towers that were struck."),
]
"""Six more papers on bells."""


@dataclass
class Nightly:
    """A review of gardens that is refreshed, and what the last refresh said and asked."""

    folder: Folder
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def source(self, plots: list[tuple[str, str]], name: str = "more.jsonl") -> None:
        """Let a source hold these."""
        write_jsonl(self.folder.path.parent / name, plots)

    def refresh(self, client: Client | None = None) -> Proposal | None:
        """As `agent.pipeline.refresh` does it, up to the cards."""
        self.said.clear()
        baseline.begin(self.folder)
        own = Client(Extractive(), BUILT_IN)
        run = Run(
            self.folder, self.folder.protocol(), client or own, self.said.append, aside=own, wish=Wish(is_refresh=True)
        )
        run.gather()
        assert run.induce()
        self.asked = sorted(run.due())
        assert run.classify()
        found = propose_changes(run)
        run.finish()
        baseline.end(self.folder)
        return found

    @property
    def patch(self) -> str | None:
        return self.folder.proposal_text()

    def decline(self) -> None:
        (self.folder.path / "taxonomy.patch").unlink()

    def write(self, name: str, text: str) -> None:
        (self.folder.path / name).write_text(text)


@pytest.fixture
def nightly(tmp_path: Path, conspectus: Conspectus) -> Nightly:
    """The eight gardens under a taxonomy that a person wrote, refreshed once, with a second source to put more into."""
    (tmp_path / "more.jsonl").write_text(json.dumps({"title": "Watering Cans", "abstract": PLOTS[0][1]}) + "\n")
    ended = conspectus("init", tmp_path / "r", write_jsonl(tmp_path / "plots.jsonl"), tmp_path / "more.jsonl")
    assert ended.code == 0, ended.err
    (tmp_path / "r" / "taxonomy.yaml").write_text(TAXONOMY)
    night = Nightly(Folder(tmp_path / "r"))
    assert night.refresh() is None and night.patch is None
    return night


def test_papers_that_fit_nowhere_are_proposed_a_category_and_all_else_goes_on(nightly: Nightly, tmp_path: Path) -> None:
    before, cards = nightly.folder.taxonomy_text(), nightly.folder.cards()
    nightly.source(BELLS)
    found = nightly.refresh()
    assert found is not None and [one.category.name for one in found.additions] == ["Bells"]
    assert nightly.folder.taxonomy_text() == before
    after = nightly.folder.cards()
    assert {key: after[key] for key in cards} == cards and {card.category for card in after.values()} == {
        "water",
        "pests",
    }
    patch = nightly.patch
    assert patch is not None
    assert '# "Bells" (bells), for 8 papers:\n' in patch and "#   bronze-for-bells  Bronze for Bells: Tin" in patch
    assert "for 8 cards, of papers that fit badly" in patch
    assert nightly.said[-1].startswith('1 category proposed in taxonomy.patch for 8 papers that fit nowhere: "Bells"')
    (tmp_path / "git").mkdir()
    assert "id: bells" in git_applies(patch, before, tmp_path / "git")


def test_the_next_night_changes_no_byte(nightly: Nightly) -> None:
    nightly.source(BELLS)
    nightly.refresh()
    patch, report = nightly.patch, (nightly.folder.path / "report.json").read_bytes()
    assert nightly.refresh() is None
    assert nightly.patch == patch and (nightly.folder.path / "report.json").read_bytes() == report


def test_the_order_of_papers_changes_no_byte(nightly: Nightly) -> None:
    nightly.source(BELLS)
    nightly.refresh()
    patch = nightly.patch
    nightly.decline()
    (nightly.folder.path / "report.json").unlink()
    (nightly.folder.path / "cards.jsonl").unlink()
    rmtree(nightly.folder.path / ".conspectus")  # which remembers that these papers fitted badly before
    nightly.source(BELLS[::-1])
    nightly.refresh()
    assert patch is not None and nightly.patch == patch


def test_accepted_it_stands_in_the_taxonomy_and_the_misfits_are_asked_again(nightly: Nightly) -> None:
    nightly.source(BELLS)
    nightly.refresh()
    before = nightly.folder.taxonomy_text()
    said: list[str] = []
    assert accept_changes(nightly.folder, said.append)
    assert said == ["taxonomy.patch is taken: Bells"]
    after = nightly.folder.taxonomy_text()
    assert nightly.patch is None and after.startswith("# ours, by hand\n")
    assert [line for line in after.splitlines() if line in before.splitlines()] == before.splitlines()
    assert nightly.refresh() is None and nightly.patch is None
    cards = nightly.folder.cards()
    assert len(nightly.asked) == 8
    assert {cards[key].category for key in nightly.asked} == {"bells"}
    nightly.refresh()
    assert not nightly.asked


def test_what_was_declined_stays_declined(nightly: Nightly) -> None:
    nightly.source(BELLS[:7])
    assert nightly.refresh()
    nightly.decline()
    assert nightly.refresh() is None and nightly.patch is None
    nightly.source(BELLS)
    assert nightly.refresh() is None and nightly.patch is None, "one more of them is no new reason"


def test_later_papers_that_are_enough_by_themselves_are_proposed_again(nightly: Nightly) -> None:
    nightly.source(BELLS[:5])
    assert nightly.refresh()
    nightly.decline()
    nightly.refresh()
    nightly.source([*BELLS[:5], *LATER])
    found = nightly.refresh()
    assert found is not None
    assert not set(found.papers) & {"how-church-bells-lose-their", "cracks-in-cast-bells-found"}


def test_an_open_patch_takes_in_what_comes_later(nightly: Nightly) -> None:
    nightly.source(BELLS[:6])
    nightly.refresh()
    first = nightly.patch
    nightly.source(BELLS)
    found = nightly.refresh()
    assert found is not None and len(found.papers) == 8 and nightly.patch != first


def test_a_patch_that_a_person_edited_is_never_written_over(nightly: Nightly) -> None:
    nightly.source(BELLS[:6])
    nightly.refresh()
    assert nightly.patch is not None
    edited = nightly.patch.replace("name: Bells", "name: Church bells")
    nightly.write("taxonomy.patch", edited)
    nightly.source(BELLS)
    assert nightly.refresh() is None and nightly.patch == edited
    assert any("was edited and stays as it is; 2 papers fit nowhere beside" in one for one in nightly.said)
    accept_changes(nightly.folder, nightly.said.append)
    assert read_taxonomy(nightly.folder.taxonomy_text()).category("bells").name == "Church bells"


def test_a_patch_that_does_not_apply_any_more_changes_nothing_and_says_what_to_do(nightly: Nightly) -> None:
    nightly.source(BELLS)
    nightly.refresh()
    mine = nightly.folder.taxonomy_text().replace("facets:\n", "# a line of mine\nfacets:\n")
    nightly.write("taxonomy.yaml", mine)
    patch = nightly.patch
    with pytest.raises(TaxonomyError, match="does not apply: its part 1 of 1 .* make the change there by hand"):
        accept_changes(nightly.folder, nightly.said.append)
    assert nightly.folder.taxonomy_text() == mine and nightly.patch == patch


def test_after_an_edit_of_the_taxonomy_an_untouched_patch_is_made_anew(nightly: Nightly) -> None:
    nightly.source(BELLS)
    nightly.refresh()
    nightly.write("taxonomy.yaml", nightly.folder.taxonomy_text().replace("facets:\n", "# mine\nfacets:\n"))
    assert nightly.refresh() is not None
    assert accept_changes(nightly.folder, nightly.said.append)
    assert "# mine\n" in nightly.folder.taxonomy_text()


def test_a_patch_whose_papers_are_gone_is_taken_away(nightly: Nightly) -> None:
    nightly.source(BELLS)
    nightly.refresh()
    nightly.source(PLOTS[:1])
    assert nightly.refresh() is None and nightly.patch is None
    assert any("is taken away" in one for one in nightly.said)
    nightly.source(BELLS)
    assert nightly.refresh() is not None, "nobody declined it"


def test_a_patch_that_leaves_no_taxonomy_is_not_taken(nightly: Nightly) -> None:
    nightly.source(BELLS)
    nightly.refresh()
    assert nightly.patch is not None
    nightly.write("taxonomy.patch", nightly.patch.replace("id: bells", "id: water"))
    before = nightly.folder.taxonomy_text()
    with pytest.raises(TaxonomyError, match="nothing changed: with it, .* two categories have the id water"):
        accept_changes(nightly.folder, nightly.said.append)
    assert nightly.folder.taxonomy_text() == before and nightly.patch is not None


def test_accepting_goes_on_where_it_was_killed_between_its_two_writes(nightly: Nightly) -> None:
    nightly.source(BELLS)
    nightly.refresh()
    patch = nightly.patch
    assert patch is not None and accept_changes(nightly.folder, nightly.said.append)
    taken = nightly.folder.taxonomy_text()
    nightly.write("taxonomy.patch", patch)
    assert accept_changes(nightly.folder, nightly.said.append)
    assert nightly.folder.taxonomy_text() == taken and nightly.patch is None


def test_without_a_patch_there_is_nothing_to_accept(nightly: Nightly) -> None:
    said: list[str] = []
    assert not accept_changes(nightly.folder, said.append)
    assert said == ["there is no taxonomy.patch to accept: nothing is proposed"]


def test_a_named_model_is_asked_for_cards_alone(nightly: Nightly) -> None:
    nightly.source(BELLS)
    transport = Scripted(unsure)
    found = nightly.refresh(Client(transport, "m"))
    assert found is not None and set(transport.prompts) == {"classify_paper"}
    assert nightly.patch is not None and "asks m for 8 cards" in nightly.patch


def unsure(call: Call) -> Line:
    """Sure of gardens, and of nothing else."""
    paper = call.fields["paper"]
    is_bell = "bell" in f"{paper.title} {paper.abstract}".lower()
    facts = dict.fromkeys(("name", "problem", "approach", "result"))
    card = {"why": "So.", "category": "water", "also": [], "facets": {"kind": None}, "facts": facts}
    return card | {"confidence": 0.2 if is_bell else 0.9}


def test_titles_of_papers_that_are_not_sent_are_not_told(nightly: Nightly, tmp_path: Path) -> None:
    protocol = nightly.folder.protocol_file
    named = 'name = "more.jsonl"'
    protocol.write_text(protocol.read_text().replace(named, f'{named}\nsend = "never"'))
    nightly.source(BELLS[:2])
    nightly.refresh()
    write_jsonl(tmp_path / "plots.jsonl", [*PLOTS, *BELLS[2:]])
    assert nightly.refresh() is not None
    patch = nightly.patch
    assert patch is not None and "#   cracks-in-cast-bells-found\n" in patch and "Found by Ringing" not in patch
    assert "cracks-in-cast" not in patch.split("\n--- ")[1]


def test_the_command_proposes_and_accepts(nightly: Nightly, conspectus: Conspectus) -> None:
    nightly.source(BELLS)
    review = nightly.folder.path
    ended = conspectus("refresh", review, "--offline")
    assert ended.code == 0, ended.err
    assert nightly.patch is not None
    ended = conspectus("refresh", review, "--accept", "--offline")
    assert ended.code == 0, ended.err
    assert nightly.patch is None and "bells" in read_taxonomy(nightly.folder.taxonomy_text()).ids
    assert sum(card.category == "bells" for card in nightly.folder.cards().values()) == len(BELLS)
    assert "## Bells" in (review / "survey" / "survey.md").read_text()
