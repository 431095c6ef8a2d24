"""What is approved is put on record once, however often that is asked for."""

from app.runs.register import Register
from app.service.store import open_store

BEFORE = "2026-01-31T12:00:00+00:00"


def test_a_repetition_changes_nothing_and_tells_what_the_first_wrote(store_url: str) -> None:
    store = open_store(store_url)
    register = Register(store)
    exceptions = [{"subject": one, "rule": "r", "reason": "s"} for one in ("012", "031")]
    memo = {"title": "Memo", "exceptions": exceptions}
    register.publish("r", "May we?", memo)
    store.execute("UPDATE memos SET published = ?", (BEFORE,))
    store.execute("UPDATE exceptions SET recorded = ?", (BEFORE,))
    again = register.publish("r", "May we?", memo)
    assert again == {"recorded": BEFORE, "exceptions": ["r-1", "r-2"]}
    assert [one.recorded for one in register.exceptions("r")] == [BEFORE, BEFORE]
    assert len(store.query("SELECT run_id FROM memos")) == 1
    store.close()
