"""The asset graph drawn by Graphviz, as SVG that a page styles and makes come alive."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pygraphviz

from orchestration.lib.docs_site.asset_graph import Asset, by_group

FONT_SIZE = 11
# A monospaced letter is six tenths as wide as high: so boxes fit in every browser, whichever
# fonts the machine that draws has.
LETTER = 0.6 * FONT_SIZE
POINTS_PER_INCH = 72
GRAPH = {"bgcolor": "transparent", "fontname": "monospace", "fontsize": FONT_SIZE, "pad": 0.1}
NODE = {"shape": "box", "style": "rounded", "fontname": "monospace", "fontsize": FONT_SIZE}


def draw_groups(assets: Iterable[Asset]) -> str:
    """Draw one box per group, with its assets and checks counted, and what feeds what."""
    assets = tuple(assets)
    group_of = {asset.key: asset.group for asset in assets}
    graph = _graph(rankdir="TB", nodesep=0.25, ranksep=0.3)
    for group, members in by_group(assets).items():
        n_checks = sum(asset.n_checks for asset in members)
        counted = _counted(len(members), "asset") + (
            f", {_counted(n_checks, 'check')}" if n_checks else ""
        )
        makers = Counter(asset.maker for asset in members)
        _add_box(graph, group, [group, counted], makers.most_common(1)[0][0], f"#group-{group}")
    feeds = Counter(
        (group_of[parent], asset.group)
        for asset in assets
        for parent in asset.upstream
        if group_of[parent] != asset.group
    )
    for (source, target), n in sorted(feeds.items()):
        graph.add_edge(source, target, penwidth=1 + min(n, 20) / 10)
    return _svg(graph, "Groups of assets")


def draw_assets(assets: Iterable[Asset]) -> str:
    """Draw every asset in the box of its group, from left to right as data flows."""
    assets = tuple(assets)
    graph = _graph(rankdir="LR", nodesep=0.08, ranksep=0.7)
    for asset in assets:
        checks = [_counted(asset.n_checks, "check")] if asset.n_checks else []
        lines = [asset.name, *checks]
        _add_box(graph, asset.key, lines, asset.maker, f"#{asset.key}")
        for parent in asset.upstream:
            graph.add_edge(parent, asset.key)
    for group, members in by_group(assets).items():
        box = graph.add_subgraph(
            [asset.key for asset in members], f"cluster_{group}", label=group, style="rounded"
        )
        folders = {asset.folder for asset in members}
        # What a loader or a fit makes lies in schemas that are not called as their group is.
        for folder in sorted(folders - {group} if len(folders) > 1 else ()):
            inside = [asset.key for asset in members if asset.folder == folder]
            box.add_subgraph(
                inside, f"cluster_{group}_{folder}", label=folder, style="rounded,dashed"
            )
    return _svg(graph, "Assets")


def _graph(**settings: object) -> pygraphviz.AGraph:
    graph = pygraphviz.AGraph(directed=True, strict=True)
    graph.graph_attr.update(**GRAPH, **settings)
    graph.node_attr.update(**NODE)
    graph.edge_attr.update(arrowsize=0.6)
    return graph


def _add_box(graph: pygraphviz.AGraph, name: str, lines: list[str], maker: str, link: str) -> None:
    graph.add_node(
        name,
        label="\n".join(lines),
        width=(max(map(len, lines)) * LETTER + 14) / POINTS_PER_INCH,
        height=(len(lines) * FONT_SIZE * 1.25 + 8) / POINTS_PER_INCH,
        fixedsize="true",
        URL=link,
        tooltip=name,
        **{"class": f"maker-{maker}"},
    )


def _svg(graph: pygraphviz.AGraph, title: str) -> str:
    """Return the drawing without its prologue, one unit to a pixel, named for screen readers."""
    drawn = graph.draw(format="svg", prog="dot").decode("utf-8")
    drawn = drawn[drawn.index("<svg") :]
    size = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', drawn)
    if size is None:
        raise RuntimeError("Graphviz drew nothing")
    width, height = (round(float(number)) for number in size.groups())
    head = f'<svg role="img" aria-label="{title}" width="{width}" height="{height}"'
    return re.sub(r'<svg width="\S+" height="\S+"', head, drawn, count=1)


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"
