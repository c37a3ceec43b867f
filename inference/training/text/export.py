"""Writes a trained model in the layout of transformers.js.

    python -m text.export FOLDER ../models/tiny-text

The decoder is reimplemented here around the trained weights, with the past keys and values as inputs and outputs, because
the library model contains control flow that ONNX tracing does not support. The decoder and the written file are compared
with the library's forward pass. Weights are stored as fp16 and computed in fp32: dynamic int8 changed one token in twenty,
which breaks a chain of sums.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from onnx_util import export, store_as_fp16
from torch import Tensor, nn
from transformers import LlamaForCausalLM

from .example import CHAT_TEMPLATE, END, PAD

MAX_NEW_TOKENS = 160


class Decoder(nn.Module):
    """Logits and the grown cache, from token ids and a cache of keys and values.

    input_ids, position_ids: batch x length. attention_mask: batch x (past + length). Each past key and value: batch x
    key-value heads x past x head size. Returns logits, batch x length x vocabulary, and the keys and values with the new ones.
    """

    def __init__(self, llama: LlamaForCausalLM) -> None:
        super().__init__()
        self.llama = llama
        config = llama.config
        self.heads, self.groups, self.size = config.num_attention_heads, config.num_key_value_heads, config.head_dim
        frequencies = 1.0 / config.rope_parameters["rope_theta"] ** (torch.arange(0, self.size, 2) / self.size)
        angles = torch.outer(torch.arange(config.max_position_embeddings), frequencies).repeat(1, 2)
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())

    def normalize(self, scale: Tensor, x: Tensor) -> Tensor:
        return scale * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.llama.config.rms_norm_eps)

    def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        half = self.size // 2
        return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin

    def forward(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor, *past: Tensor) -> tuple[Tensor, ...]:
        batch, length = input_ids.shape
        before = past[0].shape[2]
        cos, sin = self.cos[position_ids][:, None], self.sin[position_ids][:, None]
        query_at = torch.arange(length)[:, None] + before
        key_at = torch.arange(before + length)[None]
        hidden_from = torch.where(key_at <= query_at, 0.0, -1e9)[None, None]
        mask = (hidden_from + (1 - attention_mask[:, None, None, :].float()) * -1e9)[:, :, None]
        x = self.llama.model.embed_tokens(input_ids)
        present = []
        for index, layer in enumerate(self.llama.model.layers):
            attention, h = layer.self_attn, self.normalize(layer.input_layernorm.weight, x)
            split = lambda projected, heads: projected.reshape(batch, length, heads, self.size).transpose(1, 2)  # noqa: E731
            query = self.rotate(split(attention.q_proj(h), self.heads), cos, sin)
            key = torch.cat([past[2 * index], self.rotate(split(attention.k_proj(h), self.groups), cos, sin)], 2)
            value = torch.cat([past[2 * index + 1], split(attention.v_proj(h), self.groups)], 2)
            present += [key, value]
            query = query.reshape(batch, self.groups, self.heads // self.groups, length, self.size)
            weights = (query @ key[:, :, None].transpose(-1, -2) * self.size**-0.5 + mask).softmax(-1)
            mixed = (weights @ value[:, :, None]).reshape(batch, self.heads, length, self.size).transpose(1, 2)
            x = x + attention.o_proj(mixed.reshape(batch, length, self.heads * self.size))
            h = self.normalize(layer.post_attention_layernorm.weight, x)
            x = x + layer.mlp.down_proj(F.silu(layer.mlp.gate_proj(h)) * layer.mlp.up_proj(h))
        return self.llama.lm_head(self.normalize(self.llama.model.norm.weight, x)), *present


def cache_names(config, prefix: str) -> list[str]:
    return [f"{prefix}.{layer}.{part}" for layer in range(config.num_hidden_layers) for part in ("key", "value")]


def write_onnx(decoder: Decoder, path: Path) -> None:
    """Traced with a past of length 3, because with an empty past the tracer would remove the cache."""
    config = decoder.llama.config
    past = [torch.randn(2, config.num_key_value_heads, 3, config.head_dim) for _ in range(2 * config.num_hidden_layers)]
    inputs = (torch.randint(5, 1000, (2, 7)), torch.ones(2, 10, dtype=torch.long), torch.arange(3, 10).repeat(2, 1), *past)
    past_names, present_names = cache_names(config, "past_key_values"), cache_names(config, "present")
    axes: dict[str, dict[int, str]] = {name: {0: "batch", 1: "length"} for name in ("input_ids", "position_ids", "logits")}
    axes["attention_mask"] = {0: "batch", 1: "total"}
    axes |= {name: {0: "batch", 2: "past"} for name in past_names} | {name: {0: "batch", 2: "total"} for name in present_names}
    export(decoder, inputs, path, ["input_ids", "attention_mask", "position_ids", *past_names], ["logits", *present_names], axes)


def logits_of(path: Path, config, tokens: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    empty = np.zeros((len(tokens), config.num_key_value_heads, 0, config.head_dim), np.float32)
    inputs = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "position_ids": np.arange(tokens.shape[1])[None].repeat(len(tokens), 0)}
    return session.run(["logits"], inputs | dict.fromkeys(cache_names(config, "past_key_values"), empty))[0]


def compare(decoder: Decoder, exact: Path, int8: Path) -> None:
    config = decoder.llama.config
    tokens = torch.randint(5, config.vocab_size, (4, 40), generator=torch.Generator().manual_seed(0))
    positions, ones = torch.arange(40).repeat(4, 1), torch.ones_like(tokens)
    empty = [torch.zeros(4, config.num_key_value_heads, 0, config.head_dim)] * (2 * config.num_hidden_layers)
    with torch.no_grad():
        expected = decoder.llama(input_ids=tokens, use_cache=False).logits
        first = decoder(tokens[:, :25], ones[:, :25], positions[:, :25], *empty)
        second = decoder(tokens[:, 25:], ones, positions[:, 25:], *first[1:])
    cached = torch.cat([first[0], second[0]], 1)
    print(f"largest difference of logits: written out, in two calls {(cached - expected).abs().max():.1e}")
    for path in (exact, int8):
        found = logits_of(path, config, tokens.numpy())
        agreement = (found.argmax(-1) == expected.numpy().argmax(-1)).mean()
        print(f"  {path.name} {np.abs(found - expected.numpy()).max():.1e}, same likeliest token {agreement:.3f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("trained", type=Path, metavar="FOLDER")
    arguments.add_argument("to", type=Path)
    options = arguments.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(1)
    llama = LlamaForCausalLM.from_pretrained(options.trained / "averaged", attn_implementation="eager").float().eval()
    config = llama.config
    (options.to / "onnx").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        exact, small = Path(scratch) / "model.onnx", options.to / "onnx" / "model_fp16.onnx"
        decoder = Decoder(llama).eval()
        write_onnx(decoder, exact)
        store_as_fp16(exact, small)
        compare(decoder, exact, small)

    shutil.copy(options.trained / "tokenizer.json", options.to / "tokenizer.json")
    kept = ["model_type", "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
            "head_dim", "hidden_act", "max_position_embeddings", "rms_norm_eps", "tie_word_embeddings", "pad_token_id", "eos_token_id"]
    _write(options.to / "config.json", {"architectures": ["LlamaForCausalLM"]} | {key: getattr(config, key) for key in kept}
           | {"bos_token_id": None, "rope_theta": config.rope_parameters["rope_theta"]})
    _write(options.to / "generation_config.json", {"eos_token_id": config.eos_token_id, "pad_token_id": config.pad_token_id, "do_sample": False,
                                                   "max_new_tokens": MAX_NEW_TOKENS})
    _write(options.to / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": config.max_position_embeddings, "pad_token": PAD, "eos_token": END,
        "padding_side": "left", "clean_up_tokenization_spaces": False, "chat_template": CHAT_TEMPLATE})


def _write(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
