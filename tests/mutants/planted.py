"""Plants each fault of a starter's list, one at a time, and demands that its own tests notice.

    make mutants

The list (`tests/mutants/<template>.toml`) was written from the specification before the tests.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutants.project import Verdict, copy, generate, judge

if TYPE_CHECKING:
    from collections.abc import Iterable

AT_ONCE = 2


@dataclass(frozen=True)
class Fault:
    """One wrong line.

    Attributes:
        id: Its name.
        fault: What the line does wrong, in words.
        file: Where it goes, in the generated repository.
        old: The right lines, which occur there once.
        new: The wrong ones.
        tests: Files below `tests` that are tried before all the others, which takes longer.
    """

    id: str
    fault: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...] = ()


def read(template: str) -> list[Fault]:
    """Read a starter's list."""
    path = Path(__file__).with_name(f"{template}.toml")
    names = Fault.__dataclass_fields__
    listed = tomllib.loads(path.read_text(encoding="utf-8"))["fault"]
    return [Fault(**{name: one[name] for name in names if name in one}) for one in listed]


def plant(fault: Fault, project: Path) -> None:
    """Replace the right lines by the wrong ones.

    Raises:
        ValueError: They do not occur exactly once: the code moved on, and the list must follow.
    """
    path = project / fault.file
    text = path.read_text(encoding="utf-8")
    if text.count(fault.old) != 1:
        msg = f"{fault.id}: {fault.file} has its lines {text.count(fault.old)} times, not once"
        raise ValueError(msg)
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8", newline="\n")


def try_out(fault: Fault, starter: Path, broken: Path) -> Verdict:
    """Run the tests that should notice a fault, and where they don't, all."""
    first = [f"tests/{name}" for name in fault.tests]
    verdict = judge(starter, broken, first) if first else None
    return verdict if verdict and verdict.caught else judge(starter, broken)


def main(template: str) -> int:
    """Try all faults; return 0 when every one is caught."""
    faults = read(template)
    with tempfile.TemporaryDirectory() as folder:
        starter = generate(template, Path(folder))
        copies = {fault.id: copy(starter, Path(folder) / fault.id) for fault in faults}
        for fault in faults:
            plant(fault, copies[fault.id])
        untouched = judge(starter, copy(starter, Path(folder) / "untouched"))
        if untouched.caught:
            print(f"The tests fail without any fault: {untouched.by}", file=sys.stderr)
            return 1
        with ThreadPoolExecutor(AT_ONCE) as pool:
            verdicts = pool.map(lambda one: try_out(one, starter, copies[one.id]), faults)
            return report(zip(faults, verdicts, strict=True))


def report(judged: Iterable[tuple[Fault, Verdict]]) -> int:
    """Print what became of each fault, as it is known; return 0 when every one is caught."""
    fates = []
    for fault, verdict in judged:
        fate = f"caught by {verdict.by}" if verdict.caught else "SURVIVED"
        print(f"{fault.id:38} {fate}", flush=True)
        fates.append(verdict.caught)
    print(f"{sum(fates)} of {len(fates)} planted faults caught")
    return 0 if all(fates) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "supervised-api"))
