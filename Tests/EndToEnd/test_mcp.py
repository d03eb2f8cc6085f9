"""The Model Context Protocol, as its own Python package speaks it, on pipes and over HTTP."""
import asyncio
import base64
import io
import json
import subprocess
import sys
import time

import httpx
import pytest
from conftest import MODEL, PROGRAM, serve
from mcp import Client, MCPError, StdioServerParameters
from PIL import Image

TOOLS = {"generate_image", "edit_image", "enlarge_image", "list_models"}
SMALL = {"prompt": "red heart canary", "steps": 2, "size": "64x64", "seed": 7}
JSON = {"content-type": "application/json", "accept": "application/json, text/event-stream"}


def stdio(*arguments):
    return StdioServerParameters(command=str(PROGRAM), args=["mcp", *map(str, arguments)])


@pytest.fixture(params=["stdio", "http", "bridge"])
def target(request, server):
    """The three ways to a server of tools."""
    match request.param:
        case "stdio": return stdio("--model", MODEL)
        case "http": return f"{server.address}/mcp"
        case "bridge": return stdio("--server", server.address)


def speaking(target, work, mode="auto", **options):
    """Runs work with a client."""
    async def run():
        async with Client(target, mode=mode, read_timeout_seconds=60, **options) as client:
            return await work(client)

    return asyncio.run(asyncio.wait_for(run(), 100))


def pictures(result):
    return [
        Image.open(io.BytesIO(base64.b64decode(item.data))) for item in result.content if item.type == "image"]


def text(result):
    return " ".join(item.text for item in result.content if item.type == "text")


@pytest.mark.parametrize("mode", ["auto", "legacy", "2026-07-28"])
def test_a_client_finds_the_tools_and_gets_a_picture(target, mode):
    async def work(client):
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == TOOLS
        for tool in tools:
            assert tool.description and tool.input_schema["type"] == "object"
            assert all(part.get("description") for part in tool.input_schema["properties"].values())
        steps = []

        async def progress(done, total, message):
            steps.append((done, total))

        result = await client.call_tool("generate_image", SMALL, progress_callback=progress)
        assert not result.is_error
        (picture,) = pictures(result)
        assert picture.size == (64, 64) and picture.format == "PNG"
        assert "seed 7" in text(result) and "64×64" in text(result) and "mystarion-icons" in text(result)
        assert "canary" not in text(result)
        assert steps and steps == sorted(set(steps)) and steps[-1] == (2, 2)
        models = await client.call_tool("list_models")
        assert models.structured_content["models"][0]["id"] == "mystarion-icons"
        assert json.loads(text(models)) == models.structured_content

    speaking(target, work, mode)


def test_the_picture_is_the_one_that_the_native_interface_makes(server):
    async def work(client):
        return await client.call_tool("generate_image", SMALL | {"format": "webp", "n": 2})

    found = pictures(speaking(f"{server.address}/mcp", work))
    answer = httpx.post(f"{server.address}/api/pictures", json=SMALL | {"format": "webp", "n": 2}, timeout=60).text
    images = [json.loads(line[6:]) for line in answer.splitlines() if line.startswith('data: {"index"')]
    assert len(found) == 2
    for picture, image in zip(found, images):
        other = Image.open(io.BytesIO(base64.b64decode(image["b64"])))
        assert picture.format == "WEBP" and picture.tobytes() == other.tobytes()


def test_a_picture_can_be_changed(target):
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 30, 30)).save(buffer, "JPEG")
    image = base64.b64encode(buffer.getvalue()).decode()

    async def work(client):
        result = await client.call_tool("edit_image", SMALL | {"image": image, "strength": 1})
        assert not result.is_error and len(pictures(result)) == 1
        result = await client.call_tool("edit_image", SMALL)
        assert result.is_error and text(result) == "'image' is missing."

    speaking(target, work)


def test_mistakes_in_arguments_are_results_for_the_language_model_to_read(target):
    async def work(client):
        for arguments, sentence in [
            ({}, "'prompt' is missing or empty"), (SMALL | {"steps": 100000}, "steps"), (SMALL | {"canary": 1}, "Known are"),
            (SMALL | {"previews": 2}, "Known are"), (SMALL | {"image": "AAAA"}, "Known are"),
            (SMALL | {"model": "canary"}, "mystarion-icons"),
        ]:
            result = await client.call_tool("generate_image", arguments)
            assert result.is_error and sentence in text(result) and "canary" not in text(result), text(result)

    speaking(target, work)


def test_what_is_no_tool_is_an_error_of_the_protocol(target):
    async def work(client):
        with pytest.raises(MCPError) as error:
            await client.call_tool("canary", {})
        assert error.value.code == -32602 and "canary" not in str(error.value)
        with pytest.raises(MCPError) as error:
            await client.list_prompts()
        assert error.value.code == -32601

    speaking(target, work, "legacy")


def test_what_the_service_refuses_is_refused_here_too(server):
    async def work(client):
        return await client.call_tool("generate_image", SMALL | {"prompt": "gore"})

    result = speaking(f"{server.address}/mcp", work)
    assert result.is_error and "gore" not in text(result)


# Over HTTP, byte by byte


def post(server, body, **fields):
    content = body if isinstance(body, (bytes, str)) else json.dumps(body)
    fields = {name.replace("_", "-"): value for name, value in fields.items()}
    return httpx.post(f"{server.address}/mcp", content=content, headers=JSON | fields, timeout=60)


def request(method, identifier=1, **params):
    return {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params}


def modern(method, identifier=1, version="2026-07-28", **params):
    meta = {"io.modelcontextprotocol/protocolVersion": version, "io.modelcontextprotocol/clientCapabilities": {}}
    return request(method, identifier, _meta=meta | params.pop("_meta", {}), **params)


def test_revisions_are_agreed_on(server):
    for asked, agreed in [
        ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"), ("2026-07-28", "2025-11-25"), ("1999-01-01", "2025-11-25"),
    ]:
        answer = post(server, request("initialize", protocolVersion=asked, capabilities={}, clientInfo={}))
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
        result = answer.json()["result"]
        assert result["protocolVersion"] == agreed and result["serverInfo"]["name"] == "mystarion"
        assert "mcp-session-id" not in answer.headers
    answer = post(
        server, modern("server/discover"), mcp_protocol_version="2026-07-28", mcp_method="server/discover").json()
    assert answer["result"]["supportedVersions"][0] == "2026-07-28"
    assert answer["result"]["resultType"] == "complete" and answer["result"]["cacheScope"] == "public"
    assert post(server, request("ping")).json() == {"jsonrpc": "2.0", "id": 1, "result": {}}


def test_there_is_no_session_and_nothing_to_get(server):
    for method in ("GET", "DELETE", "PUT"):
        answer = httpx.request(method, f"{server.address}/mcp", headers={"accept": "text/event-stream"})
        assert answer.status_code == 405 and answer.headers["allow"] == "POST"


def test_notifications_are_taken_without_an_answer(server):
    for body in [
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
        {"jsonrpc": "2.0", "method": "notifications/canary"}, {"jsonrpc": "2.0", "id": 1, "result": {}},
    ]:
        answer = post(server, body)
        assert answer.status_code == 202 and answer.content == b""


@pytest.mark.parametrize("body, status, code", [
    (b"canary", 400, -32700), (b"", 400, -32700), (b'{"jsonrpc":"2.0"', 400, -32700), (b"1", 400, -32600),
    (b"{}", 400, -32600), (b'{"jsonrpc":"1.0","id":1,"method":"ping"}', 400, -32600),
    (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', 400, -32600),
    (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', 400, -32600),
    (b'{"jsonrpc":"2.0","id":{},"method":"ping"}', 400, -32600), (b'{"jsonrpc":"2.0","id":1}', 400, -32600),
    (json.dumps(request("canary")), 200, -32601), (json.dumps(request("resources/list")), 200, -32601),
    (json.dumps(request("tools/call", name="canary")), 200, -32602),
    (json.dumps(request("tools/call", name="generate_image", arguments=[])), 200, -32602),
    (json.dumps(request("initialize")), 200, -32602),
])
def test_messages_that_are_none_are_errors(server, body, status, code):
    answer = post(server, body)
    assert answer.status_code == status and answer.json()["error"]["code"] == code, answer.text
    assert "canary" not in answer.text


def test_the_fields_of_a_request_are_those_of_its_message(server):
    def ask(body, **fields):
        answer = post(server, body, **fields)
        return answer.status_code, answer.json().get("error", {}).get("code")

    sound = {"mcp_protocol_version": "2026-07-28", "mcp_method": "tools/list"}
    assert ask(modern("tools/list"), **sound) == (200, None)
    assert ask(modern("tools/list")) == (400, -32020)
    assert ask(modern("tools/list"), **sound | {"mcp_method": "tools/call"}) == (400, -32020)
    assert ask(modern("tools/list"), **sound | {"mcp_protocol_version": "2025-11-25"}) == (400, -32020)
    assert ask(request("tools/list"), **sound) == (400, -32602)
    assert ask(modern("ping"), **sound | {"mcp_method": "ping"}) == (404, -32601)
    call = sound | {"mcp_method": "tools/call", "mcp_name": "list_models"}
    assert ask(modern("tools/call", name="list_models"), **call) == (200, None)
    assert ask(modern("tools/call", name="list_models"), **call | {"mcp_name": "=?base64?bGlzdF9tb2RlbHM=?="}) == (200, None)
    assert ask(modern("tools/call", name="list_models"), **call | {"mcp_name": "edit_image"}) == (400, -32020)
    unknown = post(
        server, modern("tools/list", version="2099-01-01"), mcp_protocol_version="2099-01-01", mcp_method="tools/list")
    assert unknown.status_code == 400 and unknown.json()["error"]["code"] == -32022
    assert "2025-11-25" in unknown.json()["error"]["data"]["supported"]
    assert ask(request("tools/list"), mcp_protocol_version="2099-01-01") == (400, -32022)
    assert ask(request("tools/list"), mcp_protocol_version="2025-06-18") == (200, None)


def test_several_messages_come_together_in_the_revisions_that_have_that(server):
    batch = [
        request("ping"), {"jsonrpc": "2.0", "method": "notifications/initialized"}, request("canary", "b"), 5,
        request("tools/call", "c", name="generate_image", arguments=SMALL)]
    for fields in ({}, {"mcp_protocol_version": "2025-03-26"}):
        answers = post(server, batch, **fields).json()
        assert [answer["id"] for answer in answers] == [1, "b", None, "c"]
        assert answers[1]["error"]["code"] == -32601 and answers[2]["error"]["code"] == -32600
        assert answers[3]["result"]["content"][0]["type"] == "image"
    assert post(server, [batch[1]]).status_code == 202
    for body, fields in [
        ([], {}), ([request("ping")] * 33, {}), (batch, {"mcp_protocol_version": "2025-06-18"}),
    ]:
        answer = post(server, body, **fields)
        assert answer.status_code == 400 and answer.json()["error"]["code"] == -32600


def test_progress_comes_as_events_and_an_answer_without_it_as_json(server):
    call = request("tools/call", name="generate_image", arguments=SMALL | {"steps": 5}, _meta={"progressToken": "abc"})
    answer = post(server, call)
    assert answer.headers["content-type"] == "text/event-stream"
    messages = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    progress = [message["params"] for message in messages if message.get("method") == "notifications/progress"]
    assert progress[-1] == {"progressToken": "abc", "progress": 5, "total": 5}
    assert messages[-1]["id"] == 1 and messages[-1]["result"]["content"][0]["mimeType"] == "image/png"
    answer = post(server, call, accept="application/json")
    assert answer.headers["content-type"] == "application/json"
    del call["params"]["_meta"]
    assert post(server, call).headers["content-type"] == "application/json"


def test_another_sites_page_is_refused(server):
    for fields in [{"origin": "https://example.org"}, {"origin": "null"}, {"sec_fetch_site": "cross-site"}]:
        answer = post(server, request("tools/list"), **fields)
        assert answer.status_code == 403 and answer.json()["error"]["code"] == -32600
    assert post(server, request("tools/list"), host="example.org").status_code == 421
    assert post(server, request("tools/list"), origin=server.address).status_code == 200


def test_a_client_that_leaves_costs_no_more_work(server):
    call = request(
        "tools/call", name="generate_image", arguments=SMALL | {"steps": 150, "n": 10, "size": "128x128"},
        _meta={"progressToken": 1})
    for fields in ({}, {"accept": "application/json"}):
        with pytest.raises(httpx.TimeoutException):
            with httpx.stream(
                    "POST", f"{server.address}/mcp", json=call, headers=JSON | fields, timeout=1) as answer:
                end = time.monotonic() + 1
                for _ in answer.iter_bytes():
                    if time.monotonic() > end:
                        raise httpx.ReadTimeout("left")
        wait_until_idle(server)


def wait_until_idle(server):
    for _ in range(100):
        if httpx.get(f"{server.address}/api/status").json()["running"] == 0:
            return
        time.sleep(0.1)
    pytest.fail("the work goes on")


def test_limits_hold_here_too_and_tools_can_be_listed_all_the_same(tmp_path):
    with serve(tmp_path, "--rate-limit", "--rate-limit-requests", "2") as server:
        call = request("tools/call", name="generate_image", arguments=SMALL)
        results = [post(server, call) for _ in range(4)]
        assert all(answer.status_code == 200 for answer in results)
        refused = [answer.json()["result"] for answer in results if answer.json()["result"]["isError"]]
        assert refused and "try again in" in refused[0]["content"][0]["text"]
        assert "RateLimit" in results[-1].headers
        assert post(server, request("tools/list")).status_code == 200


# On pipes, byte by byte


def speak(*lines, arguments=("--model", MODEL), timeout=60):
    """Sends lines and reads all answers."""
    result = subprocess.run(
        [PROGRAM, "mcp", *map(str, arguments)], capture_output=True, timeout=timeout,
        input="".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines).encode())
    assert result.returncode == 0, result.stderr
    assert b"canary" not in result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_nothing_but_messages_is_written_and_all_that_was_asked_is_answered():
    answers = speak(
        request("initialize", protocolVersion="2025-06-18", capabilities={}),
        {"jsonrpc": "2.0", "method": "notifications/initialized"}, "\n", "canary\n", "\r\n",
        request("tools/call", "last", name="generate_image", arguments=SMALL, _meta={"progressToken": 5}),
        [request("ping")])
    by_id = {answer.get("id"): answer for answer in answers if "method" not in answer}
    assert by_id[1]["result"]["protocolVersion"] == "2025-06-18"
    assert by_id["last"]["result"]["content"][0]["type"] == "image"
    assert by_id[None]["error"]["code"] in (-32700, -32600)
    assert {answer["params"]["progressToken"] for answer in answers if "method" in answer} == {5}


@pytest.mark.parametrize("way", ["process", "server"])
def test_a_request_can_be_cancelled(server, way):
    arguments = ["--model", MODEL] if way == "process" else ["--server", server.address]
    with subprocess.Popen(
            [PROGRAM, "mcp", *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        def send(message):
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()

        send(request(
            "tools/call", "long", name="generate_image", arguments=SMALL | {"steps": 150, "n": 10, "size": "128x128"},
            _meta={"progressToken": "p"}))
        assert json.loads(process.stdout.readline())["method"] == "notifications/progress"
        start = time.monotonic()
        send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "long"}})
        send(request("tools/call", "short", name="generate_image", arguments=SMALL | {"steps": 1}))
        process.stdin.close()
        answers = [json.loads(line) for line in process.stdout]
        assert [answer["id"] for answer in answers if "id" in answer] == ["short"]
        assert process.wait(30) == 0
        assert time.monotonic() - start < 20
    wait_until_idle(server)


def test_a_server_that_is_not_there_is_an_error_of_each_request():
    (answer,) = speak(request("tools/list"), arguments=["--server", "http://127.0.0.1:9"])
    assert answer["id"] == 1 and answer["error"]["code"] == -32603 and "reached" in answer["error"]["message"]


def test_lines_have_a_longest(tmp_path):
    if sys.maxsize < 2 ** 32:
        pytest.skip("needs memory")
    answers = speak('{"canary": "' + "x" * (65 << 20) + '"}\n', request("ping"))
    assert answers[0]["error"]["code"] == -32600 and answers[1]["result"] == {}
