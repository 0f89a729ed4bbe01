"""What all answers share; descriptions.py says what each field means.

Every field is there in every answer unless it has a default.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic import WithJsonSchema as Documented

Usd = Annotated[float, Documented({"type": "number"})]
Percent = Annotated[float, Documented({"type": "number", "minimum": 0, "maximum": 100})]
Moment = Annotated[str, Documented({"type": "string", "format": "date-time"})]
Day = Annotated[str, Documented({"type": "string", "format": "date"})]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
PlanHash = Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]


class Answered(BaseModel):
    model_config = ConfigDict(extra="allow")
