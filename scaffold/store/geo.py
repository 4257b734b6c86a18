"""Distances on the globe, in radians."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

# How far one radian goes, as the platform's SDKs count.
KILOMETERS = 6371.0
MILES = 3958.8


def distance(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> float:
    """Return the angle between two points, given in degrees: the haversine formula."""
    north = sin(radians(other_latitude - latitude) / 2) ** 2
    east = sin(radians(other_longitude - longitude) / 2) ** 2
    half = north + cos(radians(latitude)) * cos(radians(other_latitude)) * east
    return 2 * asin(sqrt(min(1.0, half)))
