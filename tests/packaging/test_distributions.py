"""The distributions hold what they should, and work where the repository is not.

All are built and installed offline: what they depend on comes from the environment that runs the tests.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from attrs import frozen

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "timecode-invoice"


def run(*command: str | Path, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, whatever that is. No variable of Timecode's but the given ones is set."""
    kept = {n: value for n, value in os.environ.items() if not n.startswith(("TIMECODE_", "PYTHONPATH", "PIP_"))}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=kept | variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def build(project: Path, kind: str, folder: Path) -> Path:
    """Build a project's "wheel" or "sdist" into a folder, without fetching anything."""
    made = run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", folder, cwd=project)
    assert made.returncode == 0, made.stderr
    (path,) = folder.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return path


@frozen
class Environment:
    """A virtual environment with nothing of its own but what was installed into it."""

    folder: Path

    @property
    def scripts(self) -> Path:
        """Where its programs are."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def packages(self) -> Path:
        """Where its packages are."""
        return Path(sysconfig.get_path("purelib", vars={"base": str(self.folder), "platbase": str(self.folder)}))

    def timecode(self, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run its `timecode` on a home folder, away from the repository."""
        home.mkdir(exist_ok=True)
        return run(self.scripts / "timecode", *arguments, cwd=home, TIMECODE_HOME=str(home), COLUMNS="200")

    def python(self, code: str) -> str:
        """What a piece of Python prints there, away from the repository."""
        done = run(self.scripts / "python", "-c", code, cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def environment(folder: Path, *wheels: Path) -> Environment:
    """An environment with these wheels; what they depend on comes from the environment that runs the tests.

    That one's own Timecode, an editable one, is not seen: a path file inside of a path file's folder is not read.
    """
    venv.create(folder, with_pip=False)
    made = Environment(folder)
    pip = (sys.executable, "-m", "pip", "--python", str(made.scripts / "python"), "--disable-pip-version-check")
    installed = run(*pip, "install", "--no-index", "--no-deps", *wheels)
    assert installed.returncode == 0, installed.stderr
    (made.packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return made


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Timecode's source distribution."""
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="session")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Timecode's wheel, built from the source distribution, so that this is known to be whole."""
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(sdist) as archive:
        # Python 3.11.2, which is Debian 12's, takes no filter; all that do go by this.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)
    (source,) = folder.iterdir()
    return build(source, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with Timecode's wheel."""
    return environment(tmp_path_factory.mktemp("installed") / "venv", wheel)


@pytest.fixture(scope="session")
def with_example(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with Timecode's wheel and the example plugin's."""
    example = build(EXAMPLE, "wheel", tmp_path_factory.mktemp("example"))
    return environment(tmp_path_factory.mktemp("with_example") / "venv", wheel, example)


PLUGINS = ("core", "dashboard_bokeh", "export_png", "ingest_http", "store_sqlite")
PACKAGES = ("timecode_core", *(f"timecode_{name}" for name in PLUGINS if name != "core"))


def names(wheel: Path) -> set[str]:
    """The files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    """What is tracked in the packages is in the wheel, data files included, and nothing else is."""
    tracked = run("git", "ls-files", "core", "plugins", cwd=ROOT).stdout.split()
    wanted = {name[name.index("/timecode_") + 1 :] for name in tracked if (ROOT / name).is_file()}
    held = {name for name in names(wheel) if ".dist-info/" not in name}
    assert wanted, "git lists no file"
    assert wanted <= held
    assert {name.partition("/")[0] for name in held} == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_that_it_is_typed(wheel: Path, package: str) -> None:
    """Type checkers of plugin authors read our types."""
    assert f"{package}/py.typed" in names(wheel)


def test_the_wheel_holds_what_the_page_needs(wheel: Path) -> None:
    """The page, its styles and its scripts are shipped, as is the API's description."""
    held = names(wheel)
    static = {name for name in held if name.startswith("timecode_dashboard_bokeh/static/")}
    assert {Path(name).suffix for name in static} >= {".html", ".css", ".js"}
    assert "timecode_ingest_http/openapi.json" in held


def test_the_wheel_carries_licence_and_readme(wheel: Path) -> None:
    """The metadata hold the licence file, and the README as the description."""
    with zipfile.ZipFile(wheel) as archive:
        held = {name.rpartition(".dist-info/")[2]: name for name in archive.namelist() if ".dist-info/" in name}
        assert archive.read(held["licenses/LICENSE"]) == (ROOT / "LICENSE").read_bytes()
        metadata = archive.read(held["METADATA"]).decode()
    assert "License-Expression: MIT" in metadata
    assert "# Timecode\n" in metadata


def test_the_source_distribution_leaves_out_what_is_not_of_it(sdist: Path) -> None:
    """It holds what the wheel is built of, and no environment, cache or extension."""
    with tarfile.open(sdist) as archive:
        tops = {Path(name).parts[1] for name in archive.getnames() if len(Path(name).parts) > 1}
    assert {"core", "plugins", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "PKG-INFO"} <= tops
    assert not tops & {"extension", ".venv", "tests", "node_modules"}


def test_the_installed_code_is_the_wheels(installed: Environment) -> None:
    """The tests below try the wheel, not the repository."""
    place = installed.python("import timecode_core; print(timecode_core.__file__)")
    assert Path(place).is_relative_to(installed.packages)


def test_the_program_tells_its_version(installed: Environment, tmp_path: Path) -> None:
    """`timecode --version` is that of the wheel's metadata."""
    version = installed.python("from importlib.metadata import version; print(version('timecode-tracker'))")
    assert installed.timecode(tmp_path, "--version").stdout.strip().endswith(version)


def test_the_default_plugins_come_by_entry_points(installed: Environment, tmp_path: Path) -> None:
    """`timecode plugins` lists the five, each once, from this distribution, and none has failed."""
    listed = installed.timecode(tmp_path, "plugins")
    assert listed.returncode == 0, listed.stderr
    *table, zone = listed.stdout.splitlines()
    assert zone.startswith("Days are those of ")
    rows = [line.split() for line in table[1:]]
    assert [(row[0], row[1]) for row in rows] == [(name, "timecode-tracker") for name in PLUGINS]
    assert "failed" not in listed.stdout


def test_an_installed_timecode_invents_and_verifies(installed: Environment, tmp_path: Path) -> None:
    """The store, the rule and the aggregations work from the wheel."""
    made = installed.timecode(tmp_path, "demo", "--no-serve", "--days", "3")
    assert made.returncode == 0, made.stderr
    verified = installed.timecode(tmp_path / "demo", "verify")
    assert verified.returncode == 0, verified.stderr
    assert verified.stdout.count(": no differences") == 3


def test_the_system_is_told_to_start_the_installed_python(installed: Environment, tmp_path: Path) -> None:
    """That of the environment, not the one that it was made by: only there is Timecode found."""
    shown = installed.timecode(tmp_path, "service", "install", "--print")
    assert shown.returncode == 0, shown.stderr
    (program,) = (word for word in re.split(r'[":<>]', shown.stdout) if "python" in word)
    assert Path(program).parent == installed.scripts
    assert str(tmp_path) in shown.stdout


def test_the_installed_page_has_all_its_files(installed: Environment) -> None:
    """Every script and style that the page names is among the assets that the wheel gives."""
    code = """
import re
from datetime import date
from timecode_core.selection import Selection
from timecode_dashboard_bokeh.page_renderer import Options, PageRenderer
day = Selection(date(2026, 1, 1), date(2026, 1, 1))
page = PageRenderer().render(day, {}, Options()).body.decode()
named = set(re.findall(r'/assets/dashboard/([\\w.-]+)', page))
print(len(named), sorted(named - set(PageRenderer().assets())))
"""
    count, missing = installed.python(code).split(" ", 1)
    assert int(count) > 3
    assert missing == "[]"


def test_the_example_plugin_is_found(with_example: Environment, tmp_path: Path) -> None:
    """It is listed with its distribution and its hooks, without failure."""
    listed = with_example.timecode(tmp_path, "plugins")
    assert listed.returncode == 0, listed.stderr
    (row,) = (line.split() for line in listed.stdout.splitlines() if line.startswith("invoice"))
    assert row == ["invoice", "timecode-invoice", "0.1.0", "aggregations,", "renderers"]
    assert "failed" not in listed.stdout


@pytest.fixture(scope="module")
def shop(with_example: Environment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with two projects, one of which has a name that is markup."""
    home = tmp_path_factory.mktemp("shop")
    (home / "config.toml").write_text(
        '[core]\ntimezone = "UTC"\n[invoice]\nhourly_rate = 80\ncurrency = "EUR"\n', encoding="utf-8"
    )
    beats = ((0, "a.PY", "shop"), (15, "b.rs", "<b>x</b>"), (24, "a.py", "shop"), (30, "c", "shop"))
    events = [
        {"time": f"2026-03-02T09:{minute:02}:00+00:00", "entity": entity, "project": project}
        for minute, entity, project in beats
    ]
    submit = f"""
from timecode_core.wiring.installation import Installation
from timecode_core.setup.home import Home
from timecode_core.serving.service import Service
from pathlib import Path
service = Service(Installation.load(Home(Path({str(home)!r}))))
service.start()
service.wait(60)
print(service.submit({events!r}, "test").count("stored"))
service.close()
"""
    assert with_example.python(submit) == "4"
    return home


def test_the_example_renders_an_invoice(with_example: Environment, shop: Path) -> None:
    """Amounts are right, sums are those of the lines, the file is named, and names are never markup."""
    days = ("--from", "2026-03-02", "--to", "2026-03-02")
    made = with_example.timecode(shop, "export", "invoice", *days, "--client", "A & B")
    assert made.returncode == 0, made.stderr
    page = (shop / "invoice-2026-03-02-2026-03-02.html").read_text(encoding="utf-8")
    assert "for A &amp; B" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>" not in page
    for hours, amount in (("0.15 h", "12.00 EUR"), ("0.35 h", "28.00 EUR"), ("0.50 h", "40.00 EUR")):
        assert f'{hours}</td><td class="n">{amount}' in page or f'{hours}</th><th class="n">{amount}' in page


def test_the_example_leaves_amounts_out_without_a_rate(with_example: Environment, shop: Path) -> None:
    """Without a rate it is a plain time sheet; the environment overrides the file."""
    command = (
        with_example.scripts / "timecode",
        "export",
        "invoice",
        "--from",
        "2026-03-02",
        "--to",
        "2026-03-02",
        "-o",
        "-",
    )
    made = run(*command, cwd=shop, TIMECODE_HOME=str(shop), TIMECODE_INVOICE__HOURLY_RATE="0")
    assert made.returncode == 0, made.stderr
    assert "0.50 h" in made.stdout
    assert "EUR" not in made.stdout


def test_the_examples_column_answers_questions(with_example: Environment, shop: Path) -> None:
    """Its aggregation is kept, answers by itself, and passes `verify`."""
    by_extension = ("report", "--from", "2026-03-02", "--to", "2026-03-02", "--by", "extension", "--format", "json")
    answer = json.loads(with_example.timecode(shop, *by_extension).stdout)
    assert answer["answered_by"] == "extensions"
    assert answer["groups"] == [{"extension": ".py", "seconds": 1260.0}, {"extension": ".rs", "seconds": 540.0}]
    verified = with_example.timecode(shop, "verify")
    assert verified.returncode == 0, verified.stderr
    assert "extensions: no differences" in verified.stdout


def test_the_examples_readme_runs(with_example: Environment, shop: Path) -> None:
    """The commands that its README shows end well."""
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    script = text.partition("```sh\n")[2].partition("```")[0]
    assert script.count("timecode ") == 2
    path = f"{with_example.scripts}{os.pathsep}{os.environ['PATH']}"
    done = run("bash", "-euo", "pipefail", "-c", script, cwd=shop, TIMECODE_HOME=str(shop), PATH=path)
    assert done.returncode == 0, done.stderr
    assert (shop / "invoice.html").stat().st_size


def test_the_example_documents_its_settings(with_example: Environment) -> None:
    """Its README names every key with its default."""
    code = "import attrs; from timecode_invoice.settings import InvoiceSettings as S; print(attrs.asdict(S()))"
    settings = eval(with_example.python(code))
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    for key, default in settings.items():
        assert f"| `{key}` | `{json.dumps(default)}` |" in text
