"""`python -m priorscope`: the command line without the installed script."""

from priorscope.cli import main

main()
