"""Give every paper its card: category, facets and facts, each with a verbatim quote."""

from pathlib import Path

from agent.cli.console import Console
from agent.cli.options import FolderArgument, JsonOption, MaxUsdOption, ModelOption, OfflineOption, open_review
from agent.cli.outcome import end


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
        report = review.build("classify")
    end(report, review.usage, as_json=as_json)
