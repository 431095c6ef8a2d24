"""What is read of shell lines, settings, tools and marks, where a rule would be fooled."""

from __future__ import annotations

import pytest

from scaffold.check.facts import effects, environment, shell
from scaffold.check.facts.code import Files
from scaffold.check.rules import accounts


@pytest.mark.parametrize(
    ("script", "verbs"),
    [
        ("uv run --locked app evaluate --check", {"evaluate": True}),
        ("uv run --group train app train", {"train": True}),
        (".venv/bin/python -m app train", {"train": True}),
        ("test -f models/champion || uv run app train", {"train": True}),
        ("uv run app evaluate --check || exit 1", {"evaluate": True}),
        ("set -e\nuv run app evaluate \\\n  --check", {"evaluate": True}),
        ("CI=1 uv run app evaluate && echo fine", {"evaluate": True}),
        ("uv run app evaluate || echo later", {"evaluate": False}),
        ("uv run app evaluate | tee log", {"evaluate": False}),
        ("uv run app evaluate &", {"evaluate": False}),
        ("if uv run app evaluate; then echo yes; fi", {"evaluate": False}),
        ("echo fine # uv run app evaluate", {}),
        ("echo \"::notice::'uv run app evaluate' writes reports/\"", {}),
        ("echo 'an open quote", {}),
    ],
)
def test_a_script_runs_what_its_commands_say(script: str, verbs: dict[str, bool]) -> None:
    assert shell.app_verbs(script) == verbs


SETTINGS = """
class ServiceSettings(BaseSettings):
    retention_days: float = Field(default=90, gt=0)
    rate_limit_per_minute: int = Field(default=600, ge=0)
    api_key: SecretStr = SecretStr("")


class Settings(ServiceSettings):
    rate_limit_per_minute: int = 60
    folder: Path = Path("reports")
    workers: int = os.cpu_count()


class Other:
    port: int = 1
"""


def test_the_settings_class_that_is_furthest_down_says_the_default() -> None:
    read = environment.settings(Files({"app/settings.py": f"from x import y\n{SETTINGS}"}))
    assert {name: one.default for name, one in read.items()} == {
        "RETENTION_DAYS": "90",
        "RATE_LIMIT_PER_MINUTE": "60",
        "API_KEY": "",
        "FOLDER": "reports",
        "WORKERS": None,
    }


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.0", "1", True),
        ("8_388_608", "8388608", True),
        ("False", "false", True),
        ("7", "90", False),
    ],
)
def test_settings_are_one_however_they_are_written(one: str, other: str, same: bool) -> None:
    assert environment.same(one, other) is same


TOOLS = "from app.mine import look\nYOUR_TOOLS = [look]\n"


@pytest.mark.parametrize(
    ("line", "effect"),
    [
        ("Path('x').read_text()", ""),
        ("open('x').read()", ""),
        ("urlopen('https://x.dev')", ""),
        ("db.execute('SELECT a FROM b')", ""),
        ("Path('x').write_text('y')", "`write_text` at app/mine.py:2"),
        ("open('x', 'a').write('y')", "`open` to write at app/mine.py:2"),
        ("open('x', mode='wb')", "`open` to write at app/mine.py:2"),
        ("Request('https://x.dev', method='POST')", "`Request` at app/mine.py:2"),
        ("db.execute('DELETE FROM b')", "`DELETE FROM b` at app/mine.py:2"),
        ("subprocess.Popen(['rm'])", "`Popen` at app/mine.py:2"),
    ],
)
def test_a_tool_that_does_more_than_look_is_named(line: str, effect: str) -> None:
    files = Files({effects.TOOLS: TOOLS, "app/mine.py": f"def look():\n    {line}\n"})
    assert effects.of_tools(files) == effect


@pytest.mark.parametrize(
    ("mark", "skipped", "conditional"),
    [
        ("@pytest.mark.skip", True, False),
        ("@odd", False, True),
        ("@never", True, False),
        ("@pytest.mark.skipif(sys.platform == 'win32', reason='-')", False, True),
        ("@pytest.mark.parametrize('a', [1])", False, False),
    ],
)
def test_a_skip_by_another_name_is_a_skip(mark: str, skipped: bool, conditional: bool) -> None:
    head = "odd = pytest.mark.skipif(sys.platform != 'x', reason='-')\nnever = pytest.mark.skip\n"
    text = f"{head}\n{mark}\ndef test_it(a):\n    assert a\n"
    (found,) = Files({"tests/test_it.py": text}).tests("tests/test_it.py")
    assert (found.skipped, found.conditional) == (skipped, conditional)


@pytest.mark.parametrize(
    ("line", "empty"),
    [
        ("- **Source**:", True),
        ("- **Licence**: to be clarified.", True),
        ("License: TBD", True),
        ("- **Source**: counted by the author", False),
        ("# Licences of others", False),
    ],
)
def test_a_line_that_names_no_source_is_seen(line: str, empty: bool) -> None:
    assert bool(accounts._EMPTY.search(line)) is empty
