"""One look at the traffic of the last hours: what came in, what was said, what came true."""

from dataclasses import dataclass

from app.columns import columns
from app.metadata import Metadata
from app.prediction_log import Window, read_window
from app.project import Drift
from app.registry import CHAMPION, holder, versions
from app.service.store import Store
from app.settings import Settings
from app.watching.drift import Shift, shifts
from app.watching.quality import Quality, quality_of

OUTPUT = "model output"  # no column can have this name


@dataclass(frozen=True)
class Look:
    """What one look found.

    Attributes:
        at: When, in seconds since 1970.
        hours: How far back it goes.
        window: What was answered, by models of today's columns.
        champion: The model that others are held against; None before the first.
        shifts: Column, or `OUTPUT`, to how it changed, the most first; nothing without champion
            or traffic.
        qualities: Model version to how its answers turned out, of those that answered.
    """

    at: float
    hours: float
    window: Window
    champion: Metadata | None
    shifts: dict[str, Shift]
    qualities: dict[str, Quality]

    @property
    def rows(self) -> int:
        """Cases that were answered; in the shadow, the same ones again don't count."""
        return int((self.window.role != "shadow").sum())

    @property
    def alarms(self) -> list[str]:
        """What drifted or got worse, in words."""
        drifted = [name for name, shift in self.shifts.items() if shift.drifted]
        worse = [version for version, quality in self.qualities.items() if quality.worse]
        return [f"{name}: PSI {self.shifts[name].psi:.3f}, drifted" for name in drifted] + [
            f"model {version}: loss {self.qualities[version].loss:.4g}, worse" for version in worse
        ]


def take_look(store: Store, settings: Settings, drift: Drift, now: float) -> Look:
    """Reads the last hours and compares them with the champion's test rows.

    Args:
        store: One that a `PredictionLog` has opened before.
        settings: How far to look back, and where the models are.
        drift: Limits of `project.toml`.
        now: Seconds since 1970.
    """
    window = read_window(store, now - settings.monitor_hours * 3600)
    known = {metadata.version: metadata for metadata in versions(settings.models_dir)}
    champion = known.get(holder(settings.models_dir, CHAMPION) or "")
    found: dict[str, Shift] = {}
    answered = window.role != "shadow"  # the same cases again
    if champion is not None and answered.any():
        live = {
            column.name: window.inputs[answered, index] for index, column in enumerate(columns())
        }
        live[OUTPUT] = window.output[answered & (window.model_version == champion.version)]
        found = shifts(live, champion.reference | {OUTPUT: champion.outputs}, drift)
        found = dict(sorted(found.items(), key=lambda item: -item[1].psi))
    qualities = {
        version: quality_of(window, known[version], drift)
        for version in sorted(set(window.model_version.tolist()) & known.keys())
    }
    return Look(now, settings.monitor_hours, window, champion, found, qualities)
