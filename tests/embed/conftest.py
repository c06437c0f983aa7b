"""A five-word static model, saved by sentence-transformers itself."""

from pathlib import Path

import numpy as np
import pytest

WORDS = ["[UNK]", "贷款", "贴息", "企业", "游戏"]


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
def tiny_transformer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two layers of 32 dimensions with random weights, in fp16 as the service's own model is saved."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from tokenizers import Tokenizer, models
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]"}
    pieces = [(w, -9.0 if w[0] == "[" else -1.0) for w in ["[PAD]", *WORDS]]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=1))
    body = tmp_path_factory.mktemp("body")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(str(body))
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=len(pieces), **sizes)).save_pretrained(str(body))
    folder = tmp_path_factory.mktemp("transformer")
    modules = [Transformer(str(body), max_seq_length=32), Pooling(32, "mean"), Normalize()]
    SentenceTransformer(modules=modules, device="cpu").half().save(str(folder), create_model_card=False)
    return folder
