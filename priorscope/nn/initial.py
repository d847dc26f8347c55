"""First values of parameters, where torch's own are not the published ones."""

from torch import nn


def initialise(network: nn.Module) -> None:
    """Weights and embeddings normal with standard deviation 0.02; biases and padding zero."""
    for module in network.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
        if isinstance(module, nn.Embedding) and module.padding_idx is not None:
            nn.init.zeros_(module.weight[module.padding_idx])
