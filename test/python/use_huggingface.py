"""The client of Hugging Face."""
import os
from pathlib import Path

from huggingface_hub import InferenceClient

URL = os.environ["CEDALION_URL"]
KEY = os.environ["CEDALION_KEY"]
CAT = Path(__file__).parent / "../fixtures/pictures/cat.png"

schema = {"type": "object", "properties": {"animal": {"type": "string"}}}
host = InferenceClient(model=URL + "/models/openai/scripted", token=KEY)
answer = host.chat_completion(
    [{"role": "user", "content": "Which animal?"}],
    response_format={"type": "json_schema", "json_schema": {"name": "animal", "schema": schema}},
)
assert answer.choices[0].message.content == '{"animal":"cat"}', answer

text = InferenceClient(model=URL + "/models/text", token=KEY)
assert text.text_generation("house =>", max_new_tokens=4)
assert text.translation("house", src_lang="en", tgt_lang="fr").translation_text == "maison"

clip = InferenceClient(model=URL + "/models/clip", token=KEY)
assert clip.feature_extraction("a cat").shape[-1] == 96
assert len(clip.sentence_similarity("a cat", other_sentences=["a dog", "a kitten"])) == 2
labels = clip.zero_shot_image_classification(CAT.read_bytes(), candidate_labels=["cat", "boat"])
assert max(labels, key=lambda found: found.score).label == "cat", labels
print("ok")
