"""The model: a small version of Hugging Face's CLIPModel, with auxiliary heads that are removed after training."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import CLIPConfig, CLIPModel
from world.kinds import KINDS
from world.palette import COLOR_NAMES

from .tokenizer import CONTEXT, END_ID, PAD_ID, START_ID

PROJECTION = 96
WIDTH = 128
# Number of values of each field of a meaning (world.captions.FIELDS), then of the two bound colors of
# losses.py.
FIELD_SIZES = [6, len(KINDS), len(COLOR_NAMES), 3, 9, len(COLOR_NAMES), len(KINDS), len(COLOR_NAMES), 2, len(COLOR_NAMES), len(COLOR_NAMES)]


def new_clip(vocabulary: int) -> CLIPModel:
    size = {"hidden_size": WIDTH, "intermediate_size": 4 * WIDTH, "num_attention_heads": 4, "projection_dim": PROJECTION, "hidden_act": "gelu"}
    text = size | {
        "vocab_size": vocabulary,
        "num_hidden_layers": 3,
        "max_position_embeddings": CONTEXT,
        "bos_token_id": START_ID,
        "eos_token_id": END_ID,
        "pad_token_id": PAD_ID,
    }
    vision = size | {"num_hidden_layers": 5, "image_size": 64, "patch_size": 8}
    config = CLIPConfig(text_config=text, vision_config=vision, projection_dim=PROJECTION)
    # With 65 tokens on a CPU, plain attention trains twice as fast as the fused kernel, whose backward pass
    # is slow.
    config._attn_implementation = "eager"
    return CLIPModel(config)


def to_pixels(pictures: Tensor) -> Tensor:
    """uint8 [n, 64, 64, 3] to float32 [n, 3, 64, 64] in [-1, 1]."""
    return pictures.permute(0, 3, 1, 2).float() / 127.5 - 1


class ClipTrainee(nn.Module):
    """CLIP and its auxiliary heads.

    `fields` predicts each field of the meaning from a projected vector. Both towers share this head, so both must encode a
    meaning in the same way. `patch_kind` and `patch_color` predict what each patch of a picture shows.
    """

    def __init__(self, clip: CLIPModel):
        super().__init__()
        self.clip = clip
        self.fields = nn.Linear(PROJECTION, sum(FIELD_SIZES))
        self.patch_kind = nn.Linear(WIDTH, len(KINDS) + 1)
        self.patch_color = nn.Linear(WIDTH, len(COLOR_NAMES) + 1)

    def see(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """float [n, 3, 64, 64] to the projection [n, 96] and the patches' hidden states [n, 64, 128]."""
        vision = self.clip.vision_model
        hidden = vision.encoder(inputs_embeds=vision.pre_layrnorm(vision.embeddings(pixels))).last_hidden_state
        return self.clip.visual_projection(vision.post_layernorm(hidden[:, 0])), hidden[:, 1:]

    def read(self, tokens: Tensor) -> Tensor:
        """int64 [n, t] to the projection [n, 96]."""
        return self.clip.text_projection(self.clip.text_model(input_ids=tokens).pooler_output)

    @torch.no_grad()
    def embed_pictures(self, pictures: Tensor) -> Tensor:
        """uint8 [n, 64, 64, 3] to unit vectors [n, 96]."""
        return torch.cat([F.normalize(self.see(to_pixels(batch))[0], dim=-1) for batch in pictures.split(250)])

    @torch.no_grad()
    def embed_tokens(self, tokens: Tensor) -> Tensor:
        """int64 [n, t] to unit vectors [n, 96]."""
        return torch.cat([F.normalize(self.read(batch), dim=-1) for batch in tokens.split(500)])
