"""From estimates to one self-contained page; one file = one section."""

from priorscope.report.page import write_report
from priorscope.report.terminal import print_summary

__all__ = ["print_summary", "write_report"]
