"""An answer that is made once for each version of what it says, and that its ETag names: a browser
that has this version is told so, and is sent nothing."""

import gzip
import hashlib
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response


@dataclass(frozen=True)
class Versioned:
    """The bytes of one version, as they are and compressed, and the name of the version."""

    plain: bytes
    packed: bytes
    etag: str
    kind: str  # media type

    def to(self, asked: Headers) -> Response:
        """The answer to a request with these headers. A browser asks each time (`no-cache`)."""
        headers = {"cache-control": "no-cache", "etag": self.etag, "vary": "Accept-Encoding"}
        if asked.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=headers)
        if "gzip" not in asked.get("accept-encoding", ""):
            return Response(self.plain, media_type=self.kind, headers=headers)
        headers["content-encoding"] = "gzip"
        return Response(self.packed, media_type=self.kind, headers=headers)


def versioned(body: bytes, kind: str) -> Versioned:
    """The answer that says `body`; weak, as the two ways to send it differ in their bytes."""
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'
    return Versioned(body, gzip.compress(body, 6, mtime=0), etag, kind)
