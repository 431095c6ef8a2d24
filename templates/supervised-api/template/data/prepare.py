# /// script
# requires-python = ">=3.11"
# dependencies = ["statsmodels==0.15.0"]
# ///
"""Makes rand_hie.csv.gz from the file inside the statsmodels package, always the same bytes.

    uv run data/prepare.py           # write it, print what was recoded
    uv run data/prepare.py --check   # make it again and compare, write nothing

Nothing else needs this script: the file it makes is in the repository. It stays so that a reader
can check every step between the source and what the model learns from.
"""

import argparse
import csv
import gzip
import hashlib
import io
import sys
from collections import defaultdict
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

OUTPUT = Path(__file__).with_name("rand_hie.csv.gz")

# The leading digit of a person's number is the site, in this order.
SITES = ("dayton", "seattle", "fitchburg", "franklin", "charleston", "georgetown")
# The source filled gaps per region; two pairs of neighbouring sites are one region each.
REGIONS = ("ohio", "washington", "massachusetts", "massachusetts", "carolina", "carolina")
LARGEST_FAMILY = 14
ROUNDING = 1e-6  # of binary fractions; measured values are exact otherwise
HIGH_USE = 5  # visits to a doctor in one year

Row = dict[str, str]
Text = str | int | float | None


def read_source() -> list[Row]:
    """Returns the 20,190 person-years of the source, every value as the text it has there."""
    source = files("statsmodels") / "datasets" / "randhie" / "src" / "randhie.csv"
    with source.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def lies_on_grid(step: float) -> Callable[[str], bool]:
    """Returns a test for "is a whole number of steps", as a measured value is.

    The source filled gaps with averages of the region, which show by their five decimals: an index
    that is recorded in tenths can't be 13.73189.
    """

    def on_grid(text: str) -> bool:
        return abs(float(text) / step - round(float(text) / step)) < ROUNDING

    return on_grid


def is_code(text: str) -> bool:
    """Tells whether a yes/no column holds yes or no and not a share of the region."""
    return float(text) in {0.0, 1.0}


def filled_incomes(rows: list[Row]) -> set[str]:
    """Returns incomes that more people hold than one family has, all of them in one region.

    Income has no grid. But that 151 people of one region, and nobody elsewhere, earn 6735.316
    dollars is a filled gap and not a coincidence.
    """
    people: defaultdict[str, set[str]] = defaultdict(set)
    regions: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        people[row["income"]].add(row["zper"])
        regions[row["income"]].add(REGIONS[int(row["site"]) - 1])
    return {
        income
        for income, holders in people.items()
        if len(holders) > LARGEST_FAMILY and len(regions[income]) == 1
    }


class Recoder:
    """Turns filled gaps back into missing values and counts them.

    Attributes:
        counts: Rows recoded, by column of the source.
    """

    def __init__(self, rows: list[Row]) -> None:
        incomes = filled_incomes(rows)
        self._is_measured: dict[str, Callable[[str], bool]] = {
            "disea": lies_on_grid(0.1),
            "mhi": lies_on_grid(0.1),
            "educdec": lies_on_grid(0.5),
            "physlm": is_code,
            "black": is_code,
            "income": lambda text: text not in incomes,
        }
        self.counts = dict.fromkeys(self._is_measured, 0)

    def value(self, row: Row, column: str) -> float | None:
        """Returns the measured value, or None where it was missing or filled in."""
        text = row[column]
        if not text:
            return None
        if column in self._is_measured and not self._is_measured[column](text):
            self.counts[column] += 1
            return None
        return float(text)


def whole(value: float | None) -> int | None:
    """Rounds to a whole number; keeps missing missing."""
    return None if value is None else round(value)


def tenths(value: float | None) -> float | None:
    """Rounds to one decimal; keeps missing missing."""
    return None if value is None else round(value, 1)


def prepare(rows: list[Row]) -> tuple[list[dict[str, Text]], dict[str, int]]:
    """Returns the prepared rows, ordered by person and year, and how many values were recoded."""
    recoder = Recoder(rows)
    visits = {(row["zper"], int(row["year"])): int(float(row["mdvis"])) for row in rows}
    prepared: list[dict[str, Text]] = []
    for row in sorted(rows, key=lambda row: (int(row["zper"]), int(row["year"]))):
        year, count = int(row["year"]), int(float(row["mdvis"]))
        black = recoder.value(row, "black")
        prepared.append(
            {
                "person": int(row["zper"]),
                "year": year,
                "site": SITES[int(row["site"]) - 1],
                "race": None if black is None else ("black" if black else "other"),
                "age": tenths(float(row["xage"])),
                "sex": "female" if row["female"] == "1" else "male",
                "education_years": recoder.value(row, "educdec"),
                "family_size": int(row["num"]),
                "family_income": whole(recoder.value(row, "income")),
                "coinsurance_percent": int(row["coins"]),
                "individual_deductible": int(row["idp"]),
                "general_health_index": tenths(recoder.value(row, "ghindx")),
                "mental_health_index": tenths(recoder.value(row, "mhi")),
                "chronic_disease_index": tenths(recoder.value(row, "disea")),
                "physical_limitation": whole(recoder.value(row, "physlm")),
                "visits_last_year": visits.get((row["zper"], year - 1)),
                "visits": count,
                "spending": whole(float(row["meddol"])),
                "high_use": int(count >= HIGH_USE),
            }
        )
    return prepared, recoder.counts


def as_csv(rows: list[dict[str, Text]]) -> bytes:
    """Returns the rows as CSV: UTF-8, line feeds, nothing between commas where missing."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def compressed(content: bytes) -> bytes:
    """Returns the content as gzip without a name or a time, so equal content is equal bytes."""
    target = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=target, mtime=0, compresslevel=9) as packed:
        packed.write(content)
    return target.getvalue()


def main() -> int:
    """Writes the file, or compares it; returns 1 where the comparison fails."""
    parser = argparse.ArgumentParser(description="Make rand_hie.csv.gz from its source.")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    check = parser.parse_args().check
    rows, counts = prepare(read_source())
    content = as_csv(rows)
    for column, count in counts.items():
        print(f"{column:8} {count:5} of {len(rows)} values recoded to missing")
    missing = {name: sum(row[name] is None for row in rows) for name in rows[0]}
    for name, count in missing.items():
        if count:
            print(f"{name:22} {count:5} missing ({count / len(rows):.1%})")
    if check:
        # Another zlib may pack the same content into other bytes: the content decides.
        same = gzip.decompress(OUTPUT.read_bytes()) == content
        print(f"{OUTPUT.name}: {'same content' if same else 'DIFFERENT content'}")
        return 0 if same else 1
    OUTPUT.write_bytes(compressed(content))
    print(f"sha256 {hashlib.sha256(OUTPUT.read_bytes()).hexdigest()}  {OUTPUT.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
