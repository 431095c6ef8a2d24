"""Answers that are given again."""

from app.cache import Cache, cache_key


def test_capitals_and_spaces_make_no_difference_and_all_else_does() -> None:
    key = cache_key("What is  drift?", 3, ["openai:a", "digest"])
    assert key == cache_key(" what is drift? ", 3, ["openai:a", "digest"])
    others = (
        cache_key("What is drift", 3, ["openai:a", "digest"]),
        cache_key("What is drift?", 4, ["openai:a", "digest"]),
        cache_key("What is drift?", 3, ["openai:b", "digest"]),
    )
    assert key not in others


def test_what_was_asked_for_last_is_kept() -> None:
    cache: Cache[str] = Cache(2)
    cache.put("a", "A")
    cache.put("b", "B")
    assert cache.get("a") == "A"
    cache.put("c", "C")
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ("A", None, "C")


def test_it_can_be_switched_off() -> None:
    cache: Cache[str] = Cache(0)
    cache.put("a", "A")
    assert cache.get("a") is None
