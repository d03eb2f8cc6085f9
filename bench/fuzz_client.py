"""What fuzzers send requests with: a server of their own, and what counts as a failure of it."""

import contextlib
import http.client

from fuzzing.run import Run
from service import Service, serving

# Statuses of 500 and more that say that there is too much to do, or that it took too long.
EXPECTED = {503, 504}


class FuzzClient:
    """Sends requests, and ends the run when the server answers one as it must not, or not at all."""

    def __init__(self, run: Run, service: Service):
        self.run, self.service = run, service
        self.connection: http.client.HTTPConnection | None = None
        self.statuses: dict[int, int] = {}

    def post(self, path: str, body: bytes, content_type: str) -> int:
        """The status of the response."""
        case = f"POST {path}\r\nContent-Type: {content_type}\r\n\r\n".encode(errors="replace") + body
        try:
            status = self._send(path, body, content_type)
        except (OSError, http.client.HTTPException) as error:
            if self.service.process.poll() is not None:
                self.run.fail(f"the server ended with {self.service.process.returncode}", case)
            self.run.fail(f"no response: {error!r}", case)
        if status >= 500 and status not in EXPECTED:
            self.run.fail(f"the response's status is {status}", case)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        return status

    def _send(self, path: str, body: bytes, content_type: str) -> int:
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)
            try:
                self.connection.request("POST", path, body, {"Content-Type": content_type})
                response = self.connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException):
                self.connection.close()
                self.connection = None
                # The server ends some connections with their response; a new one tells whether that was all.
                if attempt == 2 or self.service.process.poll() is not None:
                    raise
                continue
            if response.getheader("connection") == "close":
                self.connection.close()
                self.connection = None
            return response.status
        raise AssertionError("unreachable")


@contextlib.contextmanager
def fuzzed_server(run: Run):
    """A server on a free port, whose every request is the fuzzer's."""
    with serving() as service:
        client = FuzzClient(run, service)
        yield client
        if service.process.poll() is not None:
            run.fail(f"the server ended with {service.process.returncode}", b"")
