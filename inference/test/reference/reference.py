"""Computes ../fixtures/reference.json: what Python makes of the same pictures and texts.

    python3.11 -m venv .venv && .venv/bin/pip install -r ../../training/requirements.txt
    node inputs.ts FOLDER && .venv/bin/python reference.py FOLDER

It reads the pictures with Pillow, prepares them with the processors of transformers (Pillow's backend), and runs tiny-clip
in ONNX Runtime.
"""

import base64
import hashlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image
from transformers import AutoTokenizer
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

HERE = Path(__file__).parent
MODEL = HERE / "../../models/tiny-clip"
NORMALIZATION = {"image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711]}
SAMPLES = 12


def numbers(pixels: np.ndarray, mean: list[float], std: list[float]) -> dict:
    """Digest of the resampled bytes, and some of the normalized numbers. `pixels` is 3 x height x width."""
    scaled = (pixels * np.array(std)[:, None, None] + np.array(mean)[:, None, None]) * 255
    flat = pixels.reshape(-1)
    return {
        "shape": list(pixels.shape),
        "sha256": hashlib.sha256(np.rint(scaled).astype(np.uint8).tobytes()).hexdigest(),
        "samples": [round(float(flat[i * (flat.size - 1) // (SAMPLES - 1)]), 7) for i in range(SAMPLES)],
    }


def unit(rows: np.ndarray) -> list[str]:
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return [base64.b64encode(row.astype("<f4").tobytes()).decode() for row in rows]


def main() -> None:
    folder = Path(sys.argv[1])
    own = json.loads((MODEL / "preprocessor_config.json").read_text())
    configs = {"tiny-clip": own} | {name: NORMALIZATION | config for name, config in json.loads((HERE / "processors.json").read_text()).items()}
    processors = {name: (SiglipImageProcessorPil if name == "siglip" else CLIPImageProcessorPil)(**config) for name, config in configs.items()}
    vision, text = (onnxruntime.InferenceSession(MODEL / "onnx" / f"{name}_model_fp16.onnx") for name in ("vision", "text"))
    pictures = {}
    for path in sorted(path for path in folder.iterdir() if path.name != "texts.json"):
        image = Image.open(path).convert("RGB")
        prepared = {name: processor(image, return_tensors="np")["pixel_values"][0] for name, processor in processors.items()}
        vector = vision.run(None, {"pixel_values": prepared["tiny-clip"][None]})[0]
        pixels = {name: numbers(values, configs[name]["image_mean"], configs[name]["image_std"]) for name, values in prepared.items()}
        pictures[path.name] = {"pixels": pixels, "vector": unit(vector)[0]}
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    texts = []
    for entry in json.loads((folder / "texts.json").read_text()):
        tokens = tokenizer(entry, truncation=True, max_length=32)["input_ids"]
        vector = text.run(None, {"input_ids": np.array([tokens])})[0]
        texts.append({"text": entry, "tokens": tokens, "vector": unit(vector)[0]})
    packages = ["numpy", "onnxruntime", "pillow", "tokenizers", "transformers"]
    result = {"versions": {name: version(name) for name in packages}, "pictures": pictures, "texts": texts}
    (HERE / "../fixtures/reference.json").write_text(json.dumps(result, separators=(",", ":"), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
