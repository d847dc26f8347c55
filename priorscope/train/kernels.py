"""What a GPU loads at a first call (libraries, kernels), loaded while the data are being read."""

import atexit
import contextlib
import threading

import torch
import torch.nn.functional as F

from priorscope.nn.gemm import use_exact_products

GRACE = 10.0  # seconds that the end of the process waits: cut off in a launch, it would abort


def load_early(device: str) -> threading.Thread | None:
    """Begin to load, in a thread; None on a CPU and on Apple's GPUs: there is nothing to load."""
    if device in ("cpu", "mps"):
        return None
    thread = threading.Thread(target=load, args=(torch.device(device),), daemon=True)
    thread.start()
    atexit.register(thread.join, GRACE)
    return thread


def load(device: torch.device) -> None:
    """Call what most trainings call, once, on tiny tensors; torch's generators aren't touched.

    Fails silently: the training says what is wrong with a device.
    """
    with contextlib.suppress(Exception):
        use_exact_products()
        stream = torch.cuda.Stream(device) if device.type == "cuda" else None
        with torch.cuda.stream(stream) if stream else contextlib.nullcontext():
            _products(device)
            _convolutions(device)
            _update(device)
            if stream is not None:
                stream.synchronize()


def _products(device: torch.device) -> None:
    """Of many replicas, with what surrounds them: gathers, norms, losses, their gradients."""
    x = torch.ones(4, 64, 16, device=device)
    rows = torch.arange(64, device=device)
    weight = torch.ones(4, 16, 8, device=device, requires_grad=True)
    hidden = F.layer_norm(torch.bmm(x.index_select(1, rows), weight), (8,)).relu()
    loss = F.cross_entropy(F.gelu(hidden).flatten(0, 1), rows.repeat(4) % 8)
    torch.autograd.grad(loss + hidden.softmax(-1).tanh().sum(), weight)


def _convolutions(device: torch.device) -> None:
    """One network's, and several side by side."""
    for groups in (1, 4):
        x = torch.ones(8, 4, 8, 8, device=device)
        weight = torch.ones(8, 4 // groups, 3, 3, device=device, requires_grad=True)
        y = F.conv2d(x, weight, padding=1, groups=groups)
        y = F.max_pool2d(F.batch_norm(y, None, None, training=True), 2)
        torch.autograd.grad(y.sum(), weight)


def _update(device: torch.device) -> None:
    """AdamW's kernel."""
    values = [torch.zeros(4, 16, device=device) for _ in range(4)]
    steps = torch.zeros((), device=device)
    torch._fused_adamw_(
        [values[0]], [values[1]], [values[2]], [values[3]], [], [steps],
        lr=0.0, beta1=0.9, beta2=0.999, weight_decay=0.0, eps=1e-8, amsgrad=False, maximize=False,
    )  # fmt: skip
