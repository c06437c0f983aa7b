"""Worker processes, started and ended by a test."""

import subprocess
import sys
import time

import httpx2

from app.settings import ROOT


class Worker:
    def __init__(self, folder, fake, number):
        self.errors = (folder / f"worker-{number}.log").open("w+b")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.web.wechat.worker", str(folder), fake.url],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
        )  # fmt: skip

    def __enter__(self):
        return self

    def ready(self):
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        for _ in range(600):
            try:
                if httpx2.get(f"{self.url}/readyz").status_code == 200:
                    return self
            except httpx2.HTTPError:
                pass
            time.sleep(0.05)
        raise AssertionError("the worker did not become ready")

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()
        self.errors.close()

    def log(self):
        self.errors.seek(0)
        return self.errors.read().decode()
