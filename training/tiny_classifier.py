"""Writes fixtures/model/classifier: a sequence classifier of a few kilobytes in the shape that Hugging Face's tools export, for tests.

python training/tiny_classifier.py fixtures/model/classifier

It is not trained: its logit counts the tokens of a few words. input_ids and attention_mask int64 [batch, sequence] in, logits
float32 [batch, 2] out; a WordPiece tokenizer.json beside it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "return", "sum", "max", "raise", "shop", "cart", "py", "+", "-", ".", "(", ")", "total"]
GOOD, BAD = {"sum": 1.0, "total": 0.5}, {"raise": 1.0, "max": 0.5}


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    table = np.zeros((len(WORDS), 2), np.float32)
    for word, weight in GOOD.items():
        table[WORDS.index(word), 1] = weight
    for word, weight in BAD.items():
        table[WORDS.index(word), 0] = weight
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["states"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["mask3"]),
        helper.make_node("Mul", ["states", "mask3"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "sequence"], ["logits"], keepdims=0),
    ]
    constants = [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array([2]), "last"), numpy_helper.from_array(np.array([1]), "sequence")]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 2])]
    proto = helper.make_model(helper.make_graph(nodes, "tiny", inputs, outputs, constants), opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(proto)
    model = proto.SerializeToString(deterministic=True)
    (out / "model.onnx").write_bytes(model)
    tokenizer = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [{"id": at, "content": WORDS[at], "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True} for at in range(4)],
        "normalizer": None, "pre_tokenizer": {"type": "BertPreTokenizer"}, "decoder": None,
        "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]}, "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
        "model": {"type": "WordPiece", "vocab": {word: at for at, word in enumerate(WORDS)}, "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100},
    }  # fmt: skip
    text = json.dumps(tokenizer, separators=(",", ":")).encode()
    (out / "tokenizer.json").write_bytes(text)

    def pin(file: str, content: bytes) -> dict:
        return {"file": file, "digest": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}

    card = {
        "schema": "assay-model/1", "name": "tiny classifier for tests", "model": pin("model.onnx", model),
        "input": {"kind": "text", "tokenizer": pin("tokenizer.json", text), "maxTokens": 64, "ids": "input_ids", "mask": "attention_mask", "types": None, "positive": 1},
        "heads": {"patch": {"output": "logits", "calibration": {"slope": 1, "intercept": 0}}}, "fusion": {"p": 1, "facts": 4, "safety": 2, "consensus": 1}, "clipEta": 0.5,
        "abstain": {"novelty": None, "margin": 0, "withoutProblem": False}, "training": {"data": []}, "metrics": {}, "riskCoverage": [], "limits": ["It counts words."],
    }  # fmt: skip
    (out / "card.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
