"""A route of this project: what a file's functions look like to the model."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.counting import Counted, functions
from app.service.errors import UserError

router = APIRouter(tags=["own"])


class File(BaseModel):
    """The text of a Python file."""

    text: str = Field(max_length=200_000)


@router.post("/functions")
def count(file: File) -> dict[str, Counted]:
    """Counts the functions without a docstring, ready for `/predict/batch`."""
    try:
        return functions(file.text)
    except SyntaxError as error:
        raise UserError(f"That is no Python: {error.msg}.", "Send a whole file.") from error
