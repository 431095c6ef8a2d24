"""What the modules of verbs share: the type of argparse's collection."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # argparse has no public name for it.
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001
else:
    Verbs = object
