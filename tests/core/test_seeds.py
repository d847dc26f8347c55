import torch

from priorscope.core.seeds import GlobalStream, derive, global_seed, numpy_stream, torch_stream


def test_streams_differ_by_purpose_and_agree_with_themselves():
    assert derive(0, "init") == derive(0, "init")
    assert (
        len({derive(0, "init"), derive(1, "init"), derive(0, "batches"), derive(0, "init", 1)}) == 4
    )
    assert numpy_stream(0, "a").random() == numpy_stream(0, "a").random()
    assert torch.equal(
        torch.rand(3, generator=torch_stream(0, "a")), torch.rand(3, generator=torch_stream(0, "a"))
    )


def test_the_global_generator_is_as_it_was():
    before = torch.random.get_rng_state()
    with global_seed(3, "init"):
        first = torch.rand(2)
    assert torch.equal(torch.random.get_rng_state(), before)
    with global_seed(3, "init"):
        assert torch.equal(torch.rand(2), first)
    torch.manual_seed(derive(3, "init"))
    assert torch.equal(torch.rand(2), first)
    torch.random.set_rng_state(before)


def test_a_global_stream_goes_on_whatever_is_drawn_in_between():
    with GlobalStream(1, "noise"):
        whole = torch.rand(6)
    before = torch.random.get_rng_state()
    stream, other, parts = GlobalStream(1, "noise"), GlobalStream(2, "noise"), []
    for _ in range(3):
        with stream:
            parts.append(torch.rand(2))
        with other:
            torch.rand(5)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(torch.cat(parts), whole)
    with other:
        assert not torch.equal(torch.rand(6), whole)
