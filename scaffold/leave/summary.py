"""The plan of the way out in three lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.leave.dates import days_left
from scaffold.leave.listing import listed
from scaffold.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.leave.plan import Plan


def lines(plan: Plan) -> Iterator[str]:
    """Yield what an app uses, what of it has no replacement, and where the whole plan is;
    nothing for an app that uses nothing.
    """
    if not plan.services:
        return
    names = listed(service.text("name") for service in plan.services)
    yield text("leave.summary", days=days_left(plan.today), services=names)
    without = [service.text("name") for service in plan.services if service.replaced == "none"]
    if without:
        yield text("leave.summary-none", services=listed(without))
    yield text("leave.summary-more")
