"""The body that encoder and reader start from: multilingual-e5-small with the pieces that Chinese policy texts use.

Nine tenths of its 96 million embedding weights stand for other languages. Pieces that occur three times in the texts,
every single Chinese character and printable ASCII are kept; what is cut falls apart into smaller pieces that are kept.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from encoder_training.pretrained import SPECIAL, Pretrained

RARE = 3
BATCH = 2_000
TURN = "»"  # stands between the turns of a conversation in what a model reads

NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
EMBEDDING = {
    "word": "word_embeddings",
    "pos": "position_embeddings",
    "type": "token_type_embeddings",
    "ln": "LayerNorm",
}


def tokenizer(pieces: list[str], scores: NDArray[np.float32]) -> Tokenizer:
    """A Unigram tokenizer over `pieces`; a pair of texts is `<s> A </s> </s> B </s>`, as in XLM-R."""
    made = Tokenizer(models.Unigram(list(zip(pieces, scores.tolist(), strict=True)), unk_id=3))
    made.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.post_processor = processors.TemplateProcessing(
        "<s> $A </s>", "<s> $A </s> </s> $B </s>", [("<s>", 0), ("</s>", 2)]
    )
    return made


def kept(model: Pretrained, texts: Iterable[str]) -> list[int]:
    """The numbers of the pieces to keep, in their old order."""
    whole = tokenizer(model.pieces, model.scores)
    seen: Counter[int] = Counter()
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == BATCH:
            seen.update(i for e in whole.encode_batch_fast(batch, add_special_tokens=False) for i in e.ids)
            batch.clear()
    seen.update(i for e in whole.encode_batch_fast(batch, add_special_tokens=False) for i in e.ids)
    always = {i for i, piece in enumerate(model.pieces) if piece in SPECIAL or _is_always(piece.lstrip("▁"))}
    return sorted(always | {i for i, times in seen.items() if times >= RARE})


def _is_always(piece: str) -> bool:
    return piece == "" or (len(piece) == 1 and (" " < piece <= "~" or "一" <= piece <= "鿿" or piece == TURN))


def body(model: Pretrained, numbers: list[int], folder: Path, length: int) -> None:
    """Write a `BertModel` with these pieces, and its tokenizer, into `folder`."""
    import torch
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    shape = model.shape
    config = BertConfig(
        vocab_size=len(numbers),
        hidden_size=shape["hidden"],
        num_hidden_layers=shape["layers"],
        num_attention_heads=shape["heads"],
        intermediate_size=shape["wide"],
        max_position_embeddings=shape["places"],
        type_vocab_size=shape["types"],
        layer_norm_eps=1e-12,
        pad_token_id=1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    made = BertModel(config, add_pooling_layer=False)
    found = {_name(name): torch.from_numpy(array) for name, array in model.weights.items()}
    words = "embeddings.word_embeddings.weight"
    found[words] = found[words][numbers]
    made.load_state_dict(found, strict=True)
    cutter = tokenizer([model.pieces[i] for i in numbers], model.scores[numbers])
    marks = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), SPECIAL, strict=True))
    wrapped: Any = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=cutter, model_max_length=length, cls_token="<s>", sep_token="</s>", **marks
    )
    folder.mkdir(parents=True, exist_ok=True)
    made.save_pretrained(str(folder))
    wrapped.save_pretrained(str(folder))


def _name(name: str) -> str:
    room, *rest = name.split(".")
    last = {"w": "weight", "b": "bias"}.get(rest[-1], "weight")
    if room == "emb":
        return f"embeddings.{EMBEDDING[rest[0]]}.{last}"
    return f"encoder.layer.{room[1:]}.{NAMES[rest[0]]}.{last}"
