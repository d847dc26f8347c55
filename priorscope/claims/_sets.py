"""Data and learners that several claims share, so that they share runs as well."""

import dataclasses
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from priorscope.claims._effort import Effort
from priorscope.nn.patch import choose_patch
from priorscope.tasks import Examples, TaskConfig
from priorscope.tasks.context import Context
from priorscope.tasks.digits import Digits
from priorscope.tasks.mnist1d import Mnist1d
from priorscope.tasks.noise_labels import NoiseLabels
from priorscope.tasks.template import Template

SIZES = {"digits": (60, 240, 960), "mnist1d": (100, 400, 1600)}  # small, medium, large
MARKER_SIZES = (200, 1600)  # with fewer than the larger a small transformer only guesses


class Learners(NamedTuple):
    """One of each family, as it is typed."""

    linear: str
    mlp: str
    cnn: str
    vit: str
    gru: str
    transformer: str


def learners(effort: Effort) -> Learners:
    """Small networks of about equal cost, wider from the preset standard on."""
    wide, depth = effort.wide, min(effort.wide, 2)
    return Learners(
        linear="linear",
        mlp=f"mlp:width={64 * wide}",
        cnn=f"cnn:width={8 * wide}",
        vit=f"vit:width={32 * depth},depth={depth},num_heads=2,stochastic_depth=0",
        gru=f"gru:width={16 * depth}",
        transformer=f"transformer:width={32},depth={depth},num_heads=4",
    )


def patched(vit: str, images: Examples, side: int) -> str:
    """A ViT that cuts these images into side x side patches, so that it costs as much on all."""
    patch = images.signature.input_shape[0] // side
    own = choose_patch(images.signature.input_shape[0], pieces=8)
    return vit if patch == own else f"{vit},patch={patch}"


def reduced(images: Examples, side: int) -> Examples:
    """Square images of which each pixel is the mean of a square of pixels; side divides theirs."""
    block = images.inputs.shape[1] // side

    def means(pixels: np.ndarray) -> np.ndarray:
        return pixels.reshape(len(pixels), side, block, side, block, -1).mean((2, 4))

    return dataclasses.replace(
        images, inputs=means(images.inputs), test_inputs=means(images.test_inputs)
    )


@lru_cache(maxsize=32)
def loaded(task: TaskConfig) -> Examples:
    """A task's examples, once per process."""
    return task.load()


def digits() -> Examples:
    """Handwritten digits: images (8, 8, 1) of ten classes."""
    return loaded(Digits())


def mnist1d() -> Examples:
    """MNIST-1D: series (40, 1) of ten classes."""
    return loaded(Mnist1d())


def pattern(moves: bool = True) -> Examples:
    """Images (8, 8, 1) with one of four 3 x 3 patterns at a random place, or in the middle."""
    return loaded(Template(num_train=2000, num_test=500, side=8, patch=3, noise=0.3, moves=moves))


def linear_rule() -> Examples:
    """Vectors whose class is a linear function's, wrong one time in ten."""
    return loaded(NoiseLabels(num_train=2000, num_test=2000))


def marker() -> Examples:
    """Token sequences whose class stands right after the one marker."""
    return loaded(Context(num_train=3000, num_test=1000, tokens=8, fillers=4))
