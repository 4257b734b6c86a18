"""What FastAPI says of the app's routes."""

import json


def test_schema(client):
    """The JSON routes with their types; pages stay out."""
    schema = json.loads(client("GET", "/openapi.json").body)
    assert set(schema["paths"]) == {"/api/status"}
    assert set(schema["components"]["schemas"]["Status"]["properties"]) == {"address", "environment"}


def test_docs_are_for_development(client):
    """That page runs scripts of another host."""
    assert client("GET", "/docs").status == 404
    assert client("GET", "/redoc").status == 404
