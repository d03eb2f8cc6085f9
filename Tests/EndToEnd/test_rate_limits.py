"""What a network is charged for, and that no network can use up another's."""
import concurrent.futures
import http.client
import json
import re

import pytest
from transport import serving

SMALL = json.dumps({"prompt": "red heart", "steps": 1, "width": 64, "height": 64}).encode()
HUGE = 9223372036854775807
MISTAKES = [
    ("/v1/images/generations", {"prompt": "heart", "steps": HUGE}), ("/v1/images/generations", {"prompt": "heart", "n": HUGE}),
    ("/v1/images/generations", {"prompt": "heart", "size": f"{HUGE}x{HUGE}"}),
    ("/api/pictures", {"prompt": "heart", "steps": HUGE, "n": HUGE, "width": 1 << 62, "height": 1 << 62}),
    ("/sdapi/v1/txt2img", {"prompt": "heart", "steps": HUGE, "width": 1 << 62, "height": 1 << 62})]


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("server"), "--behind-proxy") as (port, *_):
        yield port


def ask(port, network, path="/api/pictures", body=SMALL, **fields):
    """The status and the fields of an answer to a network that a proxy tells of."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, body, {"X-Forwarded-For": network, "Content-Type": "application/json"} | fields)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.headers


@pytest.mark.parametrize("path, body", MISTAKES)
def test_a_request_that_is_refused_for_its_numbers_shuts_nobody_out(port, path, body):
    network = f"198.51.{100 + MISTAKES.index((path, body))}.1"
    for _ in range(3):
        assert ask(port, network, path, json.dumps(body).encode())[0] in (400, 422)
    assert ask(port, network)[0] == 200


def test_pages_of_other_sites_use_up_nothing_of_a_visitor_s_limits(port):
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert {ask(port, "203.0.113.5", **foreign)[0] for _ in range(150)} == {403}
    assert ask(port, "203.0.113.5")[0] == 200


def test_networks_in_any_number_leave_a_newcomer_its_limits(port):
    path, body = MISTAKES[0]
    text = json.dumps(body).encode()
    # Of a prefix as an internet provider's customer has it, each a network of its own.
    networks = [f"2001:db8:{number >> 8:x}:{number % 256 << 8:x}::1" for number in range(21_000)]
    def flood(part):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        statuses = set()
        for network in part:
            connection.request("POST", path, text, {"X-Forwarded-For": network, "Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            statuses.add(response.status)
        connection.close()
        return statuses

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert set().union(*pool.map(flood, (networks[start::8] for start in range(8)))) == {400}
    for newcomer in ("192.0.2.77", "2001:db9::1", "2001:dba:1::1"):
        assert ask(port, newcomer)[0] == 200


def test_what_is_left_is_told_in_quarters(port):
    told = set()
    for number in range(60):
        status, fields = ask(port, "192.0.2.8")
        told |= {(name, int(rest), int(seconds)) for name, rest, seconds in
                 re.findall(r'"([a-z]+)";r=(\d+);t=(\d+)', fields["RateLimit"])}
        if status == 429:
            assert int(fields["Retry-After"]) % 5 == 0
            break
    limits = dict(re.findall(r'"([a-z]+)";q=(\d+)', fields["RateLimit-Policy"]))
    assert {name for name, _, _ in told} == {"requests", "work"} == set(limits)
    assert len({rest for name, rest, _ in told if name == "requests"}) >= 3, "it changes as it is used up"
    for name, rest, seconds in told:
        quarters = [int(limits[name]) * part // 4 for part in range(5)]
        assert rest in quarters and seconds in (0, 15, 30, 45, 60), (name, rest, seconds)
