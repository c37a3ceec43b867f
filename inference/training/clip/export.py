"""Writes the trained model in the layout of transformers.js.

    python -m clip.export TOKENIZER CHECKPOINT ../models/tiny-clip
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from onnx_util import export, store_as_fp16
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import CLIPModel

from .model import ClipTrainee, new_clip
from .tokenizer import CONTEXT, END, END_ID, PAD, PAD_ID, START, START_ID, UNKNOWN

PREPROCESSOR = {
    "image_processor_type": "CLIPImageProcessor",
    "do_convert_rgb": True,
    "do_resize": True,
    "size": {"shortest_edge": 64},
    "resample": 1,  # Lanczos
    "do_center_crop": True,
    "crop_size": {"width": 64, "height": 64},
    "do_rescale": True,
    "rescale_factor": 1 / 255,
    "do_normalize": True,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
}
TOKENIZER = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "model_max_length": CONTEXT,
    "pad_token": PAD,
    "unk_token": UNKNOWN,
    "bos_token": START,
    "eos_token": END,
    "padding_side": "right",
}


class Layer(nn.Module):
    """One CLIPEncoderLayer with its attention written out, for a simple graph."""

    def __init__(self, layer: nn.Module, heads: int):
        super().__init__()
        self.layer, self.heads = layer, heads

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        attention, normed = self.layer.self_attn, self.layer.layer_norm1(x)
        q, k, v = (
            project(normed).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for project in (attention.q_proj, attention.k_proj, attention.v_proj)
        )
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
        weights = (scores if mask is None else scores + mask).softmax(-1)
        x = x + attention.out_proj((weights @ v).transpose(1, 2).flatten(2))
        mlp = self.layer.mlp
        return x + mlp.fc2(F.gelu(mlp.fc1(self.layer.layer_norm2(x))))


class Vision(nn.Module):
    """pixel_values [n, 3, 64, 64] -> image_embeds [n, 96], not normalized."""

    def __init__(self, clip: CLIPModel):
        super().__init__()
        self.tower, self.projection = clip.vision_model, clip.visual_projection
        self.layers = nn.ModuleList(Layer(layer, clip.config.vision_config.num_attention_heads) for layer in self.tower.encoder.layers)

    def forward(self, pixel_values: Tensor) -> Tensor:
        embeddings = self.tower.embeddings
        patches = embeddings.patch_embedding(pixel_values).flatten(2).transpose(1, 2)
        first = embeddings.class_embedding.expand(pixel_values.shape[0], 1, -1)
        x = self.tower.pre_layrnorm(torch.cat([first, patches], 1) + embeddings.position_embedding.weight)
        for layer in self.layers:
            x = layer(x)
        return self.projection(self.tower.post_layernorm(x[:, 0]))


class Text(nn.Module):
    """input_ids [n, t] -> text_embeds [n, 96], not normalized, pooled at the first end token."""

    def __init__(self, clip: CLIPModel):
        super().__init__()
        self.tower, self.projection = clip.text_model, clip.text_projection
        self.layers = nn.ModuleList(Layer(layer, clip.config.text_config.num_attention_heads) for layer in self.tower.encoder.layers)
        self.register_buffer("mask", torch.full((CONTEXT, CONTEXT), -1e4).triu(1))

    def forward(self, input_ids: Tensor) -> Tensor:
        length = input_ids.shape[1]
        embeddings = self.tower.embeddings
        x = embeddings.token_embedding(input_ids) + embeddings.position_embedding.weight[:length]
        for layer in self.layers:
            x = layer(x, self.mask[:length, :length])
        x = self.tower.final_layer_norm(x)
        end = (input_ids == END_ID).to(x.dtype)
        first_end = end * (end.cumsum(1) == 1).to(x.dtype)
        return self.projection((x * first_end[..., None]).sum(1))


def write_model(clip: CLIPModel, tokenizer: Path, folder: Path) -> None:
    pixels = torch.randn(2, 3, 64, 64)
    ids = torch.randint(10, 300, (3, 9))
    ids[:, 0], ids[0, -1], ids[1, 5], ids[2, 3] = START_ID, END_ID, END_ID, END_ID
    ids[1, 6:], ids[2, 4:] = PAD_ID, PAD_ID
    towers = {
        "vision_model": (Vision(clip), pixels, "pixel_values", "image_embeds", {0: "batch"}),
        "text_model": (Text(clip), ids, "input_ids", "text_embeds", {0: "batch", 1: "length"}),
    }
    for name, (tower, example, input_name, output_name, axes) in towers.items():
        exact, small = folder / "onnx" / f"{name}.onnx", folder / "onnx" / f"{name}_fp16.onnx"
        export(tower, (example,), exact, [input_name], [output_name], {input_name: axes, output_name: {0: "batch"}})
        store_as_fp16(exact, small)
        with torch.no_grad():
            reference = clip.get_image_features(pixels) if name == "vision_model" else clip.get_text_features(ids)
            reference = F.normalize(reference if isinstance(reference, Tensor) else reference.pooler_output, dim=-1).numpy()
        for path in (exact, small):
            vectors = onnxruntime.InferenceSession(path).run(None, {input_name: example.numpy()})[0]
            cosine = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True) * reference).sum(1).min()
            print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, least cosine with torch {cosine:.5f}")
        exact.unlink()
    config = clip.config.to_dict() | {"dtype": "float32", "architectures": ["CLIPModel"], "logit_scale": clip.logit_scale.exp().clamp(max=60).item()}
    for name, content in (("config", config), ("preprocessor_config", PREPROCESSOR), ("tokenizer_config", TOKENIZER)):
        (folder / f"{name}.json").write_text(json.dumps(content, indent=2, default=str) + "\n")
    shutil.copy(tokenizer, folder / "tokenizer.json")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("tokenizer", type=Path)
    arguments.add_argument("checkpoint", type=Path)
    arguments.add_argument("folder", type=Path)
    options = arguments.parse_args()
    trainee = ClipTrainee(new_clip(Tokenizer.from_file(str(options.tokenizer)).get_vocab_size()))
    trainee.load_state_dict(torch.load(options.checkpoint)["trainee"])
    write_model(trainee.clip.eval(), options.tokenizer, options.folder)


if __name__ == "__main__":
    main()
