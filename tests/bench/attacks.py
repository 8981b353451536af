"""How much of what speaks to a model is seen, and how often an honest paper is marked.

`python -m tests.bench.attacks` (the second figure needs ../shared).
"""

from agent.corpus import merge
from agent.papers import Paper
from agent.sources import read
from agent.suspicion import suspicions
from tests.attacks import ATTACKS
from tests.shared import SHARED


def seed_papers() -> list[Paper]:
    """The papers of the three dumps, each once."""
    records = [one for file in sorted((SHARED / "seeds").glob("*.txt")) for one in read(file, file.name).records]
    return list(merge(records).corpus)


def main() -> None:
    seen = [attack for attack in ATTACKS if suspicions(attack.paper)]
    print(f"attacks of our own that are marked    {len(seen)} of {len(ATTACKS)}")
    for attack in ATTACKS:
        if attack not in seen:
            print(f"  not seen: {attack.name} ({attack.unseen_because})")
    if (SHARED / "seeds").is_dir():
        papers = seed_papers()
        marked = {paper.key: found for paper in papers if (found := suspicions(paper))}
        print(f"papers of the real corpus marked      {len(marked)} of {len(papers)}")
        for key, found in marked.items():
            print(f"  {key}: {'; '.join(f'{one.kind.value}: {one.words}' for one in found)}")


if __name__ == "__main__":
    main()
