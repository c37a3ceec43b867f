"""Writes the trained painter as one ONNX graph, with a config that describes its inputs.

    python -m image.export TOKENIZER CHECKPOINT ../models/tiny-image
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnx_util import export, store_as_fp16
from tokenizers import Tokenizer

from .layout import LATENT, SLOTS
from .model import Drawer, Painter
from .prompts import LENGTH, tokenize
from .truth import grid

CONFIG = {
    "model_type": "coordinate_painter",
    "inputs": {
        "input_ids": "int64 [1, tokens]",
        "z": f"float32 [1, {SLOTS}, {LATENT}], uniform in -1..1",
        "xy": "float32 [points, 2], 0..1 across the canvas",
    },
    "outputs": {"rgb": "float32 [1, points, 3], 0..1"},
    "latent_shape": [SLOTS, LATENT],
    "max_text_tokens": LENGTH,
    "supersampling": 3,
    "default_size": 256,
    "min_size": 16,
    "max_size": 1024,
}
TOKENIZER = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "model_max_length": LENGTH,
    "pad_token": "<|pad|>",
    "unk_token": "<|unk|>",
    "bos_token": "<|startoftext|>",
    "eos_token": "<|endoftext|>",
}


def write_model(painter: Painter, tokenizer_path: Path, folder: Path) -> None:
    drawer = Drawer(painter.eval())
    ids = tokenize(Tokenizer.from_file(str(tokenizer_path)), ["a small blue house to the left of a red cat on a green background"])
    ids = ids[:, : int((ids != 0).sum())]
    inputs = (ids, torch.rand(1, SLOTS, LATENT) * 2 - 1, grid(48))
    exact, small = folder / "onnx" / "model.onnx", folder / "onnx" / "model_fp16.onnx"
    axes = {"input_ids": {1: "tokens"}, "xy": {0: "points"}, "rgb": {1: "points"}}
    export(drawer, inputs, exact, ["input_ids", "z", "xy"], ["rgb"], axes)
    store_as_fp16(exact, small)
    other = tokenize(Tokenizer.from_file(str(tokenizer_path)), ["four black cats"])
    other = other[:, : int((other != 0).sum())]
    elsewhere = torch.rand(1000, 2) * 0.1  # lengths other than the traced one, and slots without a point inside
    for path in (exact, small):
        session = onnxruntime.InferenceSession(path)
        for case in (inputs, (other, -inputs[1], elsewhere)):
            with torch.no_grad():
                reference = drawer(*case).numpy()
            drawn = session.run(None, dict(zip(("input_ids", "z", "xy"), (tensor.numpy() for tensor in case))))[0]
            error = np.abs(drawn - reference)
            print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, difference from torch: mean {error.mean():.1e}, greatest {error.max():.1e}")
    exact.unlink()
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps(TOKENIZER, indent=2) + "\n")
    shutil.copy(tokenizer_path, folder / "tokenizer.json")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("tokenizer", type=Path)
    arguments.add_argument("checkpoint", type=Path)
    arguments.add_argument("folder", type=Path)
    options = arguments.parse_args()
    painter = Painter(Tokenizer.from_file(str(options.tokenizer)).get_vocab_size())
    painter.load_state_dict(torch.load(options.checkpoint)["average"])
    write_model(painter, options.tokenizer, options.folder)


if __name__ == "__main__":
    main()
