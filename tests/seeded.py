#!/usr/bin/env python3
"""Seeds the bugs of tests/seeded, one at a time, in a copy of the tree, and looks whether the tests that it names fail.

    tests/seeded.py [--check] [NAME...]

With --check it only looks whether each patch applies. CORANTO_CARGO names another cargo. Prints a table; ends with 1 when
a bug is missed, and with 2 when a patch does not apply or what it makes does not build.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
CARGO = os.environ.get("CORANTO_CARGO", "cargo")


def head(patch):
    """What the first lines of a patch say: the bug, and filters of the tests that see it."""
    bug, tests = patch.read_text().splitlines()[:2]
    return bug.removeprefix("bug: "), tests.removeprefix("tests: ").split()


def apply(patch, tree, *options):
    command = ["patch", "-p1", "--batch", "--fuzz=0", *options, "-i", str(patch)]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    if done.returncode:
        print(f"{patch.stem} does not apply:\n{done.stdout}{done.stderr}", file=sys.stderr)
    return done.returncode == 0


def copy(tree):
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout.decode().split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)


def cargo(tree, *arguments):
    env = {"CARGO_TARGET_DIR": str(ROOT / "target"), **os.environ}
    return subprocess.run([CARGO, "test", "--lib", "--test", "it", *arguments], cwd=tree, env=env,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def touch(patch, tree):
    """Cargo goes by the times of files: what has just changed is newer than any build."""
    for line in patch.read_text().splitlines():
        if line.startswith("+++ b/"):
            (tree / line.removeprefix("+++ b/")).touch()


def is_caught(patch, tests, tree):
    """None when it cannot be said. The tree is as it was afterwards."""
    if not apply(patch, tree):
        return None
    touch(patch, tree)
    try:
        built = cargo(tree, "--no-run")
        if built.returncode:
            print(f"{patch.stem} does not build:\n{built.stdout[-3000:]}", file=sys.stderr)
            return None
        run = cargo(tree, "--no-fail-fast", "--", *tests)
        return any(line.startswith("test ") and line.endswith("FAILED") for line in run.stdout.splitlines())
    finally:
        apply(patch, tree, "--reverse")
        touch(patch, tree)


def main():
    arguments = sys.argv[1:]
    only_check = "--check" in arguments
    names = [argument for argument in arguments if argument != "--check"]
    patches = sorted((ROOT / "tests/seeded").glob("*.patch"))
    chosen = [patch for patch in patches if not names or patch.stem in names]
    if not chosen or len(chosen) < len(names):
        sys.exit("no such bug; there are " + ", ".join(patch.stem for patch in patches))
    if not all([apply(patch, ROOT, "--dry-run") for patch in chosen]):
        sys.exit(2)
    if only_check:
        print(f"{len(chosen)} patches apply")
        return
    print("| bug | caught by | caught |\n| --- | --- | --- |")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder)
        copy(tree)
        for patch in chosen:
            bug, tests = head(patch)
            caught = is_caught(patch, tests, tree)
            results.append(caught)
            word = {None: "error", True: "yes", False: "no"}[caught]
            print(f"| {bug} | {' '.join(tests)} | {word} |", flush=True)
    sys.exit(2 if None in results else 0 if all(results) else 1)


if __name__ == "__main__":
    main()
