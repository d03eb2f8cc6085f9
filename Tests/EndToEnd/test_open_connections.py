"""A request that is over has left nothing in the server's memory, although the connection that it came on is still open."""
import os

import pytest
from open_connections import PROTOCOLS, Probe, summary
from transport import serving

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can read the memory of a protected process")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_of_a_request_that_is_over_is_left_while_its_connection_is_open(protocol, tmp_path):
    arguments = [] if protocol == "http1" else ["--tls", "self-signed"]
    with serving(tmp_path, *arguments) as (port, process, _, _):
        probe = Probe(protocol, port, process.pid)
        probe.send()
        probe.share()
        assert summary(probe.lasting()) == []
        probe.poll()
        assert summary(probe.lasting()) == []
        assert probe.problems == []
        probe.close()
