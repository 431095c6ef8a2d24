"""CSV files as people have them."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.desk.csv_tables import Table, as_name, read_table
from app.desk.sql_fences import MOST_COLUMNS, MOST_TEXT
from app.service.errors import UserError

from .small_desk import desk

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map("w{}".format)
CELLS = {
    "text": WORDS | st.sampled_from(["", "007", "1e5", "1,000", "-", "NULL", 'say "so"', "a\r\nb"]),
    "whole": st.none() | st.integers(-(10**17), 10**17),
    "decimal": st.none() | st.decimals(-(10**6), 10**6, places=2).map(lambda one: float(one) + 0.5),
}


def read(folder: Path, content: str | bytes, name: str = "things.csv") -> Table:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(file)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*CELLS.values()), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_what_was_written_is_read(
    tmp_path: Path, rows: list[tuple[object, ...]], separator: str
) -> None:
    text = StringIO()
    csv.writer(text, delimiter=separator).writerows([list(CELLS), *rows])
    expected = [tuple(None if value == "" else value for value in row) for row in rows]
    table = read(tmp_path, text.getvalue())
    assert table.columns == tuple(CELLS)
    assert list(table.rows) == expected


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,x\n2,y\n",
        "a,b\n1,x\n2,y",
        "a,b\r\n1,x\r\n2,y\r\n",
        "a,b\r1,x\r2,y\r",
        "\ufeffa,b\n1,x\n2,y\n",
        '\ufeff"a","b"\n"1","x"\n"2","y"\n',
        "\n\na,b\n\n1,x\n\n2,y\n\n",
        "a;b\n1;x\n2;y\n",
        "a\tb\n1\tx\n2\ty\n",
        " A , B \n 1 ,x\n2,y\n",
    ],
)
def test_ends_of_lines_marks_and_separators_make_no_difference(
    tmp_path: Path, content: str
) -> None:
    assert read(tmp_path, content) == Table("things", ("a", "b"), [(1, "x"), (2, "y")])


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1", "", "-3"], [1, None, -3]),
        (["1", "2.5"], [1.0, 2.5]),
        (["007", "1"], ["007", "1"]),
        (["1", "n/a"], ["1", "n/a"]),
        (["1e5", "2"], ["1e5", "2"]),
        (["0.30000000000000004", "1.5e-05"], [0.1 + 0.2, 1.5e-05]),
        (["12345678901234567890"], ["12345678901234567890"]),
        (["٣", "٤"], ["٣", "٤"]),
        (["NaN", "inf"], ["NaN", "inf"]),
        (["", ""], [None, None]),
    ],
)
def test_a_column_is_a_number_only_where_all_of_it_is(
    tmp_path: Path, texts: list[str], values: list[object]
) -> None:
    rows = read(tmp_path, "k,v\n" + "".join(f"k,{text}\n" for text in texts)).rows
    assert [row[1] for row in rows] == values


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Height (cm)", "height_cm"),
        ("a b", "a_b"),
        ("2024", "t_2024"),
        ("Größe", "größe"),
        ("Gro\u0308\u00dfe", "größe"),
        ("Длина, см", "длина_см"),
        ("order", "order_"),
        ("Select", "select_"),
        ("true", "true_"),
        ("null", "null_"),
        ("current_date", "current_date_"),
        ("sqlite_master", "t_sqlite_master"),
        ("_sections", "sections"),
        ("🙂", "t_"),
        ('x"; DROP TABLE a; --', "x_drop_table_a"),
    ],
)
def test_names_need_no_quotes(text: str, name: str) -> None:
    assert as_name(text) == name


def test_names_work_in_sql_without_quotes(tmp_path: Path) -> None:
    names = ["group", "Index", "имя", "", "2x", "where", "a b", "case", "values", "from", "to"]
    small = desk(tmp_path, {"order by.csv": ",".join(names) + "\n" + ",".join("1" * len(names))})
    table = small.describe_tables()["rows"][0]
    assert table["table"] == "order_by"
    columns = [one.split(" ")[0] for one in str(table["columns"]).split(", ")]
    found = small.run_sql(f"SELECT {', '.join(columns)} FROM order_by")  # noqa: S608
    assert found["rows"] == [dict.fromkeys(columns, 1)]


def test_a_column_without_a_name_is_called_by_its_place(tmp_path: Path) -> None:
    assert read(tmp_path, ",a,\n1,2,3\n").columns == ("column_1", "a", "column_3")


def test_commas_inside_of_quotes_separate_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, '"a, b, c";d\n1;2\n').columns == ("a_b_c", "d")


def test_a_table_may_have_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path, "a,b\n") == Table("things", ("a", "b"), [])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("\ufeff\r\n\n", "is empty"),
        ("a,b\n1,2\n3\n", "line 3: 1 values for 2 columns"),
        ("a,b\n1,2,3\n", "line 2: 3 values for 2 columns"),
        ('a,b\n"x\ny",2\n1\n', "line 4: 1 values"),
        ("a,A\n1,2\n", "two columns named a"),
        ("a b,a-b\n1,2\n", "two columns named a_b"),
        ('a,b\n"1,2\n3,4\n', "line 3: unexpected end"),
        ('a,b\n"1"x,2\n', "line 2"),
        ("a,b\n1,2\n3,\xe9".encode("latin-1"), "is not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "is not UTF-8"),
        ("a,b\n" + "x" * 1_000_000 + ",2\n", "line 2: field larger"),
        ("a,b\n" + "я" * (MOST_TEXT // 2 + 1) + ",2\n", f"line 2: a value has over {MOST_TEXT}"),
        (",".join(f"c{n}" for n in range(MOST_COLUMNS + 1)) + "\n", f"over {MOST_COLUMNS} columns"),
    ],
)
def test_a_file_that_can_not_be_read_is_named_with_what_to_do(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    with pytest.raises(UserError) as refused:
        read(tmp_path, content, "odd one.csv")
    assert words in refused.value.problem
    assert "odd one.csv" in refused.value.problem
    assert refused.value.remedy
