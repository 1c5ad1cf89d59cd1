"""Dagster's assets, with their checks, as plain values in the order in which they are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from statistics import fmean

import dagster as dg


@dataclass(frozen=True)
class Check:
    """A check on an asset.

    Attributes
    ----------
    name : str
    description : str
        Empty where it has none.
    is_blocking : bool
        Whether a failure stops what comes after.
    """

    name: str
    description: str
    is_blocking: bool


@dataclass(frozen=True)
class Asset:
    """An asset of the graph.

    Attributes
    ----------
    key : str
        Its key, such as ``scores/fct_experience_scores``.
    group : str
        Dagster's group; the first part of the key for what no asset of the project makes.
    maker : str
        ``dbt`` or ``python`` (a fit), else ``dagster``.
    description : str
    depth : int
        Steps from the furthest asset that nothing comes before.
    upstream, downstream : tuple of str
        Keys of its direct neighbours.
    checks : tuple of Check
    """

    key: str
    group: str
    maker: str
    description: str
    depth: int
    upstream: tuple[str, ...]
    downstream: tuple[str, ...]
    checks: tuple[Check, ...]

    @property
    def folder(self) -> str:
        """What its key starts with."""
        return self.key.split("/")[0]

    @property
    def name(self) -> str:
        """What its key ends with."""
        return self.key.split("/")[-1]

    @property
    def n_checks(self) -> int:
        """Checks on it."""
        return len(self.checks)

    @property
    def n_blocking(self) -> int:
        """Checks that stop what comes after."""
        return sum(check.is_blocking for check in self.checks)


def read_assets(
    definitions: dg.Definitions, described: Mapping[str, str] | None = None
) -> tuple[Asset, ...]:
    """Read every asset of the definitions, upstream ones first.

    Parameters
    ----------
    definitions : dagster.Definitions
        The project's definitions.
    described : mapping of str to str, optional
        Better descriptions by key: what one step loads shares one description in Dagster.
    """
    graph = definitions.resolve_asset_graph()
    nodes = {key.to_user_string(): graph.get(key) for key in graph.get_all_asset_keys()}
    upstream = {name: _names(node.parent_keys) for name, node in nodes.items()}
    depth = _depths(upstream)
    assets = []
    for name, node in nodes.items():
        kinds = node.kinds & {"dbt", "python"}
        assets.append(
            Asset(
                key=name,
                group=node.group_name if node.is_materializable else name.split("/")[0],
                maker=min(kinds) if kinds else "dagster",
                description=_paragraph((described or {}).get(name) or node.description),
                depth=depth[name],
                upstream=upstream[name],
                downstream=_names(node.child_keys),
                checks=tuple(_check(graph, key) for key in sorted(node.check_keys)),
            )
        )
    return tuple(sorted(assets, key=lambda asset: (asset.depth, asset.key)))


def by_group(assets: Iterable[Asset]) -> Mapping[str, tuple[Asset, ...]]:
    """Assets by group, the groups in the order in which data passes them."""
    groups: dict[str, list[Asset]] = {}
    for asset in assets:
        groups.setdefault(asset.group, []).append(asset)
    # By the mean, because groups feed one another in both directions (panels read fitted numbers).
    ordered = sorted(groups.items(), key=lambda item: fmean(asset.depth for asset in item[1]))
    return {group: tuple(members) for group, members in ordered}


def _names(keys: Iterable[dg.AssetKey]) -> tuple[str, ...]:
    return tuple(sorted(key.to_user_string() for key in keys))


def _depths(upstream: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    depth: dict[str, int] = {}
    for name in TopologicalSorter(upstream).static_order():
        depth[name] = 1 + max((depth[parent] for parent in upstream[name]), default=-1)
    return depth


def _check(graph: dg.AssetGraph, key: dg.AssetCheckKey) -> Check:
    node = graph.get(key)
    return Check(key.name, _paragraph(node.description), node.blocking)


def _paragraph(text: str | None) -> str:
    """Take the first paragraph: dagster-dbt adds the model's SQL below it."""
    return " ".join((text or "").split("\n\n")[0].split())
