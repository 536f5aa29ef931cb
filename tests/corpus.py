#!/usr/bin/env python3
"""Real issues before the checks, and their emails beside a bare rendering by cmark-gfm.

    python3 tests/corpus.py PROGRAM FOLDER... [--sample 50] [--out FILE]

PROGRAM is a release build; each FOLDER has issues as Markdown files with front matter. Needs Debian's package cmark-gfm.
Printed are, for each check, how many issues and how many findings it has; findings an issue; what is stopped; how heavy
the HTML part is beside the bare rendering; and where the words or the addresses of the two differ. `--out` keeps a sample
of each check's findings with their lines, to be judged by a person.
"""

import argparse
import collections
import concurrent.futures
import html.parser
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.parse

CONFIG = """public_url = "https://news.example.org"
database = "sqlite://corpus.db"
secret_key_file = "secret.key"
[newsletters.week]
name = "The Week"
from = "The Week <week@news.example.org>"
postal_address = "1 Example Street, 10000 Example"
time_zone = "UTC"
allow_html = true
html_kb_max = 1024
[[relays]]
name = "sink"
host = "127.0.0.1"
port = 2525
tls = "none"
"""
# What a mail program does not show, and what is not the issue's own.
SILENT = {"style", "script", "head", "title"}
# Letters that are set otherwise than they are typed: marks, dashes, primes, spaces.
SET = str.maketrans({
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "′": "'", "″": '"', "–": "-", "—": "-",
    "\u00a0": " ", "\u202f": " ", "\u200b": "", "\u2060": "", "\u200e": "", "\u200f": "", "\u2068": "", "\u2069": "",
})


class Reader(html.parser.HTMLParser):
    """The words that are seen, and the addresses that are linked."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.silent, self.words, self.links = 0, [], []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in SILENT:
            self.silent += 1
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "img":
            self.words.append(" ")

    def handle_endtag(self, tag):
        self.silent -= tag in SILENT

    def handle_data(self, text):
        if not self.silent:
            self.words.append(text)

    def said(self):
        text = "".join(self.words).translate(SET).replace("…", "...")
        return re.sub(r"-+", "-", re.sub(r"\s+", "", text))


def read(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader.said(), collections.Counter(map(same, reader.links))


def same(address):
    """An address as it is fetched: escaped or not, it is the same."""
    return urllib.parse.unquote(address.strip()).rstrip("/")


def body_of(page):
    """What stands between the heading and the footer, without standfirst, byline and closing line."""
    start = page.find("</h1>") + 5
    body = page[start:page.find('</td></tr>\n<tr><td class="card', start)]
    body = re.sub(r'^\s*(<p class="m" style="margin:0 0 (16|28)px 0.*?</p>\s*)+', "", body, flags=re.S)
    closing = body.rfind('<p class="m" lang=')
    return body if closing < 0 else body[:closing]


def run(program, home, file):
    """The findings, the email's HTML part or None, and the bare HTML."""
    checked = subprocess.run([program, "check", file, "--json"], cwd=home, capture_output=True, text=True)
    problems = json.loads(checked.stdout)["problems"]
    made = subprocess.run([program, "preview", file, "--html"], cwd=home, capture_output=True, text=True)
    source = pathlib.Path(file).read_text(encoding="utf-8", errors="replace")
    body = source.split("\n---\n", 1)[1]
    options = ["-e", "table", "-e", "strikethrough", "-e", "autolink", "-e", "footnotes", "--unsafe"]
    bare = subprocess.run(["cmark-gfm", *options], input=body, capture_output=True, text=True).stdout
    return file, problems, made.stdout if made.returncode == 0 else None, bare


def first_difference(ours, theirs):
    at = next((at for at, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
    return f"{ours[max(0, at - 30):at + 40]!r} | {theirs[max(0, at - 30):at + 40]!r}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--sample", type=int, default=50)
    parser.add_argument("--every", type=int, default=1, help="take each n-th issue")
    parser.add_argument("--out")
    parser.add_argument("--differences", type=int, default=0, help="print so many differences")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    home = tempfile.mkdtemp(prefix="coranto-corpus-")
    pathlib.Path(home, "coranto.toml").write_text(CONFIG)
    key = pathlib.Path(home, "secret.key")
    key.write_text("1:" + os.urandom(32).hex() + "\n")
    key.chmod(0o600)
    files = [os.path.abspath(file) for folder in options.folders for file in sorted(pathlib.Path(folder).glob("*.md"))]
    files = files[:: options.every]
    found, severity, each, weights, clipped = collections.defaultdict(list), {}, [], [], 0
    stopped, unlike, unlinked, compared = [], [], [], 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, problems, made, bare in pool.map(lambda file: run(program, home, file), files):
            warnings = [problem for problem in problems if problem["severity"] == "warning"]
            each.append(len(warnings))
            for problem in problems:
                found[problem["code"]].append((file, problem))
                severity[problem["code"]] = problem["severity"]
            errors = [problem for problem in problems if problem["severity"] == "error"]
            if errors:
                stopped.append((file, errors[0]))
            if made is None:
                continue
            clipped += len(made) > 102 * 1024
            weights.append(len(made.encode()) / max(1, len(bare.encode())))
            compared += 1
            (ours, links), (theirs, wanted) = read(body_of(made)), read(bare)
            if ours != theirs:
                unlike.append((file, first_difference(ours, theirs)))
            if set(wanted) - set(links):
                unlinked.append((file, sorted(set(wanted) - set(links))[:3]))
    print(f"{len(files)} issues; {len(stopped)} stopped; {compared} compared; {clipped} over 102 KB")
    print(f"warnings an issue: median {statistics.median(each)}, mean {statistics.mean(each):.2f}, most {max(each)}")
    print(f"HTML part beside the bare rendering: median {statistics.median(weights):.2f}, most {max(weights):.1f}")
    print(f"other words in {len(unlike)}, missing addresses in {len(unlinked)}")
    print("| check | severity | issues | share | findings |\n| --- | --- | --- | --- | --- |")
    for code, all_of in sorted(found.items(), key=lambda item: -len(item[1])):
        issues = len({file for file, _ in all_of})
        print(f"| `{code}` | {severity[code]} | {issues} | {issues / len(files):.1%} | {len(all_of)} |")
    for file, difference in unlike[: options.differences]:
        print(f"WORDS {os.path.basename(os.path.dirname(file))}/{os.path.basename(file)}: {difference}")
    for file, missing in unlinked[: options.differences]:
        print(f"LINKS {os.path.basename(os.path.dirname(file))}/{os.path.basename(file)}: {missing}")
    if options.out:
        dice = random.Random(1)
        with open(options.out, "w", encoding="utf-8") as out:
            for code, all_of in sorted(found.items()):
                for file, problem in dice.sample(all_of, min(options.sample, len(all_of))):
                    lines = pathlib.Path(file).read_text(encoding="utf-8", errors="replace").split("\n")
                    line = lines[problem["line"] - 1][:300] if problem["line"] <= len(lines) else ""
                    out.write(f"{code}\t{file}:{problem['line']}:{problem['column']}\t{problem['message']}\t{line}\n")
    return 0


sys.exit(main())
