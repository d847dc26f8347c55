"""float64 where a device has it: Apple's GPUs (MPS) don't, and what needs it is done on the CPU."""

import torch
from torch import Tensor


def has_float64(device: torch.device) -> bool:
    """Whether tensors on the device can be float64."""
    return device.type != "mps"


def widest(device: torch.device) -> torch.dtype:
    """float64, or float32 where there is nothing wider."""
    return torch.float64 if has_float64(device) else torch.float32


def exact(x: Tensor) -> Tensor:
    """The same in float64; on the CPU where its own device has none."""
    return x.double() if has_float64(x.device) else x.cpu().double()


def with_float64(x: Tensor) -> Tensor:
    """The same where float64 can follow from it: on its device, else on the CPU."""
    return x if has_float64(x.device) else x.cpu()


def sent(x: Tensor, device: torch.device) -> Tensor:
    """The same on a device; float64 as float32 where the device has none."""
    if x.dtype == torch.float64 and not has_float64(device):
        return x.to(torch.float32).to(device)
    return x.to(device)
