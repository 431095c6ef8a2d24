"""Nobody is left with a plant too few, and nonsense is refused."""

import pytest

from app.desk.found import ToolRefusedError
from app.sowing import seeds_for, seeds_needed


@pytest.mark.parametrize(("plants", "germination"), [(100, 91), (100, 44), (7, 44), (1, 100)])
def test_the_seeds_are_enough_and_one_less_is_not(plants: int, germination: int) -> None:
    seeds = seeds_for(plants, germination)
    assert seeds * germination >= plants * 100
    assert (seeds - 1) * germination < plants * 100


@pytest.mark.parametrize(("plants", "germination"), [(0, 80), (10, 0), (10, 101)])
def test_what_is_no_field_or_share_is_refused(plants: int, germination: int) -> None:
    with pytest.raises(ToolRefusedError):
        seeds_needed(plants, germination)
