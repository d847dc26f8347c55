import torch

from priorscope.train import kernels


def test_loading_early_calls_everything_and_leaves_the_generators_alone(monkeypatch):
    """On a CPU, where nothing is loaded, but every call is made."""
    torch.manual_seed(5)
    before, called = torch.random.get_rng_state(), []
    for name in ("_products", "_convolutions", "_update"):
        one = getattr(kernels, name)
        monkeypatch.setattr(
            kernels, name, lambda d, one=one, name=name: called.append((name, one(d)))
        )
    kernels.load(torch.device("cpu"))
    assert [name for name, _ in called] == ["_products", "_convolutions", "_update"]
    assert torch.equal(torch.random.get_rng_state(), before)


def test_nothing_is_loaded_for_a_cpu_and_a_broken_device_is_the_trainings_to_tell(monkeypatch):
    assert kernels.load_early("cpu") is None
    monkeypatch.setattr(kernels, "_products", lambda device: 1 / 0)
    kernels.load(torch.device("cpu"))
