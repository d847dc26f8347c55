import os

import torch

torch.set_num_threads(1)  # xdist gives each core a process of its own
os.environ.setdefault("NO_COLOR", "1")
