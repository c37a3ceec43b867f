"""One prompt with its answer, formatted for the model as a chat or as plain text to continue."""

import random
from dataclasses import dataclass

PAD, END, USER, ASSISTANT, SYSTEM = "<|pad|>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>"
SPECIAL_TOKENS = [PAD, END, USER, ASSISTANT, SYSTEM]  # ids 0..4

# The same layout as `Example.as_chat`, for transformers' and transformers.js' apply_chat_template.
CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>\\n' + message['content'] + '<|end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}"
)

Segments = list[tuple[str, bool]]  # text, and whether the model is trained to write it


@dataclass(frozen=True)
class Example:
    skill: str
    prompt: str
    answer: str
    earlier: tuple[tuple[str, str], ...] = ()  # prompts and answers before this one
    line_break: bool = False  # as plain text, the answer starts on its own line

    def as_chat(self, system: str = "") -> Segments:
        segments: Segments = [(f"{SYSTEM}\n{system}{END}\n", False)] if system else []
        for prompt, answer in (*self.earlier, (self.prompt, self.answer)):
            segments += [(f"{USER}\n{prompt}{END}\n{ASSISTANT}\n", False), (answer + END, True), ("\n", False)]
        return segments[:-1]

    def as_text(self) -> Segments:
        segments: Segments = []
        for prompt, answer in self.earlier:
            segments += [(prompt, False), (self._gap(prompt) + answer, True), ("\n", False)]
        return [*segments, (self.prompt, False), (self._gap(self.prompt) + self.answer + END, True)]

    def _gap(self, prompt: str) -> str:
        if prompt[-1:].isspace():
            return ""
        return "\n" if self.line_break else " "


SYSTEM_PROMPTS = [
    "You are a helpful assistant.", "You are a helpful AI assistant.", "You are a concise assistant.", "Be brief.", "Answer briefly.",
    "You are a friendly assistant that answers questions.", "You are Cedalion.", "You are an expert.", "Follow the user's instructions.",
    "You are a helpful assistant. Answer in one sentence.", "Answer as well as you can.", "You help users of a mobile app.",
    "You are a support agent. Be polite.", "Think carefully before you answer.", "Today is Monday.", "Respond in plain text.",
]


def write(rng: random.Random, example: Example) -> Segments:
    """60% chat, 1/4 of it with a system prompt, and 40% plain text. Lists with several answers are mostly plain text."""
    if rng.random() < (0.2 if example.earlier else 0.6):
        return example.as_chat(rng.choice(SYSTEM_PROMPTS) if rng.random() < 0.25 else "")
    return example.as_text()
