"""The days of the move: a proxy that stands at the old address of the API.

It passes all to the old platform, so that nothing changes yet; it asks the new data service the
same, and reports what differs; it refuses writes, so that the last export reads data that stands
still. `asked` says what a request means, `forward` passes it on, `shadow` asks the data service
again and `differences` compares, `app` puts them together.
"""
