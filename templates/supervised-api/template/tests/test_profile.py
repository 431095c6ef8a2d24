"""`app profile`: what is in a CSV file, and what a person is told when it is not one."""

import csv
import json
from pathlib import Path

import pytest

from app.cli import main
from app.training.profile import Finding, profile

ROWS = 60


def written(folder: Path, columns: dict[str, list[object]], name: str = "rows.csv") -> Path:
    """Writes a CSV file, an empty cell for None."""
    file = folder / name
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows(
            [columns, *zip(*columns.values(), strict=True)]
        )
    return file


def found(folder: Path, values: list[object], target: list[object] | None = None) -> Finding:
    """Looks at one column of a file, beside a target that has nothing to do with it."""
    answers = target or [(row * 7) % 5 == 0 for row in range(len(values))]
    file = written(folder, {"x": values, "y": answers})
    return profile(file, "y").findings[0]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("number", [row / 4 for row in range(ROWS)]),
        ("whole number", [row % 20 for row in range(ROWS)]),
        ("whole number", [row * row for row in range(ROWS)]),
        ("yes/no", [row % 2 for row in range(ROWS)]),
        ("yes/no", [row % 3 == 0 or None for row in range(ROWS)]),
        ("category", [f"plan {row % 7}" for row in range(ROWS)]),
        ("category", ["3+" if row % 4 == 3 else row % 4 for row in range(ROWS)]),
        ("category", ["ill" if row % 4 == 3 else None for row in range(ROWS)]),
        ("text", [f"letter {row}" for row in range(ROWS)]),
        ("text", ["long " * 20 + str(row % 2) for row in range(ROWS)]),
        ("date", [f"2024-01-{row % 28 + 1:02}" for row in range(ROWS)]),
        ("date", [f"{row % 28 + 1}.1.24 12:00" for row in range(ROWS)]),
        ("date", ["unknown" if row == 9 else "5 Jan 2024" for row in range(ROWS)]),
        ("mixed", ["?" if row == 9 else row for row in range(ROWS)]),
        ("infinite", ["inf" if row == 9 else row for row in range(ROWS)]),
        ("infinite", [1e39 if row == 9 else row for row in range(ROWS)]),
        ("counter", list(range(100, 100 + ROWS))),
        ("constant", ["same"] * ROWS),
        ("empty", [None] * ROWS),
    ],
)
def test_the_kind_of_a_column_is_seen(kind: str, values: list[object], tmp_path: Path) -> None:
    one = found(tmp_path, values)
    assert one.kind == kind
    is_input = kind in {"number", "whole number", "yes/no", "category"}
    assert (one.why == "") == is_input


def test_gaps_range_and_frequent_values_are_measured(tmp_path: Path) -> None:
    one = found(tmp_path, [1.5, 2.5, 2.5, None])
    assert (one.missing, one.distinct, one.minimum, one.maximum) == (0.25, 2, 1.5, 2.5)
    assert one.frequent == {"2.5": 0.5, "1.5": 0.25}
    assert one.typical == 2.5


@pytest.mark.parametrize("rows", [3, ROWS])
def test_a_column_that_gives_the_answer_away_is_suspected_where_rows_suffice(
    rows: int, tmp_path: Path
) -> None:
    answers: list[object] = [row % 3 == 0 for row in range(rows)]
    leak: list[object] = [-row / 4 if row % 3 == 0 else row / 4 + 1 for row in range(rows)]
    one = found(tmp_path, leak, answers)
    assert one.association == -1
    assert any("almost perfectly (1.00" in warning for warning in one.warnings) == (rows == ROWS)


def test_a_column_may_give_the_answer_away_by_its_gaps_or_its_texts(tmp_path: Path) -> None:
    answers: list[object] = [row % 3 == 0 for row in range(2 * ROWS)]
    gaps: list[object] = [None if row % 3 else row % 7 for row in range(2 * ROWS)]
    texts: list[object] = ["none" if row % 3 else "some" for row in range(2 * ROWS)]
    assert "by its empty cells" in found(tmp_path, gaps, answers).warnings[0]
    assert "almost perfectly (1.00" in found(tmp_path, texts, answers).warnings[0]


def test_a_number_is_a_regression_and_a_leak_is_seen_there_too(tmp_path: Path) -> None:
    spent: list[object] = [row * 1.5 for row in range(ROWS)]
    file = written(tmp_path, {"bill": spent[::-1], "spent": spent})
    seen = profile(file, "spent")
    assert seen.task == "regression"
    assert seen.findings[0].association == pytest.approx(-1)
    assert "almost perfectly" in seen.findings[0].warnings[0]


@pytest.mark.parametrize(
    "cell", ["2024-01-05", "12 long words of a letter, number {row}", "{row}", "?{row}"]
)
@pytest.mark.parametrize("filled_where", ["yes", "no"])
def test_a_date_or_a_text_may_give_the_answer_away_by_its_gaps(
    cell: str, filled_where: str, tmp_path: Path
) -> None:
    answers: list[object] = ["no" if row % 5 else "yes" for row in range(2 * ROWS)]
    others: list[object] = ["no" if row % 7 else "yes" for row in range(2 * ROWS)]
    cells: list[object] = [
        cell.format(row=row) if answer == filled_where else None
        for row, answer in enumerate(answers)
    ]
    assert "by its empty cells" in "".join(found(tmp_path, cells, answers).warnings)
    assert "by its empty cells" not in "".join(found(tmp_path, cells, others).warnings)


def test_what_differs_in_nearly_every_row_may_be_an_identifier(tmp_path: Path) -> None:
    squares: list[object] = [row * row for row in range(ROWS)]
    assert "identifier; use it as `entity`" in found(tmp_path, squares).warnings[0]
    assert "identifier" in found(tmp_path, [*squares, 0, 1]).warnings[0]
    assert not found(tmp_path, squares[:20] * 3).warnings


@pytest.mark.parametrize("name", ["ID", "person_id", "shop id", "userId", "UUID"])
def test_a_number_that_is_named_like_an_identifier_may_be_one(name: str, tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {
        name: [row % 20 for row in range(ROWS)],
        "y": [(row * 7) % 5 == 0 for row in range(ROWS)],
    }
    columns |= dict.fromkeys(("paid", "humid", "idle_days", "RAPID"), columns[name])
    one, *others = profile(written(tmp_path, columns), "y").findings
    assert "identifier" in one.warnings[0]
    assert not any(other.warnings for other in others)


@pytest.mark.parametrize(
    ("answers", "positive"),
    [(["0", "1"], 1), (["no", "yes"], "yes"), (["False", "True"], True), (["a", "a", "b"], "b")],
)
def test_the_yes_of_a_target_is_guessed(
    answers: list[object], positive: object, tmp_path: Path
) -> None:
    seen = profile(written(tmp_path, {"y": answers * 2}), "y")
    assert (seen.task, seen.positive) == ("classification", positive)


def test_the_table_fits_80_columns_and_holds_no_control_signs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns: dict[str, list[object]] = {
        "a_name_that_is_longer_than_all_that_anybody_would_print": list(range(ROWS)),
        "sly": [f"\x1b[31m{row % 3}" for row in range(ROWS)],
        "huge": ["x" * 200_000 if row == 1 else "y" for row in range(ROWS)],
        "y": [row % 2 for row in range(ROWS)],
    }
    assert main(["profile", str(written(tmp_path, columns)), "--target", "y"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines[1:])) <= 80
    assert not [line for line in lines if not line.isprintable()]
    assert [line.split()[0] for line in lines[3:7]][1:] == ["sly", "huge", "y"]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ([row / 4 for row in range(ROWS)], "regression: 0 to 14.75, half of them up to 7.5."),
        ([row % 4 == 0 for row in range(ROWS)], "classification: "),
    ],
)
def test_of_a_target_of_numbers_the_middle_is_told(
    target: list[object], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns: dict[str, list[object]] = {"x": [row % 7 for row in range(ROWS)], "y": target}
    assert main(["profile", str(written(tmp_path, columns)), "--target", "y"]) == 0
    told = next(line for line in capsys.readouterr().out.splitlines() if "Target y" in line)
    assert said in told
    assert ("half of them" in told) == ("half of them" in said)


@pytest.mark.parametrize("verb", ["profile", "draft-schema"])
def test_each_of_the_two_verbs_explains_itself(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "--help"]) == 0
    assert len(capsys.readouterr().out) > 200


def test_json_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, {"x": ["inf", 2, 3.5], "y": ["a", "b", "b"], "z": [None] * 3})
    assert main(["profile", str(file), "--target", "y", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["positive"]) == (3, "a")
    assert [column["kind"] for column in told["columns"]] == ["infinite", "category", "empty"]


def test_without_a_target_the_columns_are_told_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profile", str(written(tmp_path, {"x": [1, 2], "y": [2.5, 1]}))]) == 0
    assert "2 rows, 2 columns" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "problem", "remedy"),
    [
        (b"a;b\n1,5;2\n2,5;3\n", "not separated by commas", "sep=';', decimal=','"),
        (b"a\tb\n1\t2\n", "not separated by commas", r"sep='\t'"),
        (b"a,b,a\n1,2,3\n", "more than one column 'a'", "name of its own"),
        (b"", "can't be read as CSV", "header line"),
        (b"a,b\n", "a header and no rows", "one line per case"),
        (b"a,b\n1,2,3\n", "longer than its header", "One name per column"),
        (b"a,b,y\n1,2,yes,\n3,4,no,\n", "longer than its header", "One name per column"),
        (b"a,b\n1,2\n1,2,3\n", "can't be read as CSV", "header line"),
        ("größe\n1\n".encode("cp1252"), "not UTF-8", "encoding='cp1252'"),
        (b'a,b\n1,"2\n', "can't be read as CSV", "header line"),
    ],
)
def test_a_file_that_would_be_misread_is_refused_with_the_remedy(
    content: bytes, problem: str, remedy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(content)
    assert main(["profile", str(file)]) == 1
    said = capsys.readouterr().err
    assert problem in said
    assert remedy in said


def test_a_file_or_a_target_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profile", "no-such-file.csv"]) == 1
    assert "error: no-such-file.csv is not here.\n" in capsys.readouterr().err
    assert main(["profile", str(tmp_path)]) == 1
    assert "Errno" not in capsys.readouterr().err
    assert main(["profile", str(written(tmp_path, {"x": [1]})), "--target", "z"]) == 1
    assert "no column 'z'" in capsys.readouterr().err
