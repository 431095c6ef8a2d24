"""What is read from HTML pages and from plain text."""

import pytest

from app.corpus.document import UnreadableError
from app.corpus.loading import load


def sections(text: str, name: str = "some-page.html") -> list[tuple[tuple[str, ...], list[str]]]:
    found = load(name, text.encode())
    return [(one.headings, [block.text for block in one.blocks]) for one in found.sections]


def blocks(text: str) -> list[str]:
    return [block for _, some in sections(text) for block in some]


def test_a_page_is_read_by_its_headings() -> None:
    page = """<!doctype html><html><head><title>Page - Site</title></head><body>
    <h1>Page<a href="#x">¶</a></h1><p>Intro <b>bold</b>,
    wrapped.</p><h2>Part <code>x()</code></h2><div>a<p>b</div>tail</body></html>"""
    assert sections(page) == [
        (("Page",), ["Intro bold, wrapped."]),
        (("Page", "Part x()"), ["a", "b", "tail"]),
    ]


def test_the_title_is_that_of_the_page_where_headings_have_none() -> None:
    assert sections("<title>A &amp; B\n</title><p>x")[0][0] == ("A & B",)
    assert sections("<title>T</title><h1>A</h1>x<h1>B</h1>y") == [
        (("T", "A"), ["x"]),
        (("T", "B"), ["y"]),
    ]
    assert sections("<h2>Alone</h2>x")[0][0] == ("Alone",)
    assert sections("<p>x")[0][0] == ("some page",)


def test_what_is_not_for_reading_is_left_out() -> None:
    page = """<p>a</p><script>if (1 < 2) document.write("<p>no</p>")</script><style>p {}</style>
    <nav><ul><li>menu<nav>inner</nav></li></ul></nav><template><p>t</p></template>
    <div role="navigation"><div>side</div>bar</div><svg><text>s</text></svg>
    <!-- comment --><footer>(c)</footer><noscript>n</noscript><p onclick="x()">b</p>"""
    assert blocks(page) == ["a", "b"]


@pytest.mark.parametrize("tag", ["<main>{}</main>", '<div role="main"><div>in</div>{}</div>'])
def test_of_a_page_with_a_main_part_only_that_is_read(tag: str) -> None:
    page = f"<h1>Site</h1><div>around</div>{tag.format('<h1>Page</h1><p>text</p>')}<p>after</p>"
    found = sections(page)
    assert found[-1] == (("Page",), ["text"]) or found[-1][1] == ["text"]
    assert not {"around", "after"} & set(blocks(page))


def test_entities_are_the_signs_they_stand_for() -> None:
    assert blocks("<p>&lt;b&gt; &amp;amp; &eacute;&#233;&#x1F986; a&nbsp;b &bogus; 1 < 2</p>") == [
        "<b> &amp; éé🦆 a b &bogus; 1 < 2"
    ]


def test_lists_keep_their_shape() -> None:
    page = "<p>Do:</p><ul><li>a<li><p>b</p><ol><li>c</li></ol></li></ul>end"
    assert blocks(page) == ["Do:", "- a\n- b\n  - c", "end"]


def test_tables_are_rows_and_whole() -> None:
    page = "<table><tr><th>k<th>v</tr><tr><td>a</td><td><p>1</p></td></tr></table><p>x"
    found = load("a.html", page.replace("<th>v", "</th><th>v</th>").encode()).sections[0].blocks
    assert [(one.text, one.whole) for one in found] == [("k | v\na | 1", True), ("x", False)]


def test_code_keeps_its_lines_and_is_whole() -> None:
    page = "<p>a</p><div><pre>\nx = 1\n\n  <span>y</span>  = 2\n</pre></div>b<br>c"
    found = load("a.html", page.encode()).sections[0].blocks
    assert [(one.text, one.whole) for one in found] == [
        ("a", False),
        ("x = 1\n\n  y  = 2", True),
        ("b\nc", False),
    ]


def test_the_place_is_the_line_in_the_file() -> None:
    found = load("a.html", b"<body>\n<p>\na</p>\n\n<p>b</p>").sections[0].blocks
    assert [one.place for one in found] == ["line 2", "line 5"]


@pytest.mark.parametrize(
    "page",
    [
        "</p></ul></table></main></pre></h1>x",
        "<h1><div>T</h1><b>x",
        "<p>x<!-- never closed",
        "<<p>x</p",
        "<table><td>x",
        "<ul>" * 3000 + "x",
        "<div>" * 10_000 + "x",
        "<p>x<a href='" + "y" * 100_000,
    ],
)
def test_broken_pages_are_read_as_far_as_can_be(page: str) -> None:
    assert any(one.startswith("x") for one in blocks(page))


def test_a_mark_that_older_parsers_choke_on_harms_only_its_own_page() -> None:
    try:
        assert "x" in blocks("<p>x</p><![<>")
    except UnreadableError as refused:
        assert "no HTML" in str(refused)  # noqa: PT017 - it depends on Python's version


@pytest.mark.parametrize("mark", ["<!--", "<a ", "<a b='", "</a ", "<?x", "<script>", "&#"])
@pytest.mark.parametrize("end", ["", ">", "-->", "'>"])
def test_marks_without_an_end_take_no_longer_than_other_text(mark: str, end: str) -> None:
    assert blocks(f"<p>x</p>{mark * 20_000}{end}")[0] == "x"


@pytest.mark.parametrize("page", ["<script>x</script>", "<title>T</title>", "<h1>T</h1>"])
def test_a_page_without_text_is_refused(page: str) -> None:
    with pytest.raises(UnreadableError, match="no text"):
        sections(page)


def test_a_page_is_read_in_the_encoding_that_it_declares() -> None:
    head = '<meta charset="iso-8859-1"><p>'
    assert load("a.html", (head + "café").encode("latin-1")).sections[0].blocks[0].text == "café"
    old = '<META http-equiv=Content-Type content="text/html; charset=windows-1252"><p>“x”'
    assert load("a.html", old.encode("cp1252")).sections[0].blocks[0].text == "“x”"
    with pytest.raises(UnreadableError, match="BOGUS"):
        load("a.html", b'<meta charset="bogus"><p>x')


def test_plain_text_is_paragraphs() -> None:
    assert sections("a\nb\n\n\nc\n", "notes_of-today.txt") == [(("notes of today",), ["a\nb", "c"])]


def test_underlined_lines_are_headings_in_text_and_restructuredtext() -> None:
    text = "=====\nTitle\n=====\n\na\n\nPart\n----\n\nb\n\nSub\n~~~\nc\n\n"
    text += "Last\n----\nd\n\n-----\n\ne\n"
    for name in ("a.rst", "a.txt"):
        assert sections(text, name) == [
            (("Title",), ["a"]),
            (("Title", "Part"), ["b"]),
            (("Title", "Part", "Sub"), ["c"]),
            (("Title", "Last"), ["d", "-----", "e"]),
        ]


def test_a_short_line_or_a_table_makes_no_heading() -> None:
    text = "a long line\n---\n\n=== ===\na   b\n=== ===\n1   2\n=== ===\n\nx\ny\n---\n"
    assert sections(text, "a.rst")[0][0] == ("a",)
    assert len(sections(text, "a.rst")) == 1
