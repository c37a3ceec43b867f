"""ONNX export and compression of the files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

OPSET = 17


def export(module: nn.Module, inputs: tuple[Tensor, ...], path: Path, input_names: Sequence[str], output_names: Sequence[str], dynamic_axes: Mapping[str, Mapping[int, str]]) -> None:
    """Traces the module. The tracing exporter writes smaller and simpler graphs than torch's newer exporter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        module.eval(), inputs, str(path), input_names=list(input_names), output_names=list(output_names),
        dynamic_axes={name: dict(axes) for name, axes in dynamic_axes.items()}, opset_version=OPSET, dynamo=False,
    )


def store_as_fp16(source: Path, target: Path, least_elements: int = 64) -> None:
    """Stores weights as float16, each followed by a cast to float32 that the runtime folds at load time. The size is halved
    and the computation is still in float32. Smaller tensors are unchanged."""
    model = onnx.load(source)
    casts, initializers = [], []
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and np.prod(tensor.dims) >= least_elements:
            half = numpy_helper.to_array(tensor).astype(np.float16)
            initializers.append(numpy_helper.from_array(half, f"{tensor.name}_fp16"))
            casts.append(helper.make_node("Cast", [f"{tensor.name}_fp16"], [tensor.name], to=TensorProto.FLOAT))
        else:
            initializers.append(tensor)
    nodes = list(model.graph.node)
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(initializers)
    model.graph.node.extend([*casts, *nodes])
    onnx.save(model, target)
