"""Pack every Lambda into one zip and its template: staged, built by Chalice, guarded, compiled, the same bytes each time.

Run by ``make package`` with the Python of build/package-venv: Chalice writes that version into the template as the runtime.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STAGE = "live"
ARCHITECTURES = ("x86_64", "arm64")
ZIPPED_LIMIT, UNZIPPED_LIMIT = 150_000_000, 250_000_000
"""Bytes. What we allow the zip, which goes to Lambda by way of a bucket, and what Lambda takes unpacked:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

TROUBLE = ("Could not install dependencies", "Unable to import module")
"""What Chalice prints, and then ends with 0: https://github.com/aws/chalice/issues/1660"""


class NotPacked(Exception):
    """The package cannot be used; the text says why."""


def staged(work: Path, architecture: str) -> Path:
    """A copy of what is packed and of nothing else, so that no ``__pycache__`` of a test run and no cache of Chalice gets in."""
    stage = work / "stage"
    shutil.rmtree(work, ignore_errors=True)
    for folder in ("chalicelib", "infra/iam"):
        shutil.copytree(ROOT / folder, stage / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("app.py", "requirements.txt"):
        shutil.copy(ROOT / file, stage / file)
    config = json.loads((ROOT / ".chalice/config.json").read_text())
    config["stages"][STAGE]["lambda_architecture"] = architecture
    (stage / ".chalice").mkdir()
    (stage / ".chalice/config.json").write_text(json.dumps(config))
    return stage


def built(stage: Path, out: Path) -> None:
    """``chalice package`` of the stage into ``out``; raises NotPacked where it failed or only said that it did."""
    command = [str(Path(sys.executable).with_name("chalice")), "package", "--stage", STAGE, "--template-format", "yaml"]
    command += ["--merge-template", str(ROOT / "infra/resources.yaml"), str(out)]
    # the region is asked for and never written into the template
    environment = {"AWS_DEFAULT_REGION": "us-east-1", **os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=stage, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode or any(words in done.stdout for words in TROUBLE):
        raise NotPacked(f"chalice package: {done.stdout.strip()}")


def compiled(archive: Path, unpacked: Path) -> None:
    """Unpack ``archive`` and put the .pyc of every module beside it: Lambda's disk is read-only, so it could never keep them.

    Their validity hangs on no date (unchecked hash), and their bytes on no random order of sets.
    """
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(unpacked)
    command = [sys.executable, "-m", "compileall", "-q", "-s", str(unpacked), "-p", "/var/task"]
    command += ["--invalidation-mode", "unchecked-hash", str(unpacked)]
    done = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPacked(f"compileall: {done.stdout.strip()}{done.stderr.strip()}")


def zipped(unpacked: Path, archive: Path) -> int:
    """Write ``archive`` from the files, in order, with one date and one mode; gives their size in bytes."""
    size = 0
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file in sorted(path for path in unpacked.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(unpacked).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.external_attr, entry.compress_type = 0o100644 << 16, zipfile.ZIP_DEFLATED
            content = file.read_bytes()
            size += len(content)
            packed.writestr(entry, content)
    return size


def engine_of(unpacked: Path) -> str:
    """The engine that a bundle must name, as the packed code itself computes it."""
    command = [sys.executable, "-B", "-c"]
    command += ["from chalicelib.settings import engine_of as e; from pathlib import Path; print(e(Path('chalicelib')))"]
    return subprocess.run(command, cwd=unpacked, capture_output=True, text=True, check=True).stdout.strip()


def named(template: Path, engine: str) -> None:
    """Let the stack say as its output ``Engine`` what a policy must be approved for. Raises NotPacked."""
    text = template.read_text()
    opened = "\nOutputs:\n"
    if text.count(opened) != 1:
        raise NotPacked("the template has no Outputs; the name of the engine goes there")
    template.write_text(text.replace(opened, f"{opened}  Engine:\n    Value: {engine}\n"))


def package(out: Path, architecture: str) -> str:
    """Pack into ``out`` (sam.yaml, deployment.zip); gives the report. Raises NotPacked."""
    work = out.with_name(f"{out.name}-work")
    shutil.rmtree(out, ignore_errors=True)
    built(staged(work, architecture), out)
    archive, unpacked = out / "deployment.zip", work / "unpacked"
    compiled(archive, unpacked)
    unzipped = zipped(unpacked, archive)
    size, engine = archive.stat().st_size, engine_of(unpacked)
    shutil.rmtree(work)
    named(out / "sam.yaml", engine)
    if size > ZIPPED_LIMIT or unzipped > UNZIPPED_LIMIT:
        raise NotPacked(f"too large for Lambda: {size:,} bytes zipped, {unzipped:,} unzipped")
    return (
        f"{archive.name}: {size / 1e6:.1f} MB zipped, {unzipped / 1e6:.1f} MB unzipped, {architecture},"
        f" python{sys.version_info.major}.{sys.version_info.minor}\n"
        f"sha256: {hashlib.sha256(archive.read_bytes()).hexdigest()}\nengine: {engine}\n"
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="the folder to write")
    parser.add_argument("--architecture", choices=ARCHITECTURES, default=ARCHITECTURES[0])
    given = parser.parse_args()
    try:
        sys.stdout.write(package(given.out.resolve(), given.architecture))
    except NotPacked as error:
        sys.exit(f"not packed: {error}")


if __name__ == "__main__":
    main()
