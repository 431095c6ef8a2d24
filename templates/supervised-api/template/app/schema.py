"""What the model is told about one case. Yours: put your own columns here.

This one class decides the column order, the codes of categories, what a request may contain, the
API documentation and the form on the page. Rules for a field:

- `float`, `int`, `bool` or a `Literal[...]` of texts; `... | None = None` where it can be missing;
- `title` and `description` are read by people, `unit` goes beside the number;
- `ge` and `le` are the range you vouch for: training data and requests outside are refused;
- the first of `examples` fills the documentation, the form and the smoke test.

Only what is known at the moment of the prediction belongs here. `visits` and `spending` of the
same year are in the data too and would make a model that is perfect and useless. And `race` is
left out on purpose: it is there to check the model with, not to decide with.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Features(BaseModel):
    """A member of a health plan, as known on the first day of an insurance year."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    age: float = Field(
        ge=0,
        le=120,
        title="Age",
        description="At the start of the year.",
        examples=[41.5],
        json_schema_extra={"unit": "years"},
    )
    sex: Literal["female", "male"] = Field(
        title="Sex", description="As recorded at enrolment.", examples=["female"]
    )
    education_years: float | None = Field(
        default=None,
        ge=0,
        le=30,
        title="Schooling",
        description="Of the family's decision maker.",
        examples=[12],
        json_schema_extra={"unit": "years"},
    )
    family_size: int = Field(
        ge=1,
        le=30,
        title="Family size",
        description="People in the family.",
        examples=[4],
        json_schema_extra={"unit": "people"},
    )
    family_income: int | None = Field(
        default=None,
        ge=0,
        le=1_000_000,
        title="Family income",
        description="A year, as recorded in the 1970s.",
        examples=[8000],
        json_schema_extra={"unit": "dollars"},
    )
    coinsurance_percent: int = Field(
        ge=0,
        le=100,
        title="Coinsurance",
        description="Share of a bill that the member pays.",
        examples=[25],
        json_schema_extra={"unit": "%"},
    )
    individual_deductible: bool = Field(
        title="Individual deductible",
        description="The plan pays outpatient care only beyond a sum for each person.",
        examples=[False],
    )
    general_health_index: float | None = Field(
        default=None,
        ge=0,
        le=100,
        title="General health",
        description="Questionnaire at enrolment; more is better.",
        examples=[55.6],
        json_schema_extra={"unit": "points"},
    )
    mental_health_index: float | None = Field(
        default=None,
        ge=0,
        le=100,
        title="Mental health",
        description="Questionnaire at enrolment; more is better.",
        examples=[78.2],
        json_schema_extra={"unit": "points"},
    )
    chronic_disease_index: float | None = Field(
        default=None,
        ge=0,
        le=100,
        title="Chronic diseases",
        description="Weighted count at enrolment; more is worse.",
        examples=[13.8],
        json_schema_extra={"unit": "points"},
    )
    physical_limitation: bool | None = Field(
        default=None,
        title="Physical limitation",
        description="Reported at enrolment.",
        examples=[False],
    )
    visits_last_year: int | None = Field(
        default=None,
        ge=0,
        le=400,
        title="Doctor visits last year",
        description="Unknown for a new member.",
        examples=[8],
        json_schema_extra={"unit": "visits"},
    )
