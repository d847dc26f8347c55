import math

import pytest
import torch
from torch import nn

from priorscope.measures.probes.bands import Bands, high_frequency_share, radial_bands, radial_power
from priorscope.measures.probes.context import (
    PartsOrWhole,
    bilateral,
    occlusion_maps,
    patches_rotated,
    patches_shuffled,
    shown,
    words_left_out,
)
from priorscope.subjects import CueConflict


def noise(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("shape", [(3, 16, 16, 2), (3, 15, 12, 1), (3, 24, 2), (2, 7, 1)])
def test_bands_sum_to_the_input(shape):
    x = noise(*shape)
    torch.testing.assert_close(sum(radial_bands(x)), x, atol=1e-6, rtol=0)


def test_a_wave_is_in_its_band_alone():
    place = torch.arange(24)
    for cycles in (1, 3, 7, 12):
        x = torch.cos(2 * math.pi * cycles * place / 24)[None, :, None]
        powers = [float(band.square().mean()) for band in radial_bands(x)]
        assert [p > 1e-6 for p in powers] == [math.ceil(cycles / 2) == b for b in range(1, 7)]
        assert float(high_frequency_share(x)) == pytest.approx(float(cycles > 6), abs=1e-5)
        shares = radial_power(x)[0].tolist()
        assert shares == pytest.approx([float(math.ceil(cycles / 2) == b) for b in range(1, 7)])


def test_the_spectrum_of_noise_is_as_large_as_its_bands():
    # White noise has equal power at every frequency: a band's share is its share of frequencies.
    x = noise(400, 16, 16, 3)
    cycles = torch.fft.fftfreq(16)
    radius = 2 * (cycles[:, None].square() + cycles.square()).sqrt()
    number = (6 * radius).ceil().clamp(1, 6)[radius > 0]
    expected = [float((number == band).double().mean()) for band in range(1, 7)]
    assert radial_power(x).mean(dim=0).tolist() == pytest.approx(expected, abs=0.01)


def test_spectra_of_maps_are_left_out_below_16_positions(make_subject):
    def read(side):
        network = nn.Sequential(Moved(), nn.Conv2d(1, 3, 3, padding=1), nn.Flatten())
        readings = Bands().measure(make_subject(network, noise(12, side, side, 1))).readings
        return {r.name: r for r in readings if r.name.startswith(("high", "power"))}

    assert read(12)["high frequencies"].reason == "no feature map has 16 positions a side"
    shares = [r.value.center for name, r in read(16).items() if name.startswith("power in band")]
    assert len(shares) == 6
    assert sum(shares) == pytest.approx(1)


class Moved(nn.Module):
    """Channels first."""

    def forward(self, x):
        return x.movedim(-1, 1)


def test_a_network_that_reads_a_slow_wave_needs_that_band(make_subject):
    wave = torch.cos(2 * math.pi * torch.arange(24) / 24)

    class Slow(nn.Module):
        def forward(self, x):
            value = (x[..., 0] * wave).sum(dim=1)
            return torch.stack([value, -value], dim=1)

    x = noise(120, 24, 1)
    targets = ((x[..., 0] * wave).sum(dim=1) < 0).long()
    values = {
        r.name: r.value
        for r in Bands().measure(make_subject(Slow(), x, targets, classes=2)).readings
    }
    assert values["accuracy, pass band 1"].center == 1
    assert values["change, stop band 1"].center > 0.7
    assert values["change, stop band 4"].center == pytest.approx(0, abs=1e-9)
    assert values["accuracy, stop band 4"].center == 1
    assert values["accuracy, noise band 1"].center < 0.9


def test_what_is_shown_is_a_share():
    x = torch.ones(2, 20, 20, 1)
    for share in (0.25, 0.5):
        assert float(shown(x, share, "centre", torch.zeros(())).mean()) == pytest.approx(
            share, abs=0.04
        )
        assert float(shown(x, share, "border", torch.zeros(())).mean()) == pytest.approx(
            share, abs=0.04
        )
    assert shown(x, 0.25, "centre", torch.zeros(()))[0, 10, 10] == 1
    assert shown(x, 0.25, "border", torch.zeros(()))[0, 10, 10] == 0


@pytest.mark.parametrize("grid", [2, 4])
def test_patches_keep_every_value_and_their_inside(grid):
    x = noise(5, 9, 9, 2)
    for change in (patches_shuffled, patches_rotated):
        moved = change(x, grid)
        assert not torch.equal(moved, x)
        torch.testing.assert_close(moved.flatten(1).sort().values, x.flatten(1).sort().values)
    side = 9 // grid
    corner = x[0, :side, :side].flatten().sort().values
    pieces = patches_rotated(x, grid)[0, :side, :side].flatten().sort().values
    torch.testing.assert_close(pieces, corner)


def test_bilateral_keeps_an_edge_and_removes_texture():
    edge = torch.zeros(1, 20, 20, 1)
    edge[:, :, 10:] = 4.0
    rough = edge + 0.3 * noise(1, 20, 20, 1)
    smooth = bilateral(rough)
    assert (smooth - edge).std() < 0.5 * (rough - edge).std()
    assert float(smooth[:, :, 11].mean() - smooth[:, :, 8].mean()) > 3.5


def test_occlusion_shows_where_a_network_looks(make_subject):
    class Corner(nn.Module):
        def forward(self, x):
            value = x[:, :4, :4].sum((1, 2, 3))
            return torch.stack([value, -value], dim=1)

    maps = occlusion_maps(make_subject(Corner(), noise(30, 16, 16, 1)))
    assert maps[:, :2, :2].min() > 0
    maps[:, :2, :2] = 0
    assert maps.max() == 0


def test_a_word_that_decides_is_the_one_that_is_missed(make_subject):
    class Fives(nn.Module):
        """Counts the token 5."""

        def forward(self, ids):
            count = (ids == 5).double().sum(dim=1, keepdim=True)
            return torch.cat([count, -count], dim=1)

    ids = torch.randint(6, 20, (12, 9), generator=torch.Generator().manual_seed(0))
    ids[:, 7:] = 0
    ids[0, 2] = ids[1, 4] = ids[5, 1] = 5
    moved = words_left_out(make_subject(Fives(), ids, vocabulary=20))
    assert moved.shape == (4, 9)
    assert moved[:2].argmax(dim=1).tolist() == [2, 4]
    assert moved.count_nonzero() == 2


def test_cue_conflict_counts_who_follows_the_shape(make_subject):
    import dataclasses

    class Says(nn.Module):
        def forward(self, x):
            return torch.nn.functional.one_hot(x[:, 0, 0, 0].long(), 5).float()

    says = torch.tensor([0, 0, 0, 1, 1, 2, 3, 0] * 2)
    x = says.float()[:, None, None, None].expand(16, 8, 8, 1)
    conflict = CueConflict(x, torch.zeros(16).long(), torch.ones(16).long())
    one = dataclasses.replace(make_subject(Says(), x), conflict=conflict)
    values = {r.name: r.value for r in PartsOrWhole().measure(one).readings}
    assert values["shape share"].center == pytest.approx(8 / 12)
    assert values["answers that name either cue"].center == pytest.approx(12 / 16)
