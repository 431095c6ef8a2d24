"""Passwords and tokens in addresses: what counts as one, and what is shown instead."""

from __future__ import annotations

import pytest

from scaffold import credentials, git


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("https://me:pass@host.example/x.git", "pass"),
        ("https://ghp_abc@host.example/x.git", "ghp_abc"),
        ("HTTPS://me:pa%20ss@host.example/x.git", "pa%20ss"),
        ("ssh://git:pass@host.example/x.git", "pass"),
        ("https://host.example/x.git?private_token=abc", "abc"),
        ("https://host.example/x.git?a=1&access_token=abc#f", "abc"),
        ("https://host.example/ghp_0123456789abcdefghijklmnop/x", "ghp_0123456789abcdefghijklmnop"),
        ("https://[broken:secret@host/x", "secret"),
    ],
)
def test_a_secret_is_found_and_hidden(url: str, secret: str) -> None:
    assert credentials.holds(url)
    said = f"fatal: unable to access '{url}/': The requested URL returned error: 403"
    hidden = credentials.redacted(said)
    assert secret not in hidden
    assert "***" in hidden
    assert hidden.endswith("The requested URL returned error: 403")
    assert str(git.GitFailure(128, said)) == hidden.removeprefix("fatal: ")


def test_what_git_says_has_no_full_stop_so_that_a_sentence_ends_in_one() -> None:
    said = "fatal: Could not read from remote repository.\n\nPlease make sure you may read it.\n"
    assert str(git.GitFailure(128, said)) == "Could not read from remote repository"


@pytest.mark.parametrize(
    "text",
    [
        "https://host.example/school/ada-ml-api.git",
        "ssh://git@host.example/x.git",
        "git@host.example:school/x.git",
        "write to ada@example.org, or see https://host.example/@ada",
        "https://host.example/x?page=2&sort=name",
        "/home/me/secret/x.git",
    ],
)
def test_what_holds_none_stays_as_it_is(text: str) -> None:
    assert credentials.redacted(text) == text
    assert not credentials.holds(text)


def test_a_header_is_hidden_too() -> None:
    assert credentials.redacted("Authorization: Basic bWU6cGFzcw==") == "Authorization: Basic ***"
