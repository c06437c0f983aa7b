"""A five-word static model, saved by sentence-transformers itself, and a transformer of two layers in both its forms."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from encoder_training.onnx_export import write_encoder

WORDS = ["[UNK]", "贷款", "贴息", "企业", "游戏"]
PROMPTS = {"query": "企业", "document": "贷款"}


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
    from tokenizers import Tokenizer, models

    tokenizer = Tokenizer(models.Unigram([(w, -1.0 if w != "[UNK]" else -9.0) for w in WORDS], unk_id=0))
    table = np.array([[0, 0, 0], [1, 0, 0], [0.8, 0.6, 0], [0, 1, 0], [0, 0, 2]], np.float16)
    folder = tmp_path_factory.mktemp("model")
    modules = [StaticEmbedding(tokenizer, embedding_weights=table), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)
    return folder


@pytest.fixture(scope="session")
def tiny_body(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two layers of 32 dimensions with random weights, and a tokenizer that marks both ends of a text."""
    import torch
    from tokenizers import Tokenizer, models, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    pieces = [(w, -9.0 if w in special else -1.0) for w in [*special, *WORDS[1:], "条例", "总则", "|", "。"]]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", None, [("<s>", 0), ("</s>", 2)])
    names = {"cls_token": "<s>", "pad_token": "<pad>", "sep_token": "</s>", "unk_token": "<unk>"}
    body = tmp_path_factory.mktemp("body")
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=32, **names)
    wrapped.save_pretrained(str(body))
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    # Wider than BERT starts with, so that attention has something to say.
    config = BertConfig(vocab_size=len(pieces), pad_token_id=1, initializer_range=0.1, **sizes)
    BertModel(config, add_pooling_layer=False).save_pretrained(str(body))
    return body


@pytest.fixture(scope="session")
def tiny_transformer(tiny_body: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The body as sentence-transformers saves it, in fp16, with prompts of its own."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    folder = tmp_path_factory.mktemp("transformer")
    modules = [Transformer(str(tiny_body), max_seq_length=32), Pooling(32, "mean"), Normalize()]
    made = SentenceTransformer(modules=modules, device="cpu", prompts=PROMPTS)
    made.half().save(str(folder), create_model_card=False)
    return folder


@pytest.fixture(scope="session")
def tiny_encoder(tiny_body: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a graph in 8 bits, as the service's own is."""
    from transformers import BertModel

    folder = tmp_path_factory.mktemp("encoder")
    model = BertModel.from_pretrained(str(tiny_body), add_pooling_layer=False)
    write_encoder(model.state_dict(), tiny_body, folder, PROMPTS, 32)
    (folder / "training.json").write_text("{}", encoding="utf-8")
    return folder
