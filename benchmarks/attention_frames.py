"""Frames of the attention viewer in headless Chromium, on a processor slowed down as a phone's is.

python benchmarks/attention_frames.py [rate]     # 4: a quarter of this machine's speed
"""

import itertools
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import CDPSession, Page, sync_playwright

from priorscope.core.attention_code import coded, decoded
from priorscope.report.attention_viewer import AttentionPage, Viewer

CHANGES = 120
ACTS = {  # what a person does from frame to frame; `k` counts them
    "nothing": "",
    "another word is pointed at": """document.querySelectorAll('.word')[(k * 7) % 128]
        .dispatchEvent(new PointerEvent('pointerenter'));""",
    "another layer by the slider": """const slider = document.querySelector('input[type=range]');
        slider.value = 1 + k % 12; slider.dispatchEvent(new Event('input'));""",
    "another head by the slider": """const head = document.querySelectorAll('input[type=range]')[1];
        head.value = 1 + k % 12; head.dispatchEvent(new Event('input'));""",
    "another patch of 14 x 14": """const canvas = document.querySelector('.image canvas');
        const box = canvas.getBoundingClientRect();
        const clientX = box.left + (k * 37) % box.width, clientY = box.top + (k * 23) % box.height;
        canvas.dispatchEvent(new PointerEvent('pointermove', { buttons: 1, clientX, clientY }));""",
    "scrolling": "window.scrollTo(0, 4 * k);",
}
FRAMES = """(count) => new Promise((done) => { const times = []; let k = 0;
    function frame(now) { times.push(now); if (k++ === count) return done(times); ACT
        requestAnimationFrame(frame); } requestAnimationFrame(frame); })"""


def main(rate: float) -> None:
    stream = np.random.default_rng(0)
    weights = np.exp(1.5 * stream.standard_normal((12, 12, 128, 128)))
    weights /= weights.sum(axis=-1, keepdims=True)
    codes = coded(weights)
    error = np.abs(decoded(codes) - weights).max()
    text = AttentionPage("text", (Viewer("text", codes, (1, 128), words=("word",) * 128),)).html()
    print(f"12 x 12 heads of 128 tokens: {len(text.encode()):,} bytes, largest error {error:.4f}")
    patches = np.exp(1.5 * stream.standard_normal((12, 12, 197, 197)))
    patches /= patches.sum(axis=-1, keepdims=True)
    image = Viewer("image", coded(patches), (14, 14), 1, (), stream.random((64, 64, 3)))
    pages = {"text": text, "image": AttentionPage("image", (image,)).html()}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for what, act in ACTS.items():
            kind = "image" if "patch" in what else "text"
            (Path(folder) / f"{kind}.html").write_text(pages[kind], encoding="utf-8")
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto((Path(folder) / f"{kind}.html").as_uri())
            page.locator("[data-ready=yes]").first.wait_for(state="attached")
            print(f"{what:28} {taken(page, act, rate)}", flush=True)
            page.close()
        browser.close()


def taken(page: Page, act: str, rate: float) -> str:
    """Milliseconds from frame to frame, and of the page's thread a frame, slowed down."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.wait_for_timeout(300)
    before = busy(devtools)
    times = page.evaluate(FRAMES.replace("ACT", act), CHANGES)
    spent = 1000 * (busy(devtools) - before) / CHANGES
    gaps = sorted(b - a for a, b in itertools.pairwise(times))
    late = sum(gap > 25 for gap in gaps)
    return (f"median {statistics.median(gaps):5.1f} ms, 95th percentile "
            f"{gaps[int(0.95 * len(gaps))]:5.1f} ms, {late} of {len(gaps)} late; "
            f"{spent:.1f} ms of the thread a frame")  # fmt: skip


def busy(devtools: CDPSession) -> float:
    """Seconds that the page's thread has worked."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(m["value"] for m in metrics if m["name"] == "TaskDuration")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 4.0)
