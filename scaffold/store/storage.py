"""Where the bytes of files are: a folder, or a bucket of any store that speaks S3."""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, urlsplit

from starlette.responses import FileResponse, Response, StreamingResponse

from scaffold.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

CHUNK = 64 * 1024
# Headers of S3's answer that a client needs.
PASSED_ON = {
    "ContentLength": "Content-Length",
    "ContentRange": "Content-Range",
    "ETag": "ETag",
}


class Storage(Protocol):
    """Keeps the bytes of files under keys, which are checked before."""

    def partial(self) -> Path:
        """Return where an upload may be written until it is whole."""
        ...

    def keep(self, key: str, partial: Path) -> None:
        """Keep a whole upload under a key; the file that it was written to is gone then."""
        ...

    def response(
        self, key: str, request: Mapping[str, str], media_type: str, headers: Mapping[str, str]
    ) -> Response | None:
        """Return the answer to a download, whole or the range that is asked for; None where
        there is nothing under the key.
        """
        ...

    def size(self, key: str) -> int | None:
        """Return how many bytes are under a key; None where there is nothing."""
        ...

    def delete(self, key: str) -> None:
        """Delete what is under a key, if anything is."""
        ...


@dataclass(frozen=True)
class Folder:
    """Files in a folder, which all processes of a service share."""

    path: Path

    def partial(self) -> Path:
        """Return a path in the folder, so that the file need not be copied."""
        self.path.mkdir(parents=True, exist_ok=True)
        return self.path / f".upload-{secrets.token_hex(8)}"

    def keep(self, key: str, partial: Path) -> None:
        """Move a whole upload to its place."""
        path = self.path / "kept" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("rb+") as written:
            os.fsync(written.fileno())
        partial.replace(path)

    def response(
        self, key: str, request: Mapping[str, str], media_type: str, headers: Mapping[str, str]
    ) -> Response | None:
        """Return a file; Starlette reads the range in the request itself."""
        del request
        path = self.path / "kept" / key
        if not path.is_file():
            return None
        return FileResponse(path, media_type=media_type, headers=headers)

    def size(self, key: str) -> int | None:
        """Return the size of a file."""
        path = self.path / "kept" / key
        return path.stat().st_size if path.is_file() else None

    def delete(self, key: str) -> None:
        """Delete a file."""
        (self.path / "kept" / key).unlink(missing_ok=True)


@dataclass(frozen=True)
class Bucket:
    """Files in a bucket.

    Args:
        client: boto3's client.
        name: the bucket.
        prefix: what all keys begin with.
    """

    client: Any
    name: str
    prefix: str = ""

    def partial(self) -> Path:
        """Return a path among temporary files."""
        handle, path = tempfile.mkstemp(prefix="scaffold-upload-")
        os.close(handle)
        return Path(path)

    def keep(self, key: str, partial: Path) -> None:
        """Send a whole upload to the bucket, a large one in parts."""
        self.client.upload_file(str(partial), self.name, self.prefix + key)
        partial.unlink()

    def response(
        self, key: str, request: Mapping[str, str], media_type: str, headers: Mapping[str, str]
    ) -> Response | None:
        """Pass a file on piece by piece, under our own headers."""
        wanted = {"Bucket": self.name, "Key": self.prefix + key}
        if "range" in request:
            wanted["Range"] = request["range"]
        try:
            found = self.client.get_object(**wanted)
        except self.client.exceptions.ClientError as error:
            return _refused(error)
        passed_on = {PASSED_ON[name]: str(found[name]) for name in PASSED_ON if name in found}
        return StreamingResponse(
            found["Body"].iter_chunks(CHUNK),
            206 if "ContentRange" in found else 200,
            {**headers, **passed_on, "Accept-Ranges": "bytes"},
            media_type,
        )

    def size(self, key: str) -> int | None:
        """Ask the bucket for the size of a file."""
        try:
            found = self.client.head_object(Bucket=self.name, Key=self.prefix + key)
        except self.client.exceptions.ClientError as error:
            _refused(error)
            return None
        return int(found["ContentLength"])

    def delete(self, key: str) -> None:
        """Delete a file."""
        self.client.delete_object(Bucket=self.name, Key=self.prefix + key)


def _refused(error: Any) -> Response | None:
    """Return the answer where a bucket has nothing to give.

    Raises:
        ClientError: the bucket itself cannot be used.
    """
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return Response(status_code=status)
    if status == HTTPStatus.NOT_FOUND:
        return None
    raise error


def at(place: str | Path) -> Storage:
    """Return the storage at a folder, or at `s3://BUCKET/PREFIX?endpoint=URL&region=NAME`.

    Raises:
        UsageError: the client of S3 is missing.
    """
    address = urlsplit(str(place))
    if address.scheme != "s3":
        return Folder(Path(place))
    try:
        import boto3
        from botocore.config import Config
    except ModuleNotFoundError as error:
        raise UsageError("store.error.no-s3") from error
    options = {name: values[0] for name, values in parse_qs(address.query).items()}
    # Many stores that speak S3 do not know Amazon's newer checksums.
    config = Config(
        max_pool_connections=40,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    client = boto3.client(
        "s3",
        endpoint_url=options.get("endpoint"),
        region_name=options.get("region"),
        config=config,
    )
    prefix = address.path.strip("/")
    return Bucket(client, address.netloc, f"{prefix}/" if prefix else "")


def problems() -> tuple[type[Exception], ...]:
    """Return what is raised where a bucket cannot be used; nothing where no client is there."""
    try:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError
    except ModuleNotFoundError:
        return ()
    return Boto3Error, BotoCoreError, ClientError
