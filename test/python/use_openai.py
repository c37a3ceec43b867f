"""The client of OpenAI."""
import base64
import os

from openai import NotFoundError, OpenAI

client = OpenAI(base_url=os.environ["CEDALION_URL"] + "/v1", api_key=os.environ["CEDALION_KEY"], max_retries=0)
PROMPT = "Translate to French: house"
messages = [{"role": "user", "content": PROMPT}]

chat = client.chat.completions.create(model="text", messages=messages, temperature=0)
assert chat.choices[0].message.content == "maison", chat
stream = client.chat.completions.create(model="text", messages=messages, temperature=0, stream=True)
assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices) == "maison"

response = client.responses.create(model="text", input=PROMPT, temperature=0)
assert response.output_text == "maison" and response.top_p == 1, response
with client.responses.stream(model="text", input=PROMPT, temperature=0) as events:
    assert events.get_final_response().output_text == "maison"

tools = [{"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {}}, "strict": False}]
items = [{"role": "user", "content": "Weather in Paris?"}]
first = client.responses.create(model="openai/scripted", input=items, tools=tools)
items += [item.model_dump(exclude_none=True) for item in first.output]
items.append({"type": "function_call_output", "call_id": first.output[0].call_id, "output": "sunny"})
assert client.responses.create(model="openai/scripted", input=items, tools=tools).output_text == "It is sunny."

vectors = client.embeddings.create(model="embed", input=["a cat", "a dog"]).data
assert [len(vector.embedding) for vector in vectors] == [96, 96]

events = list(client.images.generate(model="image", prompt="a red circle", size="64x64", stream=True))
assert [event.type for event in events] == ["image_generation.completed"], events
assert base64.b64decode(events[0].b64_json)[1:4] == b"PNG"

try:
    client.files.list()
    raise AssertionError("files are not offered")
except NotFoundError as error:
    assert "is not offered" in str(error), error
print("ok")
