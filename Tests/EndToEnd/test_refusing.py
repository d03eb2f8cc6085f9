"""What the rules refuse is refused at every door and in the commands, whatever stands before it."""
import httpx
import pytest
from conftest import run

WORD = "gore"


@pytest.mark.parametrize("length", [0, 20, 121, 122, 123, 124, 125, 126, 127, 128, 250, 1_000])
@pytest.mark.parametrize("path", ["/api/pictures", "/v1/images/generations", "/sdapi/v1/txt2img"])
def test_a_word_is_found_behind_a_run_of_letters(server, path, length):
    prompt = "a" * length + "-" + WORD
    answer = httpx.post(server.address + path, json={"prompt": prompt, "steps": 1}, timeout=60)
    assert answer.status_code in (400, 422), answer.text[:200]
    assert "not made here" in answer.text


def test_a_command_finds_it_too(tmp_path):
    result = run("generate", "a" * 124 + "-nude child", "--steps", "1", folder=tmp_path)
    assert result.returncode != 0 and not list(tmp_path.iterdir())
