"""Turns dynamically quantized graphs into graphs that compute in float32, with the same weights stored as float16.

    python -m clip.to_float INT8_FOLDER ../models/tiny-clip/onnx

Dynamic quantization scales the activations of a whole batch at once, so a vector depends on the others of its batch. The
weights of tiny-clip were first exported so, and no checkpoint of that training is kept: the shipped float16 weights are
those int8 weights, times their scales.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from onnx import GraphProto, NodeProto, helper, numpy_helper
from onnx_util import store_as_fp16


def dequantized(graph: GraphProto) -> GraphProto:
    """Replaces MatMulInteger by MatMul, and DequantizeLinear of a table by the table. Returns the same graph, changed."""
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    producer = {output: node for node in graph.node for output in node.output}
    consumers: dict[str, list[NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            consumers.setdefault(name, []).append(node)

    def weights(quantized: str, zero_point: str, scale: np.ndarray) -> np.ndarray:
        return (values[quantized].astype(np.float32) - values[zero_point].astype(np.float32)) * scale

    added, nodes, replaced = {}, [], set()
    for node in graph.node:
        if replaced.intersection(node.output):
            continue
        if node.op_type == "MatMulInteger":
            (cast,) = consumers[node.output[0]]
            (scaled,) = consumers[cast.output[0]]
            scales = producer[next(name for name in scaled.input if name != cast.output[0])]
            (scale,) = (values[name] for name in scales.input if name in values)
            name = node.input[1].removesuffix("_quantized")
            replaced.add(scaled.output[0])
            added[name] = weights(node.input[1], node.input[3], scale)
            nodes.append(helper.make_node("MatMul", [producer[node.input[0]].input[0], name], [scaled.output[0]], name=node.name.removesuffix("_quant")))
        elif node.op_type == "DequantizeLinear":
            gather = producer[node.input[0]]
            name = gather.input[0].removesuffix("_quantized")
            added[name] = weights(gather.input[0], node.input[2], values[node.input[1]])
            nodes.append(helper.make_node("Gather", [name, gather.input[1]], [node.output[0]], name=gather.name.removesuffix("_quant")))
        else:
            nodes.append(node)
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in added.items())
    keep_used(graph, nodes)
    return graph


def keep_used(graph: GraphProto, nodes: list[NodeProto]) -> None:
    """Keeps the nodes and initializers that the outputs need. Nodes are in an order in which they can be computed."""
    needed, kept = {output.name for output in graph.output}, []
    for node in reversed(nodes):
        if needed.intersection(node.output):
            kept.append(node)
            needed.update(node.input)
    initializers = [tensor for tensor in graph.initializer if tensor.name in needed]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(reversed(kept))
    graph.initializer.extend(initializers)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("source", type=Path)
    arguments.add_argument("target", type=Path)
    options = arguments.parse_args()
    for name in ("text_model", "vision_model"):
        source, target = options.source / f"{name}_int8.onnx", options.target / f"{name}_fp16.onnx"
        model = onnx.load(source)
        dequantized(model.graph)
        onnx.checker.check_model(model)
        with TemporaryDirectory() as folder:
            exact = Path(folder) / "exact.onnx"
            onnx.save(model, exact)
            store_as_fp16(exact, target)
        print(f"{target.name}: {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
