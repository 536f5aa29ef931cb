#!/usr/bin/env python3
"""Holds Cargo.lock against advisories of the RustSec database.

    advisories.py                 against the list beside this file, .ci/advisories.json
    advisories.py --list FOLDER   writes that list anew from a checkout of the database, for the crates in Cargo.lock

Exits with 1 when a version in Cargo.lock is one that an advisory names.
"""
import json
import pathlib
import re
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
LOCK = HERE.parent / "Cargo.lock"
LIST = HERE / "advisories.json"


def version(text):
    """A version as Cargo orders it: one before a release comes before it."""
    core, _, pre = text.split("+")[0].partition("-")
    numbers = [int(part) for part in core.split(".")]
    numbers += [0] * (3 - len(numbers))
    parts = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in pre.split(".")) if pre else ()
    return tuple(numbers), not pre, parts


def bounds(requirement):
    """The half-open or one-sided conditions that a requirement stands for."""
    for part in filter(None, (part.strip() for part in requirement.split(","))):
        sign, text = re.fullmatch(r"(>=|<=|>|<|=|\^|~)?\s*v?([0-9A-Za-z.+-]+)", part).groups()
        low = version(text)
        if sign in (">", ">=", "<", "<=", "="):
            yield sign, low
            continue
        numbers = [int(number) for number in re.match(r"\d+(\.\d+)*", text)[0].split(".")]
        if sign == "~":
            at = min(1, len(numbers) - 1)
        else:
            at = next((i for i, number in enumerate(numbers) if number), len(numbers) - 1)
        high = numbers[: at + 1]
        high[at] += 1
        yield ">=", low
        yield "<", ((*high, *[0] * (3 - len(high))), True, ())


def meets(found, requirement):
    tests = {
        ">": lambda limit: found > limit,
        ">=": lambda limit: found >= limit,
        "<": lambda limit: found < limit,
        "<=": lambda limit: found <= limit,
        "=": lambda limit: found == limit,
    }
    return all(tests[sign](limit) for sign, limit in bounds(requirement))


def locked():
    with LOCK.open("rb") as file:
        return [(package["name"], package["version"]) for package in tomllib.load(file)["package"]]


def write_list(folder):
    names = {name for name, _ in locked()}
    found = []
    for file in sorted(pathlib.Path(folder).glob("crates/*/RUSTSEC-*.md")):
        if file.parent.name not in names:
            continue
        front = re.match(r"```toml\n(.*?)```", file.read_text(encoding="utf-8"), re.S)[1]
        entry = tomllib.loads(front)
        advisory, versions = entry["advisory"], entry.get("versions", {})
        # Notices that a crate is no longer kept are for people to weigh; a withdrawn advisory is none.
        if "withdrawn" in advisory or advisory.get("informational") in ("unmaintained", "notice"):
            continue
        safe = versions.get("patched", []) + versions.get("unaffected", [])
        found.append({"id": advisory["id"], "crate": advisory["package"], "safe": safe})
    lines = ",\n".join(json.dumps(entry) for entry in found)
    LIST.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(found)} advisories on {len(names)} crates")


def main():
    if sys.argv[1:2] == ["--list"]:
        write_list(sys.argv[2])
        return
    advisories = json.loads(LIST.read_text(encoding="utf-8"))
    hits = 0
    for name, text in locked():
        for advisory in advisories:
            if advisory["crate"] == name and not any(meets(version(text), safe) for safe in advisory["safe"]):
                hits += 1
                print(f"{advisory['id']}: {name} {text}; safe are {', '.join(advisory['safe']) or 'none'}")
    print(f"{len(advisories)} advisories held against Cargo.lock, {hits} hit")
    sys.exit(hits > 0)


if __name__ == "__main__":
    main()
