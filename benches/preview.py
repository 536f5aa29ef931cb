#!/usr/bin/env python3
"""Save -> visible: how long after a save of the file the preview shows it in a real Chromium, in all views.

    cargo build --release && python3 benches/preview.py [PROGRAM] [SAVES] [SCREENSHOT]

Needs chromium and chromedriver. Prints each time, the median and the 95th percentile, in milliseconds.
"""
import base64, json, os, pathlib, statistics, subprocess, sys, tempfile, time, urllib.request

root = pathlib.Path(__file__).resolve().parent.parent
program = sys.argv[1] if len(sys.argv) > 1 else str(root / "target/release/coranto")
saves = int(sys.argv[2]) if len(sys.argv) > 2 else 20
screenshot = sys.argv[3] if len(sys.argv) > 3 else None
driver_url = "http://127.0.0.1:9517"


def ask(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(driver_url + path, data, {"content-type": "application/json"}, method=method)
    return json.load(urllib.request.urlopen(request))["value"]


with tempfile.TemporaryDirectory() as folder:
    subprocess.run([program, "-q", "init", "--name", "The Week", "--from", "week@news.example.com", "--address",
                    "1 Example Street", "--slug", "week"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    essay = sorted((root / "issues").glob("*.md"))[-1].read_text()
    issue = pathlib.Path(folder, "issues/2026-11-27-an-essay.md")
    issue.write_text(essay)
    preview = subprocess.Popen([program, "preview", str(issue), "--port", "8127"], cwd=folder,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    driver = subprocess.Popen(["chromedriver", "--port=9517"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for address in (driver_url + "/status", "http://127.0.0.1:8127/"):
            for _ in range(100):
                try:
                    urllib.request.urlopen(address)
                    break
                except OSError:
                    time.sleep(0.1)
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1680,1000"]}
        session = ask("POST", "/session", {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}})
        base = "/session/" + session["sessionId"]
        run = lambda script: ask("POST", base + "/execute/sync", {"script": script, "args": []})
        ask("POST", base + "/url", {"url": "http://127.0.0.1:8127/"})
        shown = "return document.documentElement.dataset.shown || ''"
        while not run(shown):
            time.sleep(0.1)
        # The page's own clock is the machine's: it notes when all views stand.
        run("""window.times = []; new MutationObserver(() => window.times.push(Date.now()))
               .observe(document.documentElement, {attributes: true, attributeFilter: ['data-shown']});""")
        run("document.querySelector('[data-view=light] iframe').contentWindow.scrollTo(0, 400)")
        times = []
        for number in range(saves):
            time.sleep(0.3)
            before = len(run("return window.times"))
            saved = time.time() * 1000
            part = pathlib.Path(folder, "issues/.part")
            part.write_text(essay.replace("\n\n", f"\n\nSave {number}. ", 1) + f"\n\nSave {number}.\n")
            os.replace(part, issue)
            while len(run("return window.times")) == before:
                time.sleep(0.01)
            times.append(run("return window.times")[before] - saved)
        place = run("return document.querySelector('[data-view=light] iframe').contentWindow.scrollY")
        last = run("return document.querySelector('[data-view=light] iframe').contentDocument.body.textContent")
        assert f"Save {saves - 1}." in last, "the last save is not shown"
        assert place == 400, f"the place was lost: {place}"
        print("ms:", " ".join(f"{time:.0f}" for time in times))
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, at most {max(times):.0f} ms, {saves} saves")
        if screenshot:
            pathlib.Path(screenshot).write_bytes(base64.b64decode(ask("GET", base + "/screenshot")))
        ask("DELETE", base)
    finally:
        driver.terminate()
        preview.terminate()
