import pytest
import torch

from priorscope.nn import gemm as gemm_module
from priorscope.nn.gemm import (
    gemm,
    gemm_is_fast,
    gemm_peak,
    product_error,
    use_default_gemm,
    use_fast_gemm,
)


@pytest.fixture(autouse=True)
def _restored():
    yield
    use_default_gemm()


def precision() -> str:
    return torch.backends.mkldnn.matmul.fp32_precision


def test_the_switch_keeps_float32_products_exact():
    use_fast_gemm()
    # A rounding of 2^-24 relative a product, 256 of them summed: about 2^-24 * sqrt(256) = 1e-6 of
    # a typical element, less of the largest. bfloat16 inside would give 2^-9 = 2e-3.
    assert product_error() < 2e-6


def test_twice_is_once():
    assert use_fast_gemm() == use_fast_gemm()


def test_says_no_where_the_units_would_round(monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_avx512_supported", lambda: True)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: True)
    backend = use_fast_gemm()
    assert (backend.name, precision()) == ("default", "none")
    assert "AMX" in backend.reason


def test_says_no_where_there_is_nothing_to_win(monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_avx512_supported", lambda: False)
    backend = use_fast_gemm()
    assert (backend.name, precision()) == ("default", "none")
    assert "AVX-512" in backend.reason


@pytest.fixture
def able(monkeypatch):
    """A CPU that claims AVX-512 without AMX; the setting is harmless where it has no effect."""
    monkeypatch.setattr(torch.cpu, "_is_avx512_supported", lambda: True)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)


@pytest.mark.usefixtures("able")
def test_switches_where_it_is_exact_and_goes_back():
    assert use_fast_gemm().name == "oneDNN"
    assert (precision(), gemm_is_fast()) == ("bf16", True)
    use_default_gemm()
    assert (precision(), gemm_is_fast()) == ("none", False)


@pytest.mark.usefixtures("able")
def test_a_product_that_loses_digits_is_not_kept(monkeypatch):
    monkeypatch.setattr(gemm_module, "product_error", lambda: 2e-3)
    backend = use_fast_gemm()
    assert (backend.name, precision()) == ("default", "none")
    assert "2e-03" in backend.reason


@pytest.mark.usefixtures("able")
def test_inside_and_after_the_context():
    with gemm(fast=True) as backend:
        assert (backend.name, precision()) == ("oneDNN", "bf16")
        with gemm(fast=False):
            assert precision() == "none"
        assert precision() == "bf16"
    assert precision() == "none"


def test_product_error_sees_lost_digits(monkeypatch):
    exact = torch.Tensor.__matmul__

    def rounding(a, b):
        return exact(a.bfloat16().float(), b) if a.dtype == torch.float32 else exact(a, b)

    monkeypatch.setattr(torch.Tensor, "__matmul__", rounding)
    assert product_error() > 1e-4  # bfloat16 rounds by up to 2^-9 relative


def test_peak_is_a_speed_and_leaves_the_threads_alone():
    before = torch.get_num_threads()
    peak = gemm_peak(torch.float32, threads=1, seconds=0.05)
    assert 1e8 < peak < 1e14  # between a single scalar unit and any CPU there is
    assert torch.get_num_threads() == before
