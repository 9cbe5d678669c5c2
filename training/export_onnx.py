"""Writes the heads as one ONNX model: `features` float32 [1, n] in; one logit per head and `novelty` out."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

from fit import CLIP, Linear


class Graph:
    """Collects nodes and constants; every number is float32."""

    def __init__(self) -> None:
        self.nodes = []
        self.constants = {}

    def add(self, kind: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, values) -> str:
        self.constants[name] = numpy_helper.from_array(np.asarray(values, np.float32), name)
        return name


def export(path, names: list[str], heads: dict[str, tuple[list[str], Linear]], trees: dict[str, tuple[list[str], object, float]], novelty_of: tuple[list[str], Linear]) -> None:
    """`heads` name what they read; `trees` are added to the logit of the head of the same name, times a weight."""
    graph = Graph()
    magnitude = graph.add("Abs", ["features"], "magnitude")
    grown = graph.add("Add", [magnitude, graph.constant("one", [1.0])], "grown")
    squashed = graph.add("Mul", [graph.add("Sign", ["features"], "sign"), graph.add("Log", [grown], "logarithm")], "squashed")
    for name, (reads, model) in heads.items():
        standard = standardised(graph, name, names, reads, model, squashed, CLIP)
        column = np.zeros((len(names), 1))
        column[[names.index(read) for read in reads], 0] = model.weights
        linear = graph.add("MatMul", [standard, graph.constant(f"{name}_weights", column)], f"{name}_linear")
        biased = graph.add("Add", [linear, graph.constant(f"{name}_bias", [model.bias])], name if name not in trees else f"{name}_biased")
        if name in trees:
            graph.add("Add", [biased, forest(graph, name, names, *trees[name])], name)
    reads, model = novelty_of
    far = standardised(graph, "novelty", names, reads, model, squashed, 8.0)
    square = graph.add("Mul", [far, far], "novelty_square")
    share = np.full((len(names), 1), 1 / len(reads))
    graph.add("MatMul", [square, graph.constant("novelty_share", share)], "novelty")
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1]) for name in [*heads, "novelty"]]
    proto = helper.make_model(
        helper.make_graph(graph.nodes, "assay", [helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, len(names)])], outputs, list(graph.constants.values())),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)],
        ir_version=8,
        producer_name="assay training",
    )
    checker.check_model(proto)
    path.write_bytes(proto.SerializeToString(deterministic=True))


def standardised(graph: Graph, name: str, names: list[str], reads: list[str], model: Linear, squashed: str, clip: float) -> str:
    """What a head does not read has mean 0 and factor 0."""
    mean, factor = np.zeros((1, len(names))), np.zeros((1, len(names)))
    for at, read in enumerate(reads):
        mean[0, names.index(read)] = model.mean[at]
        factor[0, names.index(read)] = 1 / model.deviation[at]
    centred = graph.add("Sub", [squashed, graph.constant(f"{name}_mean", mean)], f"{name}_centred")
    scaled = graph.add("Mul", [centred, graph.constant(f"{name}_factor", factor)], f"{name}_scaled")
    return graph.add("Clip", [scaled, graph.constant(f"{name}_low", -clip), graph.constant(f"{name}_high", clip)], f"{name}_standard")


def forest(graph: Graph, name: str, names: list[str], reads: list[str], model, weight: float) -> str:
    """A LightGBM model as a tree ensemble. A threshold becomes the greatest float32 that is not above it, so that no comparison of float32 changes."""
    parts: dict[str, list] = {key: [] for key in ("tree", "node", "feature", "value", "mode", "yes", "no", "leaf_tree", "leaf_node", "leaf_value")}
    for tree_id, tree in enumerate(model.dump_model()["tree_info"]):
        walk(tree["tree_structure"], tree_id, [0], parts, [names.index(read) for read in reads], weight)
    return forest_node(graph, name, parts)


def walk(node: dict, tree: int, free: list[int], parts: dict[str, list], columns: list[int], weight: float) -> int:
    me = free[0]
    free[0] += 1
    at = len(parts["node"])
    for key, value in (("tree", tree), ("node", me), ("feature", 0), ("value", 0.0), ("mode", "LEAF"), ("yes", 0), ("no", 0)):
        parts[key].append(value)
    if "leaf_value" in node:
        for key, value in (("leaf_tree", tree), ("leaf_node", me), ("leaf_value", node["leaf_value"] * weight)):
            parts[key].append(value)
        return me
    assert node["decision_type"] == "<=" and node["missing_type"] == "None"
    threshold = np.float32(node["threshold"])
    if float(threshold) > node["threshold"]:
        threshold = np.nextafter(threshold, np.float32(-np.inf))
    parts["feature"][at], parts["value"][at], parts["mode"][at] = columns[node["split_feature"]], float(threshold), "BRANCH_LEQ"
    parts["yes"][at] = walk(node["left_child"], tree, free, parts, columns, weight)
    parts["no"][at] = walk(node["right_child"], tree, free, parts, columns, weight)
    return me


def forest_node(graph: Graph, name: str, parts: dict[str, list]) -> str:
    output = f"{name}_trees"
    graph.nodes.append(
        helper.make_node(
            "TreeEnsembleRegressor", ["features"], [output], name=output, domain="ai.onnx.ml", n_targets=1, aggregate_function="SUM", post_transform="NONE",
            nodes_treeids=parts["tree"], nodes_nodeids=parts["node"], nodes_featureids=parts["feature"], nodes_values=parts["value"], nodes_modes=parts["mode"],
            nodes_truenodeids=parts["yes"], nodes_falsenodeids=parts["no"], target_treeids=parts["leaf_tree"], target_nodeids=parts["leaf_node"],
            target_ids=[0] * len(parts["leaf_tree"]), target_weights=parts["leaf_value"],
        )  # fmt: skip
    )
    return output
