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
