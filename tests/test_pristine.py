"""What a starter gives is what copier gives, byte for byte; where unsure, copier is asked."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import copier
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold import catalog, places, questions, releases, scratch, source, texts
from scaffold.errors import ScaffoldError
from scaffold.pristine import Pristine
from scaffold.render import render
from scaffold.texts import Texts, UnsureError
from tests.small_pack import RENDERED, TEMPLATE, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scaffold.source import Pack

ODD = [
    "Visit forecast",
    'say "hi"',
    "it's",
    "back\\slash \\n",
    "~{{ 1 + 1 }}~",
    "~{% raw %}~ ~{# gone #}~",
    "{{ x }} ${{ y }} `z` $(w)",
    "- a: [b, {c: d}] # e",
    "null",
    "true",
    "1.0",
    "2024-01-01",
    "!!python/object:os.system",
    "&a *a",
    "Größe 🎉 \N{ZERO WIDTH JOINER} 日本語 e\u0301",
    " lead and trail ",
    "fastapi",
    "x" * 3000,
]
TAGS = [path.stem for path in releases.shipped()]
EVERYTHING = bool(os.environ.get("SCAFFOLD_ALL"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own."""
    monkeypatch.setenv("HOME", os.fspath(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    return tmp_path / "home"


def by_copier(pack: Pack, answers: Mapping[str, Any]) -> dict[str, bytes]:
    with scratch.folder("by-copier-") as folder:
        render(pack, answers, folder / "tree")
        return tree(folder / "tree")


def tree(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def quickly(pristine: Pristine, answers: Mapping[str, Any]) -> dict[str, bytes]:
    """The files, made without copier.

    Raises:
        UnsureError: copier has to be asked.
    """
    if pristine._compiled is None:
        raise UnsureError("the whole pack")
    return dict(pristine._compiled.files(answers))


def choices(asked: questions.Questionnaire, template: str) -> list[dict[str, Any]]:
    """Every combination of what can be chosen, without the questions that are then not asked."""
    open_ones = [one for one in asked.questions if one.name != questions.TEMPLATE]
    offered = {one.name: list(one.choices) for one in open_ones if one.choices}
    offered |= {one.name: [False, True] for one in open_ones if one.kind == "bool"}
    found: list[dict[str, Any]] = []
    for values in itertools.product(*offered.values()):
        chosen: dict[str, Any] = {questions.TEMPLATE: template}
        for name, value in zip(offered, values, strict=True):
            question = asked.named(name)
            assert question is not None
            if asked.applies(question, chosen):
                chosen[name] = value
        if chosen not in found:
            found.append(chosen)
    return found


def answer_sets(asked: questions.Questionnaire, template: str) -> list[dict[str, Any]]:
    """Every combination of choices, and every odd text for whatever else is asked."""
    combinations = choices(asked, template)
    sets: list[dict[str, Any]] = []
    for number in range(max(len(combinations), len(ODD))):
        answers = dict(combinations[number % len(combinations)])
        texts = [one for one in asked.questions if one.kind == "str" and not one.choices]
        for place, one in enumerate(texts):
            if asked.applies(one, answers):
                answers[one.name] = ODD[(number + 5 * place) % len(ODD)]
        sets.append(answers)
    given = {questions.TEMPLATE: template, "project_name": "Only what must be"}
    return [*sets, given, {**given, "author": "", "description": ""}]


@pytest.mark.parametrize("tag", TAGS)
def test_every_embedded_release_is_that_of_copier_whatever_was_answered(
    home: Path, tag: str
) -> None:
    assert places.embedded_bundle().is_relative_to(home)
    with source.open_pack(source.embedded(), tag) as pack:
        asked = questions.read(pack.root)
        starters = catalog.read(pack.root)
        assert starters
        for starter in starters:
            pristine = Pristine(pack, starter.id)
            sets = answer_sets(asked, starter.id)
            assert len(sets) > len(ODD)
            if tag != TAGS[-1] and not EVERYTHING:  # a release that is out does not change any more
                sets = [*sets[TAGS.index(tag) : -2 : 4], *sets[-2:]]
            for answers in sets:
                assert quickly(pristine, answers) == by_copier(pack, answers), answers
            again = quickly(pristine, sets[0])  # after all the others were remembered
            assert again == by_copier(pack, sets[0])
            copier.run_copy(
                places.EMBEDDED_SOURCE,
                home / starter.id,
                sets[0],
                vcs_ref=tag,
                defaults=True,
                quiet=True,
                settings=copier.Settings(),
            )
            assert again == tree(home / starter.id)


def test_the_unreleased_state_is_that_of_copier_too() -> None:
    root = Path(__file__).parents[1]
    pack = released(root)
    asked = questions.read(root)
    for starter in catalog.read(root):
        pristine = Pristine(pack, starter.id)
        for answers in (*choices(asked, starter.id)[::3], *answer_sets(asked, starter.id)[-2:]):
            complete = {"project_name": "Here", **answers}
            assert quickly(pristine, complete) == by_copier(pack, complete), answers


@pytest.fixture
def folder(pack: Path, tmp_path: Path) -> Path:
    """The small pack as a plain folder, to be changed."""
    shutil.copytree(pack, tmp_path / "pack", ignore=shutil.ignore_patterns(".git"))
    return tmp_path / "pack"


def released(folder: Path, recorded: str = "https://example.org/school.git") -> Pack:
    return source.Pack(folder, source.Source(recorded, recorded), "v0.1.1")


def answered(**more: Any) -> dict[str, Any]:
    return {
        "template": TEMPLATE,
        "project_name": "Größe",
        "description": 'A "B"',
        "author": "Ada",
        "github_owner": "",
        "license": "MIT",
        "deploy_target": "render",
        "region": "us",
        **more,
    }


ANSWER = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ANSWER.filter(lambda text: text.strip() != ""), ANSWER, ANSWER)
def test_any_text_in_an_answers_file_gives_what_copier_gives(
    folder: Path, name: str, description: str, author: str
) -> None:
    pack = released(folder)
    answers = answered(project_name=name, description=description, author=author)
    assert quickly(Pristine(pack, TEMPLATE), answers) == by_copier(pack, answers)


def add_questions(folder: Path, text: str) -> None:
    path = folder / f"templates/{TEMPLATE}/questions.yml"
    write(folder, f"templates/{TEMPLATE}/questions.yml", path.read_text(encoding="utf-8") + text)


def put(folder: Path, text: str, name: str = "look.txt.jinja") -> None:
    write(folder, f"{RENDERED}/{name}", text)


def settle(folder: Path, old: str, new: str) -> None:
    path = folder / "copier.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


TYPED = """
loud:
  type: bool
  default: false
seed:
  type: int
  default: 7
rate:
  type: float
  default: 0.5
motto:
  type: str
  default: "~{{ project_name|upper }}~ by ~{{ author }}~"
kind:
  type: str
  choices: {"The first": one, "The second": two}
  default: one
derived:
  type: str
  default: "~{{ kind }}~-~{{ seed }}~"
  when: false
"""
USES = """\
~{{ loud }}~ ~{{ seed }}~ ~{{ rate }}~ ~{{ motto }}~ ~{{ kind }}~ ~{{ derived }}~
~{% if loud %}~LOUD~{% endif %}~
~{% set seen = namespace(n=0) %}~
~{% for one in range(seed) %}~
~{% set seen.n = seen.n + one %}~~{{ loop.index }}~,
~{% endfor %}~
~{{ seen.n }}~ ~{{ missing_too|default(kind) if false else 'x' }}~
~{{ _copier_answers|to_json }}~
~{{ (release|default({}))._commit }}~
"""


STUB = "~{{% include 'templates/_shared/{}' %}}~\n"
SHARED = {
    "plain.txt": "\ufeffone\n\ntwo {{ x }}\u2028\n\n",
    "marks.txt": "~{{ author }}~\n",
    "ends.txt": "one\r\ntwo\rthree\n",
    "bare.txt": "no end",
}


@pytest.mark.parametrize(
    ("questions_too", "file", "name"),
    [
        (TYPED, USES, "look.txt.jinja"),
        ("", "~{{ project_name }}~\n\n", "~{{ license|lower }}~/~{{ region }}~.txt.jinja"),
        ("", "x", "~{% if license == 'MIT' %}~mit~{% endif %}~.txt.jinja"),
        ("", "~{# only a comment #}~", "empty.jinja"),
        ("", "no line end ~{{ author }}~", "look.jinja"),
        ("", "a\r\nb\rc\n~{{ author }}~\r\n", "look.jinja"),
        ("", "~{% include 'templates/' ~ template ~ '/starter.yml' %}~", "look.jinja"),
        ("", "~{% raw %}~ ~{{ x }}~ ~{% endraw %}~", "look.jinja"),
        ("", "~{{ license is defined }}~ ~{{ release is defined }}~", "look.jinja"),
        ("", "plain", "README.md"),
        ("", STUB.format("plain.txt"), "stub.jinja"),
        ("", STUB.format("plain.txt").strip(), "~{{ license }}~.jinja"),
        ("", STUB.format("marks.txt"), "marks.jinja"),
        ("", STUB.format("ends.txt"), "ends.jinja"),
        ("", STUB.format("bare.txt"), "bare.jinja"),
    ],
)
def test_what_is_known_for_sure_is_not_asked_of_copier(
    folder: Path, questions_too: str, file: str, name: str
) -> None:
    add_questions(folder, questions_too)
    for shared, text in SHARED.items():
        write(folder, f"templates/_shared/{shared}", text)
    put(folder, file.replace("missing_too", "author"), name)
    pack = released(folder)
    pristine = Pristine(pack, TEMPLATE)
    sets = [
        answered(),
        answered(license="none", region="asia", author="Bo"),
        answered(license="Apache-2.0"),
        answered(),
    ]
    if questions_too:
        sets += [
            answered(loud=True, seed=0, rate=-0.0, kind="two"),
            answered(loud=False, seed=1, rate=0.0),
            answered(motto="~{{ author }}~", derived="recorded all the same"),
        ]
    for answers in sets:
        assert quickly(pristine, answers) == by_copier(pack, answers), answers


def test_a_source_that_is_no_url_leaves_its_files_out(folder: Path) -> None:
    for recorded, there in (("https://example.org/x.git", True), ("~/x.bundle", False)):
        pack = released(folder, recorded)
        files = quickly(Pristine(pack, TEMPLATE), answered())
        assert (".github/workflows/template-update.yml" in files) is there
        assert files == by_copier(pack, answered())


UNSURE_FILES = {
    "the time": "~{{ '%Y'|strftime }}~",
    "chance": "~{{ [1]|random }}~ ~{{ [1]|shuffle }}~",
    "chance by its name": "~{{ [[1]]|map('random')|list }}~",
    "this machine": "~{{ '~'|expanduser }}~",
    "the environment": "~{{ '$SECRET'|expandvars }}~",
    "the interpreter": "~{{ _copier_python }}~",
    "the folder": "~{{ _folder_name }}~",
    "a default for what copier knows": "~{{ _copier_phase|default('x') }}~",
    "copier's settings": "~{{ _copier_conf.os }}~",
    "copier's own functions": "~{{ pathjoin('a', 'b') }}~ ~{{ now is defined }}~",
    "what there is": "~{{ 'expanduser' is filter }}~",
    "a change to what is handed in": "~{% if _copier_answers.pop('author') %}~x~{% endif %}~",
    "a stub of a file outside": "~{% include 'templates/_shared/../../../secret' %}~\n",
    "a stub of nothing": "~{% include 'templates/_shared/nothing' %}~\n",
    "a file outside": "~{% include '../../../../etc/passwd' %}~",
    "copier's tag": "~{% yield x from [1] %}~~{{ x }}~~{% endyield %}~",
    "an unknown name": "~{{ nobody }}~",
    "no template": "~{% if %}~",
    "bytes that are no text": "\udcff",
}


@pytest.mark.parametrize("text", UNSURE_FILES.values(), ids=UNSURE_FILES)
def test_a_file_that_needs_more_is_left_to_copier(
    folder: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "s3cr3t")
    write(folder.parent, "secret", "s3cr3t")
    write(folder, f"{RENDERED}/look.jinja", text.encode("utf-8", "surrogateescape"))
    files = left_to_copier(folder, answered())
    assert not any(b"s3cr3t" in data for data in files.values())


UNSURE_NAMES = [
    "~{{ author }}~/~{{ '..' }}~/x.jinja",
    "~{{ description }}~.jinja",
    "~{{ 'a' }}~.txt.jinja/x",
    "~{{ author }}~.txt",
    "README~{{ '.md' }}~.jinja",
    "README.md~{{ '/x' }}~.jinja",
    "~{{ _folder_name }}~.jinja",
    "~{{ '.git' }}~/config.jinja",
    ".GIT/config",
    ".jinja",
    "app/.copier-answers.yml",
]


@pytest.mark.parametrize("name", UNSURE_NAMES)
def test_a_name_that_may_be_anything_is_left_to_copier(folder: Path, name: str) -> None:
    put(folder, "x", name)
    left_to_copier(folder, answered(description="a/b"))


UNSURE_SETTINGS = {
    "a pattern": ("  - |\n", "  - '*.md'\n  - |\n"),
    "a path that is not anchored": ("  - |\n", "  - data\n  - |\n"),
    "an odd line end": ("  - |\n", '  - "/a\\u2028/b"\n  - |\n'),
    "what is no text": ("  - |\n", "  - 7\n  - |\n"),
    "other marks": ('comment_start_string: "~{#"', 'comment_start_string: "~{##"'),
    "lenient": ("jinja2.StrictUndefined", "jinja2.Undefined"),
    "another suffix": ("_skip_if_exists:", "_templates_suffix: .tmpl\n_skip_if_exists:"),
    "a newer copier": ('"9.19.1"', '"99.0.0"'),
    "no version": ('"9.19.1"', '"newest"'),
    "data from elsewhere": ("_skip_if_exists:", "_external_data: {a: b.yml}\n_skip_if_exists:"),
    "another folder": ("templates/~{{ template }}~/template", "~{{ author }}~"),
    "a folder outside": ("templates/~{{ template }}~/template", "../~{{ template }}~"),
    "a folder within git": ("templates/~{{ template }}~/template", "templates/.git"),
}


@pytest.mark.parametrize(("old", "new"), UNSURE_SETTINGS.values(), ids=UNSURE_SETTINGS)
def test_a_setting_that_is_not_understood_is_left_to_copier(
    folder: Path, old: str, new: str
) -> None:
    settle(folder, old, new)
    left_to_copier(folder, answered())


def test_a_second_settings_file_is_left_to_copier(folder: Path) -> None:
    write(folder, "copier.yaml", "a: b\n")
    left_to_copier(folder, answered())


UNSURE_QUESTIONS = {
    "several": "q:\n  type: str\n  multiselect: true\n  choices: [a]\n  default: '[a]'\n",
    "yaml": "q:\n  type: yaml\n  default: '[a]'\n",
    "a secret": "q:\n  type: str\n  secret: true\n  default: a\n",
    "a type from answers": "q:\n  type: \"~{{ 'str' }}~\"\n  default: a\n",
    "a text for a number": "q:\n  type: int\n  default: '~{{ 1 + 1 }}~'\n",
    "choices from answers": "q:\n  type: str\n  default: a\n  choices: ['~{{ author }}~', a]\n",
    "choices of another type": "q:\n  type: str\n  default: '1'\n  choices: [1, 2]\n",
    "choices from a file": "q:\n  type: str\n  default: a\n  choices: !include x.yml\n",
    "a switch of its own": "q:\n  type: str\n  default: a\n  when: \"~{{ '1' }}~\"\n",
    "hidden without default": "q:\n  type: str\n  when: false\n",
    "no default": "q:\n  type: str\n",
    "refused": "q:\n  type: str\n  default: a\n  validator: '~{{ q }}~ will not do'\n",
    "a global's name": "dict:\n  type: str\n  default: a\n",
    "copier's name": "now:\n  type: str\n  default: a\n",
    "what copier calls it": "q:\n  type: str\n  default: '~{{ _copier_conf.sep }}~'\n",
    "what is recorded": "q:\n  type: str\n  default: '~{{ _copier_answers|length }}~'\n",
    "nothing": "q:\n",
}


@pytest.mark.parametrize("text", UNSURE_QUESTIONS.values(), ids=UNSURE_QUESTIONS)
def test_a_question_that_is_not_plain_is_left_to_copier(folder: Path, text: str) -> None:
    write(folder, "x.yml", "a: b\n")
    if "!include" in text:  # only copier.yml itself may include
        settle(folder, "---\n", f"{text}---\n")
    else:
        add_questions(folder, text)
    put(folder, "~{{ q|default('no q') }}~" if "q:" in text else "x")
    left_to_copier(folder, answered())


UNSURE_ANSWERS: dict[str, dict[str, Any]] = {
    "a number for a text": {"author": 7},
    "a list for a text": {"author": ["a"]},
    "nothing for a text": {"author": None},
    "not a choice": {"license": "GPL"},
    "refused": {"project_name": "  "},
    "not asked": {"once": "asked"},
    "copier's name": {"now": "then"},
    "our name": {"release": {"_commit": "v9.9.9", "_src_path": "elsewhere"}},
    "so long": {"author": "x" * 20_000},
    "no text": {"author": "\ud800"},
}


@pytest.mark.parametrize("more", UNSURE_ANSWERS.values(), ids=UNSURE_ANSWERS)
def test_an_answer_that_copier_may_refuse_is_left_to_copier(
    folder: Path, more: dict[str, Any]
) -> None:
    left_to_copier(folder, answered(**more))


def test_a_missing_name_is_left_to_copier(folder: Path) -> None:
    answers = answered()
    del answers["project_name"]
    assert b"# tree" in left_to_copier(folder, answers)["README.md"]


@pytest.mark.parametrize(
    "text", ["~{{ _copier_answers|to_nice_yaml }}~", "a: ~{{ author }}~\n", "[", None]
)
def test_an_answers_file_of_another_form_is_left_to_copier(
    folder: Path, pack: Path, text: str | None
) -> None:
    name = "~{{ _copier_conf.answers_file }}~.jinja"
    if text is None:
        (folder / RENDERED / name).unlink()
    else:
        put(folder, text, name)
    left_to_copier(folder, answered(), os.fspath(pack))


def left_to_copier(
    folder: Path, answers: dict[str, Any], recorded: str = "https://example.org/school.git"
) -> dict[str, bytes]:
    """Check that copier is asked, and that its files, or its complaint, are what is given."""
    pack = released(folder, recorded)
    with pytest.raises((UnsureError, ScaffoldError)):
        quickly(Pristine(pack, TEMPLATE), answers)

    def whole() -> dict[str, bytes]:
        questions.read(pack.root)
        return by_copier(pack, answers)

    given = outcome(lambda: Pristine(pack, TEMPLATE).use(answers, dict))
    assert given == outcome(whole)
    return given if isinstance(given, dict) else {}


def outcome(make: Callable[[], dict[str, bytes]]) -> dict[str, bytes] | str:
    try:
        return make()
    except (ScaffoldError, OSError) as error:
        return re.sub(r"/\S*/", "", str(error))  # folders for the moment, of random names


def test_a_working_folder_is_left_to_copier(folder: Path) -> None:
    pack = source.Pack(folder, source.Source("x", "x", folder), "HEAD")
    with pytest.raises(UnsureError):
        quickly(Pristine(pack, TEMPLATE), answered())


def test_what_is_looked_at_twice_is_looked_at_with_copiers_files(folder: Path) -> None:
    put(folder, "~{{ _copier_phase }}~", "zz.jinja")
    seen: list[int] = []

    def look(files: Mapping[str, bytes]) -> dict[str, bytes]:
        seen.append(len(files))
        return dict(files)

    given = Pristine(released(folder), TEMPLATE).use(answered(), look)
    assert len(seen) == 2
    assert given["zz"] == b"render"


def test_only_so_much_is_remembered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Texts(folder, frozenset({"a"})).text("~{{ a }}~" + "x" * 100)
    for number in range(100):
        text.render({"a": str(number)})
    assert len(text._remembered) == 16
    monkeypatch.setattr(texts, "_ROOM", 1_000)
    held = Texts(folder, frozenset({"a"}))
    for number in range(100):
        assert held.text("~{{ a }}~" + "x" * 100).render({"a": str(number)}).startswith(str(number))
    assert held._environment.room >= 0


def test_a_text_is_rendered_again_for_other_answers_only(folder: Path) -> None:
    text = Texts(folder, frozenset({"a", "b"})).text("~{{ a }}~")
    assert [text.render({"a": "y", "b": str(number)}) for number in range(3)] == ["y", "y", "y"]
    assert len(text._remembered) == 1
    assert text.render({"b": "y", "a": "x"}) == "x"
    assert text.render({"a": "y"}) == "y"
    with pytest.raises(UnsureError):
        text.render({"b": "y"})
