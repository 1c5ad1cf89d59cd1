"""`make docs` and `dbt source freshness`, on a warehouse that a run has filled."""

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from warehouse_house import House

from orchestration.definitions import defs
from orchestration.lib.dbt_project import manifest
from orchestration.lib.docs_site.dbt_pages import seal
from orchestration.lib.settings import PROJECT_DIR

pytestmark = pytest.mark.slow

PAGES = ("index.html", "dbt.html", "dagster.html")
# What a browser fetches by itself; a link of <a> waits for a click.
FETCHING = {"src", "srcset", "data", "poster", "background", "action", "formaction"}
FOREIGN = re.compile(r"^\s*(?:https?:|wss?:)?//", re.IGNORECASE)
IN_STYLE = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])((?:https?:)?//[^"')]*)""")
IN_SCRIPT = re.compile(r"""\.src\s*=\s*["']((?:https?:)?//[^"']*)""")


class Page(HTMLParser):
    """What a page fetches when it opens, what it forbids, and the places it names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.policies: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)
        self.fetched += IN_STYLE.findall(text) + IN_SCRIPT.findall(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids |= {values["id"]} if "id" in values else set()
        if values.get("http-equiv", "").lower() == "content-security-policy":
            self.policies.append(values["content"])
        if tag == "a":
            self.links |= {values.get("href") or values.get("xlink:href", "")}
        fetching = FETCHING if tag == "a" else FETCHING | {"href", "xlink:href"}
        self.fetched += [value for name, value in values.items() if name in fetching]

    @property
    def foreign(self) -> list[str]:
        return [address for address in self.fetched if FOREIGN.match(address)]


@pytest.fixture(scope="module")
def site(house: House, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("site") / "docs"
    done = house.call(sys.executable, "-m", "orchestration.cli", "docs", "--into", f"{folder}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == f"Open {folder / 'index.html'} in a browser."
    return {name: (folder / name).read_text(encoding="utf-8") for name in PAGES}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing_from_another_host(site: dict[str, str], name: str):
    page = Page(site[name])
    assert page.foreign == []
    assert len(page.policies) == 1
    rules = dict(rule.strip().split(" ", 1) for rule in page.policies[0].split(";"))
    assert rules["default-src"] == "'none'"
    assert {word for rule in rules.values() for word in rule.split()} <= {
        "'none'",
        "'unsafe-inline'",
        "'unsafe-eval'",
        "data:",
        "blob:",
    }


@pytest.mark.parametrize(
    "loading",
    [
        '<script src="https://cdn.example/a.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/css">',
        '<style>@import "https://fonts.example/css";</style>',
        "<style>p { background: url(//pictures.example/a.png) }</style>",
        '<script>tag.async = 1, tag.src = "//tracker.example/sp.js"</script>',
    ],
)
def test_what_a_page_would_load_from_elsewhere_is_seen(loading: str):
    assert Page(f"<html><head>{loading}</head></html>").foreign


def test_the_tracker_is_taken_out():
    sealed = seal('<html><head lang="en"><script>i.src="//tracker.example/sp.js"</script></head>')
    assert "tracker.example" not in sealed
    with pytest.raises(ValueError, match="no <head>"):
        seal("<html></html>")


def test_dbt_page_holds_every_model_source_and_exposure_and_what_the_catalog_says(
    site: dict[str, str],
):
    page = site["dbt.html"]
    nodes = {**manifest()["nodes"], **manifest()["sources"], **manifest()["exposures"]}
    missing = [unique_id for unique_id in nodes if f'"{unique_id}"' not in page]
    assert missing == []
    fits = [node for node in manifest()["exposures"].values() if node["type"] == "ml"]
    assert len(fits) == len(list((PROJECT_DIR / "models" / "panels").rglob("pnl_*.sql")))
    # Pinned to 960 pixels, the page would be cut off on a telephone.
    assert re.findall(r'<meta name="viewport" content="([^"]*)"', page) == ["width=960"]
    # A type that only the database knows: the load's tables declare none.
    assert '"timestamp with time zone"' in page


def test_asset_page_draws_and_lists_every_asset_and_check(site: dict[str, str]):
    page, text = Page(site["dagster.html"]), site["dagster.html"]
    graph = defs.resolve_asset_graph()
    keys = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert keys <= page.ids
    titles = set(re.findall(r"<title>([^<]*)</title>", text.replace("&#45;", "-")))
    assert keys <= titles
    edges = {
        f"{parent.to_user_string()}-&gt;{key.to_user_string()}"
        for key in graph.get_all_asset_keys()
        for parent in graph.get(key).parent_keys
    }
    assert edges <= titles
    assert text.count("<li><code>") == len(graph.asset_check_keys)
    # Every link of the page leads to a place that is there.
    inside = {link[1:] for link in page.links if len(link) > 1 and link.startswith("#")}
    assert inside <= page.ids


def test_landing_page_leads_to_both_lineages(site: dict[str, str]):
    links = Page(site["index.html"]).links
    assert {"dbt.html", "dbt.html#!/overview?g_v=1", "dagster.html"} <= links
    linked = {link.rsplit("/", 1)[-1] for link in links if "#!/model/" in link}
    assert linked
    assert linked <= set(manifest()["nodes"])


def test_source_freshness_warns_of_old_rows_and_passes_a_load_of_today(
    house: House, tmp_path: Path
):
    done = house.call(
        "dbt", "source", "freshness", "--no-use-colors", "--target-path", f"{tmp_path}"
    )
    assert done.returncode == 0, done.stdout
    found = json.loads((tmp_path / "sources.json").read_text(encoding="utf-8"))["results"]
    status = {result["unique_id"].split(".", 2)[2]: result["status"] for result in found}
    assert status["ingestion.loads"] == "pass"
    assert status["raw.sessions"] == "warn"
    assert set(status.values()) == {"pass", "warn"}
    newest = next(result for result in found if result["unique_id"].endswith("raw.sessions"))
    assert f"raw.sessions: newest row of {newest['max_loaded_at'][:10]}" in done.stdout
    assert "ingestion.loads:" not in done.stdout
