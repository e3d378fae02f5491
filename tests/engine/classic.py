"""A daemon that knows just enough to be sent a classic build: it answers pings and keeps the tar."""

from __future__ import annotations

import contextlib
import io
import json
import socketserver
import tarfile
import tempfile
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import TracebackType


class ClassicDaemon:
    """A context manager; afterwards ``bytes`` and ``paths`` tell what was uploaded (None if nothing was)."""

    def __init__(self) -> None:
        self.tar: bytes | None = None
        # socket paths may have 107 bytes at most: not below pytest's long folders
        self._folder = tempfile.TemporaryDirectory(prefix="ctxsize-")
        self._socket = Path(self._folder.name) / "docker.sock"
        self._server = _Server(str(self._socket), _Handler)
        self._server.daemon_state = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def host(self) -> str:
        return f"unix://{self._socket}"

    @property
    def bytes(self) -> int | None:
        return None if self.tar is None else len(self.tar)

    @property
    def paths(self) -> list[str] | None:
        """The members, folders with a slash, sorted."""
        if self.tar is None:
            return None
        with tarfile.open(fileobj=io.BytesIO(self.tar), encoding="utf-8", errors="surrogateescape") as archive:
            return sorted(member.name + "/" * member.isdir() for member in archive)

    def __enter__(self) -> ClassicDaemon:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._folder.cleanup()


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    daemon_state: ClassicDaemon


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.endswith("/_ping"):
            return self._answer(b"OK")
        what = {"Version": "28.5.2", "ApiVersion": "1.47", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64",
                "OSType": "linux", "Driver": "vfs"}  # fmt: skip
        return self._answer(json.dumps(what).encode())

    def do_POST(self) -> None:
        body = self._chunks() if "chunked" in self.headers.get("Transfer-Encoding", "") else self._plain()
        if "/build" in self.path.partition("?")[0]:
            self.server.daemon_state.tar = body
        self._answer(b'{"stream":"Successfully built 0123456789ab\\n"}\n')

    def _plain(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunks(self) -> bytes:
        body = bytearray()
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return bytes(body)

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        headers = {"API-Version": "1.47", "OSType": "linux", "Builder-Version": "1", "Content-Type": "application/json"}
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet: pytest shows what matters."""
