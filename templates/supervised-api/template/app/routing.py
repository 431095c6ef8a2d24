"""Which model answers whom: the champion, or a challenger beside it."""

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from prometheus_client import Counter

from app.predictor import Matrix, Predictor, Vector, load, load_champion
from app.registry import challenger_folder, read_metadata
from app.service.errors import UserError

Mode = Literal["off", "shadow", "split"]
Role = Literal["champion", "challenger", "shadow"]

logger = logging.getLogger("app.routing")


@dataclass(frozen=True)
class Models:
    """The models that are loaded, and who is answered by which.

    Attributes:
        champion: Answers, unless the challenger does.
        challenger: None where there is none, or where it is off.
        mode: `shadow`: the challenger answers everything and nobody sees it. `split`: it answers
            some callers.
        share: Of callers whom the challenger answers when it is split, 0 to 1.
        failures: Counts what the challenger could not answer.
    """

    champion: Predictor
    challenger: Predictor | None
    mode: Mode
    share: float
    failures: Counter

    def roles(self) -> dict[Role, Predictor]:
        """Returns the loaded models by the role in which they are asked."""
        models: dict[Role, Predictor] = {"champion": self.champion}
        if self.challenger:
            models["challenger" if self.mode == "split" else "shadow"] = self.challenger
        return models

    def is_challenged(self, unit: str) -> bool:
        """Tells whether the challenger answers this caller; always the same for one challenger.

        The challenger's version is part of it, so that each experiment shuffles anew.
        """
        if self.challenger is None or self.mode != "split":
            return False
        key = f"{self.challenger.metadata.version}:{unit}".encode()
        return int.from_bytes(hashlib.sha256(key).digest()[:8], "big") < self.share * 2**64

    def outputs(self, rows: Matrix, units: list[str]) -> tuple[Vector, npt.NDArray[np.bool_]]:
        """Returns the output to give for each row, and whether it is the challenger's.

        Where the challenger fails, the champion's answer is given.

        Args:
            rows: Shape (n, columns), encoded.
            units: Of each row, who asks.
        """
        outputs = self.champion.outputs(rows)
        if self.challenger is None or self.mode != "split":
            return outputs, np.zeros(len(rows), dtype=np.bool_)
        challenged = np.array([self.is_challenged(unit) for unit in units])
        if challenged.any():
            given = self._challenge(rows[challenged])
            if given is None:
                challenged[:] = False
            else:
                outputs[challenged] = given
        return outputs, challenged

    def shadow(self, rows: Matrix) -> Vector | None:
        """Returns what the challenger would say, shape (n,); None where it is not in the shadow."""
        return self._challenge(rows) if self.mode == "shadow" else None

    def _challenge(self, rows: Matrix) -> Vector | None:
        if self.challenger is None:
            return None
        try:
            return self.challenger.outputs(rows)
        except Exception:  # whatever it is, the caller gets the champion's answer
            logger.exception("the challenger failed")
            self.failures.inc(len(rows))
            return None


def load_models(folder: Path, mode: Mode, share: float, failures: Counter) -> Models:
    """Loads the champion, and the challenger where there is one.

    Raises:
        UserError: There is no champion, or it does not fit the code.
    """
    champion, challenger = load_champion(folder), None
    try:
        challenger = _load_challenger(folder, champion) if mode != "off" else None
    except Exception:  # an experiment must not keep the service from answering
        logger.exception("the challenger can't be loaded, so there is none")
        failures.inc()
    return Models(champion, challenger, mode, share, failures)


def _load_challenger(models: Path, champion: Predictor) -> Predictor | None:
    folder = challenger_folder(models)
    if folder is None:
        return None
    if (task := read_metadata(folder).task) != champion.metadata.task:
        problem = f"The challenger answers a {task}, the champion does not."
        raise UserError(problem, "Promote a challenger of the same task.")
    return load(folder)
