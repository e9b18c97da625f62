"""Numbers of 16 bits only where the machine itself multiplies them."""

import pytest
import torch

from dlbook.precision import has_fast_bfloat16


@pytest.mark.parametrize(
    ("known", "fast"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, True),
        ({"avx512_bf16": False, "amx_bf16": True}, True),
        ({"avx512_f": True, "avx512_bf16": False}, False),
        ({}, False),
    ],
)
def test_a_processor_is_asked_what_it_can_do(monkeypatch, known, fast):
    monkeypatch.setattr(
        torch.cpu, "get_capabilities", lambda: known, raising=False
    )
    assert has_fast_bfloat16(torch.device("cpu")) is fast


def test_an_old_pytorch_and_other_devices_mean_no(monkeypatch):
    assert has_fast_bfloat16("meta") is False
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert has_fast_bfloat16("cpu") is False


def test_a_gpu_may_not_imitate_it(monkeypatch):
    def asked(*, including_emulation):
        return including_emulation

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", asked)
    assert has_fast_bfloat16("cuda") is False
