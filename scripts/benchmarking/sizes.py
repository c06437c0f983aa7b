"""How latency grows with the corpus: parts of one corpus, each indexed and asked over HTTP."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarking.server import Round, one_round, percentile
from benchmarking.subset import SEED, subset

CURVES = (("search", 50), ("search", 95), ("ask", 50), ("ask", 95))
NAMES = {"search": "检索", "ask": "提问"}


def measured(options: argparse.Namespace, questions: Sequence[str], scratch: Path) -> dict[int, Round]:
    """One round for each size. With `--index DIR` the parts and their indexes stay there and are used again."""
    base = options.index.resolve() if options.index else scratch
    found = {}
    for size in options.sizes:
        folder = base / str(size)
        held = subset(options.corpus.resolve(), folder / "corpus", size)
        found[held] = one_round(folder / "corpus", folder / "index", questions, options.requests, SEED)
    return found


def table(rounds: Mapping[int, Round]) -> str:
    """A Markdown table, one size a row."""
    head = ["条款", *(f"{NAMES[part]} p{share}" for part, share in CURVES), "预热后常驻内存"]
    rows = [head, ["---"] * len(head)]
    for size, one in sorted(rounds.items()):
        figures = [f"{percentile(getattr(one, part), share / 100):.1f} ms" for part, share in CURVES]
        rows.append([f"{size:,}", *figures, "—" if one.memory is None else f"{one.memory:.0f} MiB"])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def plot(rounds: Mapping[int, Round], path: Path) -> None:
    """Latency against size, both logarithmic, as a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 4.2), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(xscale="log", yscale="log", xlabel="clauses", ylabel="milliseconds, over HTTP")
    sizes = sorted(rounds)
    colours = {"search": "#1d4482", "ask": "#b3541e"}
    for part, share in CURVES:
        values = [percentile(getattr(rounds[size], part), share / 100) for size in sizes]
        style: Any = {"marker": "o", "color": colours[part], "linestyle": "-" if share == 50 else "--"}
        axes.plot(sizes, values, label=f"{part} p{share}", **style)
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.grid(visible=True, alpha=0.3)
    axes.legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})
