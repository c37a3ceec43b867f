"""The network and its optimizers."""

import torch
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM

from .example import END, PAD

PEAK_LEARNING_RATE = 2e-3


def new_model(tokenizer: Tokenizer) -> LlamaForCausalLM:
    """A Llama of 2.8 million parameters."""
    return LlamaForCausalLM(LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=192, intermediate_size=512, num_hidden_layers=6, num_attention_heads=6,
        num_key_value_heads=3, head_dim=32, max_position_embeddings=512, rms_norm_eps=1e-5, tie_word_embeddings=True, bos_token_id=None,
        eos_token_id=tokenizer.token_to_id(END), pad_token_id=tokenizer.token_to_id(PAD),
        # Written-out attention: a step of 2,560 tokens takes 224 ms, against 361 ms with torch's fused CPU
        # kernel.
        attn_implementation="eager"))


def new_optimizers(model: LlamaForCausalLM) -> list[torch.optim.Optimizer]:
    """Muon for the layers' matrices, AdamW for the embedding and the scales.

    AdamW alone needs 1,800 steps for the loss that Muon reaches in 700, and Muon adds only 12% to a step. `match_rms_adamw`
    scales its updates to AdamW's, so both use the same learning rate.
    """
    matrices = [parameter for name, parameter in model.named_parameters() if parameter.ndim == 2 and ".layers." in name]
    rest = [parameter for name, parameter in model.named_parameters() if parameter.ndim == 1 or ".layers." not in name]
    return [torch.optim.Muon(matrices, lr=PEAK_LEARNING_RATE, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(rest, lr=PEAK_LEARNING_RATE, weight_decay=0.0, betas=(0.9, 0.98), fused=True)]
