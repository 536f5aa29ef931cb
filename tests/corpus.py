#!/usr/bin/env python3
"""Real issues before the checks, and their emails beside a bare rendering by cmark-gfm.

    python3 tests/corpus.py PROGRAM FOLDER... [--verdicts FILE] [--out FILE] [--no-html] [--differences 20]

PROGRAM is a release build; each FOLDER has issues as Markdown files with front matter. Needs Debian's package cmark-gfm.
Printed are, for each check, how many issues it speaks of, and how many findings are right of those that a person judged;
findings an issue; what is stopped; how heavy the HTML part is beside the bare rendering; and where the words or the addresses of
the two differ, beside the differences that docs/writing.md agrees on.

The sample of a check is its 50 findings with the smallest digests, so that it stays the same while the checks change; a line
that comes again in every issue is one.
`--verdicts` is the table of what a person judged; `--out` takes the findings of the sample that are not in it, each with its line.
"""

import argparse
import collections
import concurrent.futures
import functools
import hashlib
import html.parser
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.parse

SAMPLE = 50
CONFIG = """public_url = "https://news.example.org"
database = "sqlite://corpus.db"
secret_key_file = "secret.key"
[newsletters.week]
name = "The Week"
from = "The Week <week@news.example.org>"
postal_address = "1 Example Street, 10000 Example"
time_zone = "UTC"
allow_html = ALLOW_HTML
html_kb_max = 1024
[[relays]]
name = "sink"
host = "127.0.0.1"
port = 2525
tls = "none"
"""
GFM = ["cmark-gfm", "-e", "table", "-e", "strikethrough", "-e", "autolink", "-e", "footnotes", "--unsafe"]
SHOWN_BYTES = 102 * 1024
# What a mail program does not show, and what is not the issue's own.
SILENT = {"style", "script", "head", "title"}
# Letters that are set otherwise than they are typed: marks, dashes, primes, spaces.
SET = str.maketrans({
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "′": "'", "″": '"', "–": "-", "—": "-",
    "\u00a0": " ", "\u202f": " ", "\u200b": "", "\u2060": "", "\u200e": "", "\u200f": "", "\u2068": "", "\u2069": "",
})
ELEMENTS = set("""a abbr address article aside audio b bdi bdo big blockquote body br button caption center cite code col
    colgroup dd del details dfn dir div dl dt em embed fieldset figcaption figure font footer form frame h1 h2 h3 h4 h5 h6 head
    header hr html i iframe img input ins kbd label legend li link main map mark math menu meta nav noscript object ol optgroup
    option p param picture pre progress q rp rt ruby s samp script section select small source span strike strong style sub
    summary sup svg table tbody td template textarea tfoot th thead time title tr tt u ul var video wbr path""".split())
FOLLOWED = {"", "http", "https", "mailto", "tel", "sms"}


class Reader(html.parser.HTMLParser):
    """The words that are seen, and the addresses that are linked."""

    def __init__(self, unknown_tags_are_text):
        super().__init__(convert_charrefs=True)
        self.silent, self.words, self.links, self.as_text = 0, [], [], unknown_tags_are_text

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.silent += tag in SILENT
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "img":
            self.words.append(" ")
        typed = self.get_starttag_text()
        if self.as_text and (tag not in ELEMENTS or re.fullmatch(r"<[A-Z]\w*[a-z]\w*>", typed)):
            self.words.append(typed)

    def handle_endtag(self, tag):
        self.silent -= tag in SILENT

    def handle_data(self, text):
        if not self.silent:
            self.words.append(text)

    def said(self):
        text = "".join(self.words).translate(SET).replace("…", "...")
        return re.sub(r"-+", "-", re.sub(r"\s+", "", text))


def read(text, unknown_tags_are_text=False):
    reader = Reader(unknown_tags_are_text)
    reader.feed(text)
    reader.close()
    return reader.said(), set(map(same, reader.links))


def same(address):
    """An address as it is fetched: escaped or not, and however its host is spelled, it is the same."""
    address = urllib.parse.unquote(address.strip())
    found = re.match(r"(?i)([a-z][a-z0-9+.-]*:)//([^/?#]*)/*(.*)", address, re.S)
    if not found:
        return address.rstrip("/")
    scheme, host, rest = found.groups()
    rest = re.sub(r"/\.$", "", rest)
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        pass
    return f"{scheme.lower()}//{host.lower()}/{rest}".rstrip("/")


def body_of(page):
    """What stands between the heading and the footer, without standfirst, byline and closing line."""
    start = page.find("</h1>") + 5
    body = page[start:page.find('</td></tr>\n<tr><td class="card', start)]
    body = re.sub(r'^\s*(<p class="m" style="margin:0 0 (16|28)px 0.*?</p>\s*)+', "", body, flags=re.S)
    closing = body.rfind('<p class="m" lang=')
    return body if closing < 0 else body[:closing]


def differences(made, bare):
    """The agreed differences between the two, and what is left: other words, missing addresses."""
    agreed = []
    body = body_of(made)
    (ours, links), (theirs, wanted) = read(body), read(bare)
    if '<section class="footnotes"' in bare:
        agreed.append("footnotes")
        notes = body.rfind("<h2")
        body = body[:notes] + body[body.find("</h2>", notes) + 5:]
        ours, theirs = read(body)[0], re.sub(r"↩\d*", "", theirs)
        wanted = {to for to in wanted if not re.match(r"#fn(ref)?-", to)}
    if ours != theirs:
        as_text = re.sub(r"↩\d*", "", read(bare, True)[0])
        if ours.lower() == as_text.lower():
            agreed.append("tags that are none")
            theirs = ours
        elif re.sub("~", "", ours) == re.sub("~", "", theirs):
            agreed.append("a tilde by itself")
            theirs = ours
        elif re.sub(r"[][]", "", ours) == re.sub(r"[][]", "", theirs):
            agreed.append("where an address ends")
            theirs = ours
        elif ours == re.sub(r"<!-.*?->", "", theirs):
            agreed.append("comments with hyphens")
            theirs = ours
    left = wanted - links
    secure = {to for to in left if to.startswith("http://www.") and to.replace("http:", "https:", 1) in links}
    if secure:
        agreed.append("www. over https")
    ends = {to for to in left - secure if any(ends_earlier(to, ours) for ours in links)}
    if ends:
        agreed.append("where an address ends")
    names = {to for to in left if to.startswith("mailto:") and "@" + to[7:] in ours}
    if names:
        agreed.append("names with two @")
    amid = {to for to in left if any(before + to in ours for before in ("]:", "]("))}
    if amid:
        agreed.append("markup that failed")
    left -= secure | ends | names | amid
    unfollowed = {to for to in left if urllib.parse.urlsplit(to).scheme not in FOLLOWED}
    if unfollowed:
        agreed.append("schemes that mailboxes do not follow")
    return agreed, first_difference(ours, theirs) if ours != theirs else None, sorted(left - unfollowed)


def ends_earlier(theirs, ours):
    """Whether one is the beginning of the other, but for what belongs to the sentence."""
    return theirs.startswith(ours) and re.match(r"[>)\[\u3000-\u303f\uff00-\uffef\u4e00-\u9fff\u3040-\u30ff]", theirs[len(ours):])


def first_difference(ours, theirs):
    at = next((at for at, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
    return f"{ours[max(0, at - 30):at + 40]!r} | {theirs[max(0, at - 30):at + 40]!r}"


def run(program, home, file):
    """The findings, the email's HTML part or None, and the bare HTML."""
    checked = subprocess.run([program, "check", file, "--json"], cwd=home, capture_output=True, text=True)
    problems = json.loads(checked.stdout)["problems"]
    made = subprocess.run([program, "preview", file, "--html"], cwd=home, capture_output=True, text=True)
    source = pathlib.Path(file).read_text(encoding="utf-8", errors="replace")
    body = source.split("\n---\n", 1)[1]
    bare = subprocess.run(GFM, input=body, capture_output=True, text=True).stdout
    return file, problems, made.stdout if made.returncode == 0 else None, bare


def name_of(file):
    return "/".join(pathlib.Path(file).parts[-2:])


def digest(code, file, problem):
    return hashlib.sha256(f"{code} {name_of(file)} {problem['line']}".encode()).hexdigest()


class Corpus:
    """What was found in all issues."""

    def __init__(self):
        self.found, self.severity = collections.defaultdict(list), {}
        self.each, self.weights, self.large, self.stopped = [], [], [], 0
        self.agreed, self.words, self.links = collections.Counter(), [], []

    def add(self, file, problems, made, bare):
        self.each.append(sum(problem["severity"] == "warning" for problem in problems))
        for problem in problems:
            self.found[problem["code"]].append((file, problem))
            self.severity[problem["code"]] = problem["severity"]
        self.stopped += any(problem["severity"] == "error" for problem in problems)
        if made is None:
            return
        size = len(made.encode())
        self.weights.append(size / max(1, len(bare.encode())))
        if size > SHOWN_BYTES:
            self.large.append((size, file))
        agreed, words, links = differences(made, bare)
        self.agreed.update(agreed)
        if words:
            self.words.append((file, words))
        if links:
            self.links.append((file, links[:3]))

    def print(self, verdicts, shown):
        print(f"{len(self.each)} issues; {self.stopped} stopped; {len(self.weights)} compared")
        print(f"hints an issue: median {statistics.median(self.each)}, mean {statistics.mean(self.each):.2f}, most {max(self.each)}")
        tenths = statistics.quantiles(self.weights, n=10)
        print(f"HTML part beside the bare rendering: median {statistics.median(self.weights):.2f}, 9 of 10 up to {tenths[-1]:.2f}")
        print(f"over 102 KB: {len(self.large)}", *(f"{name_of(file)} {size}" for size, file in sorted(self.large)[-shown:]))
        print(f"other words in {len(self.words)}, missing addresses in {len(self.links)}; agreed: {dict(self.agreed)}")
        print("| check | severity | issues | share | right |\n| --- | --- | --- | --- | --- |")
        for code, all_of in sorted(self.found.items(), key=lambda item: -len({file for file, _ in item[1]})):
            issues = len({file for file, _ in all_of})
            judged = [verdicts[key] for file, problem in self.sample(code) if (key := key_of(code, file, problem)) in verdicts]
            right = f"{judged.count('right')} of {len(judged)}"
            print(f"| `{code}` | {self.severity[code]} | {issues} | {issues / len(self.each):.1%} | {right} |")
        for kind, all_of in (("WORDS", self.words), ("LINKS", self.links)):
            for file, difference in all_of[:shown]:
                print(f"{kind} {name_of(file)}: {difference}")

    def sample(self, code):
        """A line that stands in every issue is judged once."""
        chosen, seen = [], set()
        for file, problem in sorted(self.found[code], key=lambda one: digest(code, *one)):
            line = line_of(file, problem)
            if line not in seen and len(chosen) < SAMPLE:
                chosen.append((file, problem))
            seen.add(line)
        return chosen

    def write(self, path, verdicts):
        with open(path, "w", encoding="utf-8") as out:
            for code in sorted(self.found):
                for file, problem in self.sample(code):
                    if key_of(code, file, problem) in verdicts:
                        continue
                    line = line_of(file, problem)
                    near = line[max(0, problem["column"] - 120):problem["column"] + 200]
                    out.write(f"{code}\t{name_of(file)}\t{problem['line']}\t{problem['message']}\t{near}\n")


@functools.cache
def lines_of(file):
    return pathlib.Path(file).read_text(encoding="utf-8", errors="replace").split("\n")


def line_of(file, problem):
    lines = lines_of(file)
    return lines[problem["line"] - 1].strip() if problem["line"] <= len(lines) else ""


def key_of(code, file, problem):
    return code, name_of(file), problem["line"]


def verdicts_of(path):
    if not path:
        return {}
    rows = [line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8")][1:]
    return {(code, issue, int(line)): verdict for code, issue, line, _, verdict, _ in rows}


def home_of(allow_html):
    home = tempfile.mkdtemp(prefix="coranto-corpus-")
    pathlib.Path(home, "coranto.toml").write_text(CONFIG.replace("ALLOW_HTML", str(allow_html).lower()))
    key = pathlib.Path(home, "secret.key")
    key.write_text("1:" + os.urandom(32).hex() + "\n")
    key.chmod(0o600)
    return home


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--every", type=int, default=1, help="take each n-th issue")
    parser.add_argument("--verdicts")
    parser.add_argument("--out")
    parser.add_argument("--no-html", action="store_true", help="a newsletter that takes no HTML")
    parser.add_argument("--differences", type=int, default=0, help="print so many differences")
    options = parser.parse_args()
    program, home = os.path.abspath(options.program), home_of(not options.no_html)
    files = [os.path.abspath(file) for folder in options.folders for file in sorted(pathlib.Path(folder).glob("*.md"))]
    corpus, verdicts = Corpus(), verdicts_of(options.verdicts)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda file: run(program, home, file), files[:: options.every]):
            corpus.add(*found)
    corpus.print(verdicts, options.differences)
    if options.out:
        corpus.write(options.out, verdicts)
    return 0


sys.exit(main())
