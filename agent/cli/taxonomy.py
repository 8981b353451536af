"""Make the taxonomy from the papers, or show the one in taxonomy.yaml, which is yours to edit."""

import shlex
from pathlib import Path

from agent.cli.options import (
    FolderArgument,
    JsonOption,
    MaxCallsOption,
    MaxTokensOption,
    MaxUsdOption,
    ModelOption,
    OfflineOption,
    access,
)
from agent.cli.outcome import Result, end
from agent.cli.step import bring


def command(
    folder: FolderArgument = Path(),
    *,
    model: ModelOption = None,
    max_usd: MaxUsdOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    offline: OfflineOption = False,
    as_json: JsonOption = False,
) -> None:
    review, report = bring(
        folder,
        "taxonomy",
        access(model, max_usd, max_calls=max_calls, max_tokens=max_tokens, offline=offline),
        as_json=as_json,
    )
    taxonomy = review.folder.taxonomy()
    assert taxonomy is not None  # or `bring` would have raised
    lines = [
        f"{'' if category is top else '  '}{category.id}  {category.name}: {category.definition}"
        for category, top in taxonomy.walk()
    ]
    lines += [f"facet {name}: {', '.join(facet.codes)}" for name, facet in taxonomy.facets.items()]
    last = f"edit {review.folder.taxonomy_file} as you see fit; next: conspectus classify {shlex.quote(str(folder))}"
    end(report, review.spent, Result(lines, taxonomy, last), as_json=as_json)
