"""Clients of HTTP, as applications without an SDK use them."""
import json
import os
from pathlib import Path

import httpx
import requests

URL = os.environ["CEDALION_URL"]
HEADERS = {"Authorization": "Bearer " + os.environ["CEDALION_KEY"]}
CAT = Path(__file__).parent / "../fixtures/pictures/cat.png"
body = {
    "model": "text",
    "messages": [{"role": "user", "content": "Translate to French: house"}],
    "temperature": 0,
    **{"background": None, "stop": None, "tools": None, "seed": None},
}

for post in (requests.post, httpx.post):
    answer = post(URL + "/v1/chat/completions", json=body, headers=HEADERS)
    assert answer.json()["choices"][0]["message"]["content"] == "maison", answer.text
    payload = {"model": "clip", "input": [{"image": "attach://cat"}], "labels": ["cat", "boat"]}
    files = {"payload": (None, json.dumps(payload), "application/json"), "cat": ("cat.png", CAT.read_bytes(), "image/png")}
    answer = post(URL + "/v1/classify", files=files, headers=HEADERS)
    assert answer.json()["data"][0]["prediction"] == "cat", answer.text

with requests.post(URL + "/v1/chat/completions", json={**body, "stream": True}, headers=HEADERS, stream=True) as answer:
    lines = [line for line in answer.iter_lines(decode_unicode=True) if line]
assert lines[-1] == "data: [DONE]", lines[-1]
with httpx.stream("POST", URL + "/v1/chat/completions", json={**body, "stream": True}, headers=HEADERS) as answer:
    assert [line for line in answer.iter_lines() if line][-1] == "data: [DONE]"
print("ok")
