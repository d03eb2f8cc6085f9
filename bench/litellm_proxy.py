"""LiteLLM's proxy in front of a server: what its clients get through it.

The proxy takes too long to install for the tests, which have recorded what it sends (Tests/EndToEnd/clients/openai.json):
    python3 -m venv /tmp/litellm && /tmp/litellm/bin/pip install 'litellm[proxy]' openai pillow
    make serve &
    /tmp/litellm/bin/python bench/litellm_proxy.py http://127.0.0.1:8080
"""
import base64
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

import openai
from PIL import Image

PORT = 18_933


def main(address):
    model = json.load(urllib.request.urlopen(f"{address}/api/model"))["id"]
    names = ["dall-e-3", "gpt-image-1", model]
    models = [
        {"model_name": name, "litellm_params": {"model": f"openai/{name}", "api_base": f"{address}/v1", "api_key": "none"}}
        for name in names]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "config.yaml")
        file.write_text(json.dumps({"model_list": models}))
        proxy = subprocess.Popen(
            [pathlib.Path(sys.executable).with_name("litellm"), "--config", file, "--host", "127.0.0.1", "--port", str(PORT)],
            env=os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait()
            check(names)
        finally:
            proxy.terminate()
            proxy.wait(30)


def wait():
    for _ in range(120):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/liveliness")
        except OSError:
            time.sleep(1)
    sys.exit("the proxy does not start")


def check(names):
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{PORT}/v1", api_key="none", max_retries=0)
    picture = io.BytesIO()
    Image.new("RGB", (96, 72), "teal").save(picture, "PNG")
    calls = {f"generate, {name}": lambda name=name: client.images.generate(model=name, prompt="red heart", size="512x512")
             for name in names}
    calls["edit"] = lambda: client.images.edit(model="gpt-image-1", prompt="red heart", image=("a.png", picture.getvalue()))
    for name, call in calls.items():
        entry = call().data[0]
        data = entry.b64_json or entry.url.partition(";base64,")[2]
        print(name, "url" if entry.url else "b64_json", Image.open(io.BytesIO(base64.b64decode(data))).size)
    try:
        client.images.generate(model=names[2], prompt="red heart", size="9x9")
    except openai.BadRequestError as error:
        print("refused:", error.param)


if __name__ == "__main__":
    main(*sys.argv[1:])
