"""English of the local page (`priorscope ui`) and of pages with several data sets."""

UI: dict[str, str] = {
    # In the terminal
    "ui.open": "The page is open on this machine; Ctrl-C ends it. The address is a key: keep it.",
    "ui.ended": (
        "The page is closed. Comparisons that ran here were stopped; the page resumes them. "
    ),
    # Who may not ask
    "ui.refused.host": "This address isn't this server's; open the one that it printed.",
    "ui.refused.origin": "Requests from other pages are refused.",
    "ui.refused.token": "The key in this address isn't right; open the address that was printed.",
    # The frame
    "ui.title": "Comparisons",
    "ui.skip": "Skip to the content",
    "ui.problem": "This didn't work",
    "ui.back": "All comparisons",
    # The list
    "ui.comparisons": "All comparisons",
    "ui.empty": (
        "No comparison is here yet. Start one from a file, or run `priorscope compare` in a shell "
        "and reload this page."
    ),
    "ui.no_pick": "no answer yet",
    "ui.column.state": "State",
    "ui.column.score": "Judged by",
    "ui.column.when": "When",
    "ui.column.side": "Choose two",
    "ui.choose": "Choose {name} for a view of two",
    "ui.side": "Two side by side",
    "ui.side.with": "Beside",
    "ui.side.choose": "another comparison",
    "ui.side.two": "Choose two comparisons in the list.",
    "ui.pages": "Other pages",
    "ui.page.profile": "Profile",
    "ui.page.attention": "Attention",
    "ui.page.claims-book": "Claims",
    # States
    "ui.state.starting": "reading",
    "ui.state.running": "running",
    "ui.state.ending": "ending",
    "ui.state.finished": "finished",
    "ui.state.stopped": "stopped",
    "ui.state.failed": "failed",
    "ui.state.starting.long": "The data are being read.",
    "ui.state.running.long": "{n} runs are done.",
    "ui.state.ending.long": "The runs are done; the report is being made.",
    "ui.state.finished.long": "{n} runs are stored.",
    "ui.state.stopped.long": "{n} runs are stored; the same command continues.",
    "ui.state.failed.long": "{n} runs are stored.",
    # A new comparison
    "ui.new": "New comparison",
    "ui.drop": "Drop a file here, or click to choose one",
    "ui.drop.kinds": (
        "A table, texts, arrays or series, or images in a .zip with a folder per class "
    ),
    "ui.path": "Or a path on this machine, or the name of a built-in data set",
    "ui.path.hint": "A folder of images stays where it is. Built in: digits, mnist1d, diabetes.",
    "ui.look": "Show what is read",
    "ui.read": "What was read",
    "ui.target": "Target: the column to predict",
    "ui.target.ask": "Which column holds the labels? No name says it.",
    "ui.target.none": "Choose a column",
    "ui.settings": "Compare",
    "ui.preset": "How thorough",
    "ui.preset.quick": "quick: two minutes, up to 1,500 labels",
    "ui.preset.standard": "standard: ten minutes, up to 10,000 labels",
    "ui.preset.thorough": "thorough: no time limit",
    "ui.budget": "Time for everything, if another",
    "ui.learners": "Models, if not the usual ones",
    "ui.learners.hint": "Separated by commas; `priorscope ls learners` lists them.",
    "ui.start": "Start",
    # One comparison
    "ui.report": "Full report",
    "ui.stop": "Stop",
    "ui.resume": "Resume",
    "ui.continue": "Continue",
    "ui.again": "Run again",
    "ui.command": "The same in a shell",
    "ui.models": "Models",
    "ui.waiting": "The first results will appear here.",
    "ui.nothing": "No model has finished a run.",
    "ui.so_far": "So far",
    "ui.so_far.headline": "{learner} is ahead: {metric} {value} at {n} labels.",
    "ui.so_far.only": "{learner} was first: {metric} {value} at {n} labels.",
    "ui.so_far.note": "Means of the runs so far, without intervals; the answer comes at the end.",
    "ui.script.sending": "Copying {name} …",
    "ui.script.reading": "Reading the data …",
    "ui.script.starting": "Starting …",
    "ui.script.stopping": "Stopping …",
    "ui.script.lost": "The server doesn't answer. If it was ended, start `priorscope ui` again.",
    # A picture to share
    "share.card": "Card to share",
    # Several data sets
    "several.title": "{n} data sets",
    "several.data": "Data set",
    "several.grid": "Data set by model",
    "several.explain": (
        "The score of each model on each data set, with its interval. The darker a cell, the "
        "nearer to the best of its row."
    ),
    "several.at": "{n} labels",
    "several.pick": "pick",
    "several.report": "Full report",
}
