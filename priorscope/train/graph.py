"""A step as one CUDA graph: captured once, replayed without a kernel launch of its own."""

from collections.abc import Callable
from typing import Any

import torch

WARM_UP = 2  # calls before the capture: libraries choose kernels and take their workspace
SCARCE = 0.25  # of the device's memory: below it, what is cached is given back before a capture

GraphPool = Any  # torch's handle


class Repeated:
    """A function of no arguments that works on tensors of fixed addresses, called many times.

    On a GPU the first calls run as they are, then one is captured and replayed from there on.
    Where it can't be captured it goes on running as it is. All calls must be made on one stream
    that is not the default one (`side_stream`).

    Args:
        function: reads and writes the same tensors each time; no copies from the host inside.
        device: where they are.
        capture: whether to try; a CPU has no graphs.
        warm_up: calls before the capture.
        pool: of memory that graphs share, if none of them keeps a tensor there.
    """

    def __init__(
        self,
        function: Callable[[], None],
        device: torch.device,
        capture: bool = True,
        warm_up: int = WARM_UP,
        pool: GraphPool | None = None,
    ):
        self._function, self._warm_up, self._pool = function, warm_up, pool
        self._graph: torch.cuda.CUDAGraph | None = None
        self._capture = capture and device.type == "cuda"
        self._calls = 0
        self.problem: str | None = None  # why it couldn't be captured

    def __call__(self) -> None:
        """One call.

        Raises:
            torch.OutOfMemoryError: if the device hasn't the memory.
        """
        if self._graph is None and self._capture and self._calls >= self._warm_up:
            self._try_capture()
        if self._graph is None:
            self._function()
        else:
            self._graph.replay()
        self._calls += 1

    def free(self) -> None:
        """Give the graph's memory back; later calls run as they are."""
        self._graph, self._capture = None, False

    def _try_capture(self) -> None:
        """Record the function; nothing is computed meanwhile."""
        graph = torch.cuda.CUDAGraph()
        torch.cuda.current_stream().synchronize()  # others' streams may go on
        free, total = torch.cuda.mem_get_info()
        if free < SCARCE * total:
            torch.cuda.empty_cache()
        try:
            graph.capture_begin(pool=self._pool, capture_error_mode="thread_local")
            try:
                self._function()
            finally:
                graph.capture_end()
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            self._capture, self.problem = False, str(error).splitlines()[0]
            torch.cuda.synchronize()
            return
        self._graph = graph


def graph_pool(device: torch.device) -> GraphPool | None:
    """Memory for several graphs; none on a CPU."""
    if device.type != "cuda":
        return None
    return torch.cuda.graph_pool_handle()


def side_stream(device: torch.device) -> "torch.cuda.StreamContext | _Nothing":
    """Work inside goes to a stream of its own, which capture asks for; nothing on a CPU."""
    if device.type != "cuda":
        return _Nothing()
    stream = torch.cuda.Stream(device)
    stream.wait_stream(torch.cuda.current_stream(device))
    return torch.cuda.stream(stream)


class _Nothing:
    """A context without effect."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def capture_state() -> str:
    """Whether a training step can be captured here, for `priorscope doctor`."""
    if not torch.cuda.is_available():
        return "no CUDA GPU: steps run as they are"
    device = torch.device("cuda")
    x = torch.ones(8, 8, device=device)
    weight = torch.ones(8, 8, device=device, requires_grad=True)
    result = torch.zeros(8, 8, device=device)

    def step() -> None:
        result.copy_(torch.autograd.grad((x @ weight).sum(), weight)[0])

    with side_stream(device):
        repeated = Repeated(step, device)
        for _ in range(WARM_UP + 1):
            repeated()
        torch.cuda.synchronize()
    if repeated.problem is not None:
        return f"steps run as they are: capture failed ({repeated.problem})"
    return "a training step is one CUDA graph"
