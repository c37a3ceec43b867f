"""The OpenAI package of LangChain."""
import os

from langchain_openai import ChatOpenAI, OpenAIEmbeddings

at = {"base_url": os.environ["CEDALION_URL"] + "/v1", "api_key": os.environ["CEDALION_KEY"], "max_retries": 0}

responses = ChatOpenAI(model="openai/scripted", use_responses_api=True, **at)
assert responses.invoke("Hi").text == "Hello."
assert "".join(chunk.text for chunk in responses.stream("Hi")) == "Hello."
weather = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}
calls = responses.bind_tools([weather]).invoke("Weather?").tool_calls
assert (calls[0]["name"], calls[0]["args"]) == ("weather", {"city": "Paris"}), calls

chat = ChatOpenAI(model="text", temperature=0, **at)
assert chat.invoke("Translate to French: house").text == "maison"
embeddings = OpenAIEmbeddings(model="embed", check_embedding_ctx_length=False, **at)
assert [len(vector) for vector in embeddings.embed_documents(["a cat", "a dog"])] == [96, 96]
print("ok")
