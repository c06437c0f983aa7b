"""A transformer's matrices in 8 bits: one text at a time is bound by how fast weights reach the core.

Weights are quantised once per row, activations as they come (Jacob et al. 2018; ONNX Runtime calls it dynamic int8).
"""

import warnings
from typing import Any


def quantized(model: Any) -> Any:
    """`model`, a torch module that may be changed, with every linear layer computing in 8 bits."""
    import torch

    class Linear8(torch.nn.Module):
        def __init__(self, linear: torch.nn.Linear) -> None:
            super().__init__()
            weight = linear.weight.detach().float()
            scales = weight.abs().amax(dim=1).clamp(min=1e-8).double() / 127
            zeros = torch.zeros(len(scales), dtype=torch.long)
            bias = None if linear.bias is None else linear.bias.detach().float()
            with (
                warnings.catch_warnings()
            ):  # torch announces that these operators will move to another package
                warnings.simplefilter("ignore")
                rows = torch.quantize_per_channel(weight, scales, zeros, 0, torch.qint8)
                self.packed = torch.ops.quantized.linear_prepack(rows, bias)

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            # reduce_range: processors without VNNI add 16-bit products, which full range would overflow.
            made: torch.Tensor = torch.ops.quantized.linear_dynamic(inputs, self.packed, True)
            return made

    for name, child in list(model.named_children()):
        if isinstance(child, torch.nn.Linear):
            setattr(model, name, Linear8(child))
        else:
            quantized(child)
    return model
