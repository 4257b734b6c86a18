"""A data store that fails in the way that a session token names."""

import json
import socket
import struct
import time
from threading import Thread
from urllib.parse import parse_qs, urlsplit

JSON = "application/json"
OUTAGES = {
    "html-502": (502, "text/html", "<h1>Bad Gateway</h1>"),
    "html-502-charset": (502, "text/html; charset=utf-8", "<h1>Bad Gateway</h1>"),
    "json-502": (502, JSON, '{"code": 502, "error": "Bad Gateway"}'),
    "json-502-message": (502, JSON, '{"message": "Bad Gateway"}'),
    "json-429": (429, JSON, '{"code": 429, "error": "Too many requests."}'),
    "json-503-text-code": (503, JSON, '{"code": "down", "error": "down"}'),
    "json-500-null": (500, JSON, "null"),
    "garbage-200": (200, JSON, "\x00\x01garbage"),
    "list-200": (200, JSON, "[1, 2]"),
    "number-200": (200, JSON, "5"),
    "empty-200": (200, JSON, "{}"),
    "nothing-200": (200, JSON, ""),
    "html-200": (200, "text/html", "<h1>Log in to this network</h1>"),
    "app-401": (401, JSON, '{"code": 401, "error": "Unauthorized."}'),
}
REFUSALS = {
    "no-user": (400, JSON, '{"code": 211, "error": "Could not find user."}'),
    "expired": (401, JSON, '{"code": 209, "error": "Invalid session token."}'),
}
# These answer with no HTTP, or with less than they say.
BROKEN = ("reset", "closed", "no-http", "truncated")
SLOW = ("hang", "slow-head", "slow-body")
VALID = "valid"


def start():
    """Start a store and return its address; it ends with the process."""
    server = socket.create_server(("127.0.0.1", 0))
    Thread(target=accept, args=[server], daemon=True).start()
    return f"http://127.0.0.1:{server.getsockname()[1]}"


def accept(server):
    while True:
        connection, _ = server.accept()
        Thread(target=answer, args=[connection], daemon=True).start()


def answer(connection):
    """Answer one request as its session token wants it."""
    with connection:
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(65536)
            if not part:
                return
            head += part
        query = parse_qs(urlsplit(head.split()[1].decode()).query)
        token = query.get("session_token", [""])[0].replace("-SECRET", "")
        try:
            behave(connection, token)
        except OSError:
            return  # the app has left


def behave(connection, token):
    if token == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif token == "no-http":
        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    elif token == "truncated":
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"obj')
    elif token == "hang":
        time.sleep(60)
    elif token in ("slow-head", "slow-body"):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: " if token == "slow-head" else b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(120):
            connection.sendall(b"x")
            time.sleep(0.25)
    elif token != "closed":
        whole = {"objectId": "1", "username": "u", "sessionToken": "valid-SECRET"}
        status, kind, body = {**OUTAGES, **REFUSALS}.get(token, (200, JSON, json.dumps(whole)))
        body = body.encode()
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)
