"""How clients reach the server: TLS, its renewal, HTTP/2, and what every answer carries."""
import datetime
import hashlib
import json
import re
import signal
import socket
import ssl
import time

import h2.events
import h2.exceptions
import httpx
import openai
import pytest
import trustme
import yaml
from browser import Browser
from conftest import MODEL, run
from cryptography import x509
from transport import Authority, Streams, connect, head, read_head, seconds_until_closed, serving, wait_for

LONG = {"prompt": "red heart", "steps": 150, "n": 10}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def secure(tmp_path_factory, authority):
    """A server with a certificate, whom the page of one other origin may use; gives its port and the path of its log."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, *authority.arguments, "--allowed-origins", "https://example.com") as (port, process, log, _):
        yield port, process, log


def client(authority, port, **options):
    return httpx.Client(
        base_url=f"https://localhost:{port}", verify=authority.context(("h2", "http/1.1")), timeout=120, **options)


def shown_certificate(port):
    """The SHA-256 fingerprint of the certificate that a new connection gets."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with connect(port, context) as connection:
        return hashlib.sha256(connection.getpeercert(True)).hexdigest()


# TLS


def test_a_scan_of_tls_is_clean(secure, authority):
    """By sslyze, which brings the old protocols and suites that today's libraries have dropped."""
    from sslyze import (
        Scanner, ScanCommand, ServerNetworkConfiguration, ServerNetworkLocation, ServerScanRequest, ServerScanStatusEnum)

    port, process, _ = secure
    scanner = Scanner()
    scanner.queue_scans([ServerScanRequest(
        server_location=ServerNetworkLocation(hostname="localhost", ip_address="127.0.0.1", port=port),
        network_configuration=ServerNetworkConfiguration(tls_server_name_indication="localhost"),
        scan_commands={
            ScanCommand.SSL_2_0_CIPHER_SUITES, ScanCommand.SSL_3_0_CIPHER_SUITES, ScanCommand.TLS_1_0_CIPHER_SUITES,
            ScanCommand.TLS_1_1_CIPHER_SUITES, ScanCommand.TLS_1_2_CIPHER_SUITES, ScanCommand.TLS_1_3_CIPHER_SUITES,
            ScanCommand.TLS_COMPRESSION, ScanCommand.TLS_FALLBACK_SCSV, ScanCommand.HEARTBLEED, ScanCommand.ROBOT,
            ScanCommand.OPENSSL_CCS_INJECTION, ScanCommand.SESSION_RENEGOTIATION, ScanCommand.ELLIPTIC_CURVES,
            ScanCommand.SESSION_RESUMPTION})])
    scan = next(iter(scanner.get_results()))
    assert scan.scan_status == ServerScanStatusEnum.COMPLETED, scan.connectivity_error_trace
    found = scan.scan_result
    for old in ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1"):
        assert getattr(found, f"{old}_cipher_suites").result.accepted_cipher_suites == [], old

    def names(version):
        return {suite.cipher_suite.name for suite in getattr(found, f"{version}_cipher_suites").result.accepted_cipher_suites}

    assert names("tls_1_2") == {
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"}
    assert names("tls_1_3") == {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}
    assert not found.tls_compression.result.supports_compression
    assert not found.heartbleed.result.is_vulnerable_to_heartbleed
    assert not found.openssl_ccs_injection.result.is_vulnerable_to_ccs_injection
    assert not found.session_renegotiation.result.is_vulnerable_to_client_renegotiation_dos
    assert found.robot.result.robot_result.name.startswith("NOT_VULNERABLE")
    resumption = found.session_resumption.result
    assert {resumption.session_id_resumption_result.name, resumption.tls_ticket_resumption_result.name} == {"NOT_SUPPORTED"}
    curves = {curve.name for curve in found.elliptic_curves.result.supported_curves}
    assert curves == {"X25519", "secp256r1", "secp384r1"}
    assert process.poll() is None


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version, is_spoken", [
    (ssl.TLSVersion.TLSv1, False), (ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True),
    (ssl.TLSVersion.TLSv1_3, True)])
def test_tls_1_2_and_1_3_are_spoken_and_nothing_older(secure, authority, version, is_spoken):
    context = authority.context()
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    if is_spoken:
        with connect(secure[0], context) as connection:
            assert connection.version() == version.name.replace("_", ".")
    else:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            connect(secure[0], context)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_client_that_comes_back_begins_anew(secure, authority, version):
    """It gets no ticket and no number by which it, or the keys of its earlier visit, could be found."""
    context = authority.context()
    context.minimum_version = context.maximum_version = version
    session = None
    for _ in range(3):
        with connect(secure[0]) as plain, context.wrap_socket(
                plain, server_hostname="localhost", session=session) as connection:
            connection.sendall(head("GET", "/healthz"))
            assert read_head(connection)[0] == 200
            assert not connection.session_reused
            session = connection.session
            # In TLS 1.2 a session without a ticket is found by its number, which is empty when the server keeps none.
            assert not session.has_ticket and (version == ssl.TLSVersion.TLSv1_3 or not session.id)


@pytest.mark.parametrize("offered, chosen", [
    (["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1"), (["http/1.1", "h2"], "h2"), ([], None)])
def test_http_2_is_chosen_where_the_client_knows_it(secure, authority, offered, chosen):
    context = authority.context(offered) if offered else authority.context()
    with connect(secure[0], context) as connection:
        if offered:
            assert connection.selected_alpn_protocol() == chosen
        connection.sendall(head("GET", "/healthz") if chosen != "h2" else b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        assert connection.recv(100)


def test_plain_http_on_the_port_for_tls_gets_nothing_and_harms_nobody(secure, authority):
    port = secure[0]
    for nonsense in (head("GET", "/healthz"), b"\x00" * 1000, b"\x16\x03\x01\xff\xff" + b"x" * 70_000):
        with connect(port) as connection:
            try:
                connection.sendall(nonsense)
                connection.shutdown(socket.SHUT_WR)
                _, text = seconds_until_closed(connection)
            except OSError:
                continue  # the server has ended the connection already
            assert b"HTTP/1.1 200" not in text and b"ok\n" not in text
    with client(authority, port) as good:
        assert good.get("/healthz").text == "ok\n"


def test_http_2_and_http_1_1_answer_alike(secure, authority):
    port = secure[0]
    with client(authority, port, http2=True) as two, client(authority, port) as one:
        for path in ("/", "/nothing", "/v1/models", "/api/model"):
            answers = [one.get(path), two.get(path)]
            assert [answer.http_version for answer in answers] == ["HTTP/1.1", "HTTP/2"]
            assert answers[0].status_code == answers[1].status_code and answers[0].text == answers[1].text
            fields = [{k: v for k, v in answer.headers.items() if k != "date"} for answer in answers]
            assert fields[0] == fields[1]
        events = two.post("/api/pictures", json={"prompt": "red heart", "steps": 2})
        assert events.status_code == 200 and "event: done" in events.text and "connection" not in events.headers


def test_the_openai_client_works_over_tls(secure, authority):
    with client(authority, secure[0], http2=True) as transport:
        program = openai.OpenAI(base_url=f"https://localhost:{secure[0]}/v1", api_key="none", http_client=transport)
        answer = program.images.generate(prompt="red heart", size="auto", extra_body={"seed": 7, "steps": 2})
        assert answer.data[0].b64_json.startswith("iVBOR")
        names = [event.type for event in program.images.generate(prompt="red heart", size="auto", stream=True)]
        assert names[-1] == "image_generation.completed"


@pytest.mark.parametrize("path", ["/api/pictures", "/v1/images/generations"])
def test_a_stream_that_is_reset_costs_no_more_work(secure, authority, path):
    port, _, log = secure
    before = log.read_text().count("answered imageGenerations with 499")
    with connect(port, authority.context(("h2",))) as connection, client(authority, port) as other:
        streams = Streams(connection)
        stream = streams.ask("POST", path, json.dumps(LONG).encode(), [("content-type", "application/json")])
        wait_until(lambda: other.get("/api/status").json()["running"])
        if path == "/api/pictures":
            streams.wait(h2.events.DataReceived, stream)
        streams.reset(stream)
        wait_until(lambda: not other.get("/api/status").json()["running"])
        assert streams.status(streams.ask("GET", "/healthz")) == 200, "only the stream has ended"
    if path != "/api/pictures":
        wait_for(log, "answered imageGenerations with 499", before + 1)


def wait_until(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_streams_that_are_reset_in_great_number_end_the_connection(secure, authority):
    """Rapid reset (CVE-2023-44487)."""
    port, process, _ = secure
    with connect(port, authority.context(("h2",))) as connection:
        streams = Streams(connection)
        # Reset by the server, or closed in order: whichever the client comes to see first.
        with pytest.raises((ConnectionError, ssl.SSLError, h2.exceptions.ProtocolError, AssertionError)):
            for _ in range(5000):
                streams.reset(streams.ask("GET", "/healthz"))
            streams.wait(h2.events.StreamReset, None)
    with client(authority, port) as good:
        assert good.get("/healthz").status_code == 200
    assert process.poll() is None


def test_the_name_that_http_2_asks_for_is_checked(tmp_path, authority):
    with serving(tmp_path, *authority.arguments, "--hostnames", "pictures.example.org") as (port, *_):
        with client(authority, port, http2=True) as two, client(authority, port) as one:
            for asking in (one, two):
                statuses = {
                    host: asking.get("/healthz", headers={"Host": host}).status_code
                    for host in ("pictures.example.org", f"localhost:{port}", "example.org")}
                assert list(statuses.values()) == [200, 200, 421], statuses


# The certificate


def test_a_certificate_of_the_server_s_own_is_the_one_whose_fingerprint_it_prints(tmp_path):
    with serving(tmp_path, "--tls", "self-signed", "--hostnames", "pictures.example.org") as (port, process, log, lines):
        printed = re.search(r"fingerprint is ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})\.", lines[1])[1]
        assert printed.replace(":", "").lower() == shown_certificate(port)
        certificate = x509.load_der_x509_certificate(bytes_of_certificate(port))
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.DNSName) == ["localhost", "pictures.example.org"]
        assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]
        assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert certificate.public_key().curve.name == "secp256r1"
        # Whoever trusts this one certificate is served, and nobody has to look away.
        context = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(bytes_of_certificate(port)))
        answer = httpx.get(f"https://localhost:{port}/healthz", verify=context)
        assert answer.text == "ok\n" and "strict-transport-security" not in answer.headers
        files = {path.name for path in tmp_path.rglob("*")}
        assert files == {"log.txt"}


def test_the_page_works_in_a_browser_that_took_the_certificate_and_complains_of_nothing(tmp_path):
    with serving(make_folder(tmp_path / "server"), "--tls", "self-signed") as (port, *_), Browser(tmp_path / "profile") as browser:
        browser.command("Security.setIgnoreCertificateErrors", ignore=True)
        browser.command("Page.navigate", url=f"https://localhost:{port}/")
        browser.wait("document.readyState === 'complete' && location.protocol === 'https:'")
        assert browser.run("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"
        assert browser.run("isSecureContext && crossOriginIsolated")
        browser.wait("document.activeElement.id === 'prompt'")
        browser.type("red heart")
        browser.press("Enter")
        browser.wait("document.querySelector('#pictures img')?.complete")
        complaints = [event["params"] for event in browser.events if event["method"] == "Log.entryAdded"]
        assert complaints == []


def bytes_of_certificate(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with connect(port, context) as connection:
        return connection.getpeercert(True)


def test_a_renewed_certificate_is_taken_without_losing_a_connection(tmp_path):
    authority = Authority(tmp_path)
    with serving(tmp_path, *authority.arguments) as (port, process, log, _):
        first = shown_certificate(port)
        kept = connect(port, authority.context())
        kept.sendall(head("GET", "/healthz"))
        assert read_head(kept)[0] == 200
        with client(authority, port, http2=True) as reader, reader.stream("POST", "/api/pictures", json=LONG) as stream:
            texts = stream.iter_text()
            assert "event:" in next(texts)

            authority.issue()
            assert shown_certificate(port) == first, "nothing changes before the signal"
            process.send_signal(signal.SIGHUP)
            wait_for(log, "uses a certificate", 2)
            second = shown_certificate(port)
            assert second != first

            # A bad file is reported, and what is there stays.
            good = authority.key.read_bytes(), authority.certificate.read_bytes()
            other = Authority(make_folder(tmp_path / "other"))
            expired = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
            for problem, spoil in {
                "the key does not belong to it": lambda: authority.key.write_bytes(other.key.read_bytes()),
                "holds no certificate": lambda: authority.certificate.write_text("-----BEGIN CERTIFICATE-----\ncanary"),
                "holds no private key": lambda: authority.key.write_text("canary"),
                "cannot be read": lambda: authority.certificate.unlink(),
                "valid no longer": lambda: authority.issue(not_after=expired),
            }.items():
                authority.key.write_bytes(good[0])
                authority.certificate.write_bytes(good[1])
                spoil()
                process.send_signal(signal.SIGHUP)
                wait_for(log, problem)
                assert shown_certificate(port) == second
            assert "canary" not in log.read_text() and str(tmp_path) not in log.read_text()

            # Connections that were open before all that are still open.
            kept.recv(100)
            kept.sendall(head("GET", "/healthz"))
            assert read_head(kept)[0] == 200
            assert reader.get("/healthz").status_code == 200
            assert any("event: done" in text for text in texts)
        assert process.poll() is None


def test_a_renewed_certificate_may_be_a_link_to_a_new_file(tmp_path):
    """As certbot does it: `live` holds links, each renewal puts a new file into `archive`."""
    archive, live = make_folder(tmp_path / "archive"), make_folder(tmp_path / "live")
    authority = Authority(make_folder(tmp_path / "issued"))

    def renew(number):
        authority.issue()
        for name, file in (("fullchain", authority.certificate), ("privkey", authority.key)):
            (archive / f"{name}{number}.pem").write_bytes(file.read_bytes())
            link = live / f"{name}.pem"
            link.unlink(missing_ok=True)
            link.symlink_to(f"../archive/{name}{number}.pem")

    renew(1)
    arguments = ["--tls-certificate", live / "fullchain.pem", "--tls-key", live / "privkey.pem"]
    with serving(tmp_path, *arguments) as (port, process, log, _):
        first = shown_certificate(port)
        renew(2)
        process.send_signal(signal.SIGHUP)
        wait_for(log, "uses a certificate", 2)
        assert shown_certificate(port) != first
        assert "in force: erase-on-free,no-core-dumps,not-dumpable,no-new-privileges,files,ports,system-calls" in log.read_text()


def test_a_certificate_and_its_key_may_be_one_file_and_of_rsa(tmp_path):
    authority = Authority(tmp_path)
    authority.issue(key_type=trustme.KeyType.RSA)
    both = make_folder(tmp_path / "both") / "both.pem"
    both.write_bytes(authority.key.read_bytes() + authority.certificate.read_bytes())
    with serving(tmp_path, "--tls-certificate", both) as (port, *_):
        with connect(port, authority.context()) as connection:
            connection.sendall(head("GET", "/healthz"))
            assert read_head(connection)[0] == 200


def make_folder(path):
    path.mkdir()
    return path


@pytest.mark.parametrize("arguments, words", [
    (["--host", "0.0.0.0"], ["--host: it would let others", "--tls-certificate", "--tls self-signed", "--behind-proxy"]),
    (["--host", "0.0.0.0", "--tls", "off"], ["--host: it would let others"]),
    (["--tls", "certificate"], ["--tls: it needs tls-certificate"]),
    (["--tls-key", "KEY"], ["--tls-key: it needs tls-certificate"]),
    (["--tls", "self-signed", "--tls-certificate", "CHAIN"], ["--tls: it contradicts tls-certificate"]),
    (["--tls", "off", "--tls-certificate", "CHAIN", "--tls-key", "KEY"], ["--tls: it contradicts tls-certificate"]),
    (["--tls", "maybe"], ["--tls: 'maybe' is not allowed; it must be one of off, self-signed, certificate"]),
    (["--tls-certificate", "missing.pem"], ["--tls-certificate: a file of it cannot be read"]),
    (["--tls-certificate", "CHAIN"], ["--tls-certificate: its key's file holds no private key"]),
    (["--tls-certificate", "KEY", "--tls-key", "KEY"], ["--tls-certificate: its file holds no certificate"]),
    (["--allowed-origins", "*"], ["--allowed-origins: '*' is not allowed", "https://example.org"]),
    (["--hostnames", "https://example.org"], ["--hostnames: 'https://example.org' is not allowed"]),
    (["--max-connections", "2"], ["--max-connections: '2' is not allowed"]),
])
def test_keys_that_cannot_be_are_told(tmp_path, arguments, words):
    authority = Authority(tmp_path)
    files = {"KEY": authority.key, "CHAIN": authority.certificate}
    result = run("serve", "--model", MODEL, *(files.get(word, word) for word in arguments), folder=tmp_path)
    assert result.returncode == 64
    message = result.stderr.decode()
    assert all(word in message for word in words), message
    assert len(message.splitlines()) == 1, message


def test_a_stop_does_not_wait_for_connections_that_nobody_uses(tmp_path, authority):
    with serving(tmp_path, *authority.arguments) as (port, process, log, _):
        with (
            connect(port), connect(port, authority.context()), connect(port, authority.context(("h2",))) as connection,
            client(authority, port, http2=True) as reader,
        ):
            streams = Streams(connection)
            assert streams.status(streams.ask("GET", "/healthz")) == 200
            # A picture that takes a while to encode. This client gives up what it reads when it hears of the end.
            with reader.stream("POST", "/api/pictures", json=LONG | {"n": 1, "steps": 20, "size": "512x512"}) as stream:
                texts = stream.iter_text()
                assert "event:" in next(texts)
                process.send_signal(signal.SIGTERM)
                assert "event: done" in "".join(texts)
            assert process.wait(20) == 0, log.read_text()


def test_without_files_to_renew_a_hangup_ends_the_server_as_it_ends_any_program(tmp_path):
    with serving(tmp_path, "--tls", "self-signed") as (_, process, _, _):
        process.send_signal(signal.SIGHUP)
        assert process.wait(10) == -signal.SIGHUP


# What every answer carries

EXPECTED = {
    "cache-control": "no-store",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "origin-agent-cluster": "?1",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-dns-prefetch-control": "off",
    "x-frame-options": "DENY",
    "x-permitted-cross-domain-policies": "none",
}
NEVER = ("server", "set-cookie", "x-powered-by", "etag", "last-modified", "access-control-allow-credentials")


def check_fields(fields, context):
    for name, value in EXPECTED.items():
        assert fields.get(name) == value, (context, name)
    for name in NEVER:
        assert name not in fields, (context, name)
    policy = dict(part.strip().split(" ", 1) for part in fields["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'", context
    assert not re.search(r"unsafe|\*|https?:", fields["content-security-policy"]), context
    features = dict(item.strip().split("=") for item in fields["permissions-policy"].split(","))
    assert {name for name, who in features.items() if who != "()"} == {"clipboard-write"}, context
    assert {"camera", "microphone", "geolocation", "browsing-topics"} <= set(features), context


def test_every_answer_of_every_address_carries_the_fields(secure, authority):
    with client(authority, secure[0], http2=True) as good:
        description = yaml.safe_load(good.get("/openapi.yaml").text)
        paths = list(description["paths"]) + ["/", "/style.css", "/app.js", "/icon.svg", "/readyz", "/metrics", "/nothing"]
        seen = set()
        for path in paths:
            path = re.sub(r"\{[^}]+\}", "x", path)
            for method in ("GET", "POST", "OPTIONS", "DELETE"):
                for fields in ({}, {"Origin": "https://evil.example"}, {"Origin": "https://example.com"}):
                    answer = good.request(method, path, headers=fields)
                    check_fields(answer.headers, f"{method} {path}")
                    assert "strict-transport-security" not in answer.headers, "the name is localhost"
                    allowed = answer.headers.get("access-control-allow-origin")
                    assert allowed == (fields.get("Origin") if fields.get("Origin") == "https://example.com" else None)
                    assert "Origin" in re.split(", *", answer.headers["vary"])
                    seen.add(answer.status_code)
        answer = good.post("/v1/images/generations", json={})
        check_fields(answer.headers, "a mistake")
        seen.add(answer.status_code)
        assert {200, 400, 403, 404, 405, 415} <= seen, seen
        answer = good.get("/", headers={"Host": "pictures.example.org"})
        assert answer.headers["strict-transport-security"] == "max-age=63072000"


@pytest.mark.parametrize("text, status", [
    (b"nonsense\r\n\r\n", 400), (b"GET / HTTP/9.9\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nA b: c\r\n\r\n", 400),
    (head("GET", "/" + "x" * 20_000), 431), (head("GET", "/", "A: " + "x" * 20_000), 431),
    (head("GET", "/", *(f"A{i}: {'x' * 1000}" for i in range(50))), 431),
    (head("GET", "/", *(f"A{i}: x" for i in range(200))), 431),
    (head("POST", "/v1/images/generations", "Content-Type: application/json", "Transfer-Encoding: chunked") + b"zz\r\n", 400),
    (head("POST", "/v1/images/generations", "Content-Type: application/json", "Content-Length: 2000000"), 413),
    (head("POST", "/v1/images/generations", "Content-Type: application/json", "Content-Length: 1",
          "Transfer-Encoding: chunked"), 400),
])
def test_what_is_no_http_or_too_large_gets_the_fields_too_and_ends_the_connection(secure, authority, text, status):
    with connect(secure[0], authority.context()) as connection:
        connection.sendall(text)
        answer, fields, rest = read_head(connection)
        assert answer == status
        check_fields(fields, status)
        assert fields["connection"] == "close"
        seconds, _ = seconds_until_closed(connection)
        assert seconds < 8


def test_a_page_of_a_configured_origin_may_use_the_interfaces(secure, authority):
    origin = {"Origin": "https://example.com", "Sec-Fetch-Site": "cross-site"}
    with client(authority, secure[0], http2=True) as browser:
        leave = browser.options("/v1/images/generations", headers=origin | {
            "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"})
        assert leave.status_code == 204 and "content-length" not in leave.headers
        check_fields(leave.headers, "preflight")
        assert leave.headers["access-control-allow-headers"] == "authorization, content-type"
        answer = browser.post("/v1/images/generations", json={"prompt": "red heart", "steps": 1}, headers=origin)
        assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == "https://example.com"
        evil = browser.post(
            "/v1/images/generations", json={"prompt": "x"}, headers=origin | {"Origin": "https://evil.example"})
        assert evil.status_code == 403 and "access-control-allow-origin" not in evil.headers
