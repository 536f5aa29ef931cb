#!/usr/bin/env python3
"""Lays a folder of rendered mails before judges that were written without knowledge of this program.

usage: judge.py FOLDER CACHE

FOLDER has a NAME.html and a NAME.eml for each mail, and dkim.txt with the value of the signing key's DNS record. CACHE
is for what rspamd compiles when it is started for the first time. A judge that is missing is skipped with a word; when
CORANTO_REQUIRE names `judges` it is a failure. Ends with 1 when something failed.
"""

import concurrent.futures
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[2] / "shared" / "judges"
# What SpamAssassin says of any mail that it gets from a file.
SPAMASSASSIN_ALLOWED = {"NO_RECEIVED", "NO_RELAYS", "HTML_MESSAGE"}
# Of the document for Outlook alone, and of one name that every mail has.
VNU_ALLOWED = r".*(mso-|supported-color-schemes|xmlns:).*"
RSPAMD = "127.0.0.1:21333"
# Rules that are told even where the sum is still good.
RSPAMD_REFUSED = re.compile(r"URI_COUNT_ODD|R_PARTS_DIFFER|ZERO_FONT|SUBJ_")
# What a judge of newsletters asks of every mail and cannot ask of these, by the beginning of their names
# (docs/decisions/0024-mails-that-cannot-be-left.md).
LIST_FIELDS = {
    "exactly one List-ID",
    "exactly one List-Unsubscribe",
    "exactly one List-Unsubscribe-Post",
    "RFC 8058 one-click value",
    "List-Unsubscribe has an https URI",
}
# What one asked for, one at a time, is no mail of the list; the link to leave is in both parts all the same.
EXCUSED = {f"{kind}-": LIST_FIELDS for kind in ("confirmation", "notice", "link", "data", "old-address")}
# It goes to an address that another reader named: a link to leave would unsubscribe that reader.
EXCUSED["new-address-"] = LIST_FIELDS | {"unsubscribe link in both parts"}
# Nothing says how wide a picture of another server is; a guessed width would blow an icon up to the column.
EXCUSED["images"] = {"every img has alt and width"}
# Images within a mail make its HTML part a multipart/related, inside the alternative; the rule knows two parts only.
EXCUSED |= {
    f"{kind}-embedded": {"multipart/alternative: plain first, HTML last"}
    for kind in ("confirmation", "issue", "notice", "welcome")
}
# The first start takes longest.
RSPAMD_START_SECONDS = 120
# judge.mjs starts a browser; more than cores would only make them wait.
AT_ONCE = 2


class Missing(Exception):
    """A judge that is not on this machine."""


def need(program):
    found = shutil.which(program)
    if not found:
        raise Missing(f"{program} is not installed")
    return found


def package(name):
    if not (HERE / "node_modules" / name).exists():
        raise Missing(f"the npm package {name} is not installed: run `sh tests/judges.sh --install`")
    return HERE / "node_modules" / name


def shared(name):
    if not (SHARED / name).is_file():
        raise Missing(f"there is no shared/judges/{name} beside the project")
    return SHARED / name


def run(command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, errors="replace", **options)


class Court:
    """The mails, and what was said of them."""

    def __init__(self, folder, cache):
        self.cache = cache
        self.pages = sorted(folder.glob("*.html"))
        self.mails = sorted(folder.glob("*.eml"))
        self.record = (folder / "dkim.txt").read_bytes().strip()
        self.failures = 0
        if not self.mails or [m.stem for m in self.mails] != [p.stem for p in self.pages]:
            sys.exit(f"{folder} should have an .html and an .eml for each mail")

    def say(self, judge, file, faults):
        faults = list(faults)
        self.failures += bool(faults)
        for fault in faults:
            print(f"FAIL {judge} {file.stem}: {fault}")

    def browser(self):
        """Shape, mail programs' abilities, html-validate, axe and reflow."""
        script, chromium, node = shared("judge.mjs"), need("chromium"), need("node")
        for name in ("caniemail", "html-validate", "axe-core", "puppeteer-core"):
            package(name)
        judge = lambda page: run([node, script, page, chromium], cwd=HERE)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for page, ended in zip(self.pages, pool.map(judge, self.pages)):
                told = [line for line in ended.stdout.splitlines() if re.match(r"FAIL (?!.*: \d+ failed$)", line)]
                faults = [line for line in told if not excused(page, line)]
                self.say("judge.mjs", page, faults or ([ended.stderr] if ended.returncode and not told else []))

    def message(self):
        """The message as a whole, by Python's own parser."""
        script = shared("message_checks.py")
        for mail in self.mails:
            ended = run([sys.executable, script, mail])
            told = [line for line in ended.stdout.splitlines() if re.match(r"FAIL (?!\d+ failed)", line)]
            faults = [line for line in told if not excused(mail, line)]
            self.say("message_checks.py", mail, faults or ([ended.stderr] if ended.returncode and not told else []))

    def spamassassin(self):
        program = need("spamassassin")
        with tempfile.TemporaryDirectory() as home:
            ended = run([program, "-L", "-t", "-x", *self.mails], env={**os.environ, "HOME": home})
        verdicts = re.findall(r"^X-Spam-Status: .*(?:\n[ \t].*)*", ended.stdout, re.M)
        if len(verdicts) != len(self.mails):
            sys.exit(f"spamassassin gave {len(verdicts)} verdicts on {len(self.mails)} mails: {ended.stderr}")
        for mail, verdict in zip(self.mails, verdicts):
            verdict = re.sub(r"\s+", " ", verdict)
            score = float(re.search(r"score=(-?[\d.]+)", verdict)[1])
            rules = set(re.search(r"tests=(.*?) autolearn=", verdict)[1].replace(" ", "").split(","))
            extra = sorted(rules - SPAMASSASSIN_ALLOWED)
            self.say("spamassassin", mail, [f"{score}: {', '.join(extra)}"] if score > 0 or extra else [])

    def rspamd(self):
        script = shared("rspamd-offline.sh")
        need("rspamd")
        client = need("rspamc")
        lab = self.cache / "rspamd"
        lab.mkdir(parents=True, exist_ok=True)
        # Its port is fixed: one run after the other on one machine.
        with open(Path(tempfile.gettempdir()) / "coranto-rspamd.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            log = open(lab / "started.log", "w")
            server = subprocess.Popen(["bash", script], env={**os.environ, "LAB": str(lab)}, stdout=log, stderr=log)
            try:
                self.wait_for_rspamd(client, server, lab)
                for mail in self.mails:
                    self.say("rspamd", mail, rspamd_faults(self.ask_rspamd(client, mail)))
            finally:
                server.terminate()
                server.wait()

    def ask_rspamd(self, client, mail):
        sender = ["--ip", "192.0.2.10", "--hostname", "mail.post.example.com", "--helo", "mail.post.example.com"]
        return run([client, "-h", RSPAMD, "--json", *sender, "--from", "post@post.example.com", mail])

    def wait_for_rspamd(self, client, server, lab):
        until = time.monotonic() + RSPAMD_START_SECONDS
        while self.ask_rspamd(client, self.mails[0]).returncode:
            if server.poll() is not None or time.monotonic() > until:
                sys.exit("rspamd did not start:\n" + (lab / "started.log").read_text()[-2000:])
            time.sleep(0.5)

    def vnu(self):
        """The checker of the W3C, all pages at once."""
        java = need("java")
        jar = package("vnu-jar") / "build/dist/vnu.jar"
        options = ["--stdout", "--errors-only", "--format", "json", "--filterpattern", VNU_ALLOWED]
        ended = run([java, "-jar", jar, *options, *self.pages])
        told = json.loads(ended.stdout)["messages"]
        for page in self.pages:
            of_page = [one for one in told if one.get("url", "").endswith("/" + page.name)]
            self.say("vnu", page, (f"line {one.get('lastLine')}: {one['message']}" for one in of_page))

    def dkim(self):
        try:
            import dkim
        except ImportError:
            raise Missing("dkimpy is not installed: run `sh tests/judges.sh --install`") from None
        for mail in self.mails:
            good = dkim.verify(mail.read_bytes(), dnsfunc=lambda name, timeout=5: self.record)
            self.say("dkimpy", mail, [] if good else ["the signature is not good"])


def excused(mail, line):
    """Whether a failed line is one that cannot hold for this mail."""
    return any(mail.stem.startswith(begin) and any(line.startswith(f"FAIL {rule}") for rule in rules)
               for begin, rules in EXCUSED.items())


def rspamd_faults(ended):
    if ended.returncode:
        return [ended.stderr]
    verdict = json.loads(ended.stdout)
    counted = {name: one["score"] for name, one in verdict["symbols"].items() if one["score"] > 0}
    refused = [name for name in verdict["symbols"] if RSPAMD_REFUSED.search(name)]
    return [f"{verdict['score']}: {counted} {refused}"] if verdict["score"] > 0 or refused else []


def main():
    court = Court(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
    required = "judges" in (name.strip() for name in os.environ.get("CORANTO_REQUIRE", "").split(","))
    heard = []
    for judge in (court.message, court.dkim, court.spamassassin, court.rspamd, court.vnu, court.browser):
        started = time.monotonic()
        try:
            judge()
            heard.append(f"{judge.__name__} in {time.monotonic() - started:.0f} s")
        except Missing as missing:
            print(f"{'FAIL' if required else 'skipped:'} {judge.__name__}: {missing}")
            court.failures += required
    print(f"{len(court.mails)} mails, heard: {', '.join(heard) or 'nobody'}; {court.failures} failed")
    sys.exit(bool(court.failures))


if __name__ == "__main__":
    main()
