"""Which machines multiply numbers of 16 bits faster than those of 32."""

import torch


def has_fast_bfloat16(device) -> bool:
    """Whether the arithmetic unit of `device` itself knows bfloat16.

    Others imitate it, and are slower for it. Where PyTorch is too old to ask
    a processor, the answer is no.
    """
    kind = torch.device(device).type
    if kind == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if kind != "cpu" or not hasattr(torch.cpu, "get_capabilities"):
        return False
    known = torch.cpu.get_capabilities()
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))
