"""Add files of papers to a review; papers that it has already become no second one."""

from pathlib import Path

from agent.cli.options import FilesArgument, FolderOption, JsonOption, MaxUsdOption, ModelOption, OfflineOption, access
from agent.cli.outcome import Result, end
from agent.cli.step import bring
from agent.folder import Folder
from agent.pipeline import Review
from agent.wording import count


def command(
    files: FilesArgument,
    *,
    folder: FolderOption = Path(),
    model: ModelOption = None,
    max_usd: MaxUsdOption = None,
    offline: OfflineOption = False,
    as_json: JsonOption = False,
) -> None:
    before = Folder(folder)
    n_before = len(before.corpus())
    added = Review(before).add(files)
    review, report = bring(folder, "papers", access(model, max_usd, offline=offline), as_json=as_json)
    n_new = report.n_papers - n_before
    line = f"{count(len(added), 'source')} added: {count(n_new, 'new paper')}, {report.n_papers:,} in all"
    value = {"sources": [source.name for source in added], "new": n_new, "papers": report.n_papers}
    end(report, review.usage, Result([line], value), as_json=as_json)
