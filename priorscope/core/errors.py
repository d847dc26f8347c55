"""Errors that the end of a command must know."""


class ClusterLost(ConnectionError):
    """The cluster's head is gone, and threads of its client wait for it.

    The process can't end in good order any more: Ray's client aborts it while it is taken down.
    """
