"""Make the taxonomy from the papers, or show the one in taxonomy.yaml, which is yours to edit."""

from pathlib import Path

from agent.cli.console import Console, show, show_json
from agent.cli.options import FolderArgument, JsonOption, MaxUsdOption, ModelOption, OfflineOption, open_review


def command(
    folder: FolderArgument = Path(),
    *,
    model: ModelOption = None,
    max_usd: MaxUsdOption = None,
    offline: OfflineOption = False,
    as_json: JsonOption = False,
) -> None:
    with Console() as console:
        review = open_review(folder, console, model=model, max_usd=max_usd, offline=offline)
        review.build("taxonomy")
    taxonomy = review.folder.taxonomy()
    assert taxonomy is not None  # or `build` would have raised
    if as_json:
        show_json(taxonomy)
        return
    for category, top in taxonomy.walk():
        show(f"{'' if category is top else '  '}{category.id}  {category.name}: {category.definition}")
    for name, facet in taxonomy.facets.items():
        show(f"facet {name}: {', '.join(facet.codes)}")
    show(f"edit {review.folder.taxonomy_file} as you see fit; next: conspectus classify {folder}")
