"""What all answers share. Only what HTTP alone has is declared in these files.

The rest are the shapes that `shared` has: money that is cents inside (`value_cents`) is a decimal
number outside (`value_usd`), for values (money.py) as for schemas (contract/). Views are drawn by
views.py and record_views.py, and tests hold them to these shapes.
"""

from typing import Annotated

from pydantic import Field

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Revision = Annotated[int, Field(ge=1, le=2**53 - 1)]
Name = Annotated[str, Field(max_length=500)]
Page = Annotated[str, Field(max_length=1_000)]
