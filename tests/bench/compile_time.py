#!/usr/bin/python3
"""What including esxvi costs: seconds and memory of the compiler, and the size of the program.

Prints lines of name, value and unit, separated by tabs. Seconds are user plus system time, the median of RUNS.
"""
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPILER = os.environ.get("CXX", "g++")
RUNS = 3


def report(name, value, unit):
    print(f"{name}\t{value}\t{unit}", flush=True)


def compile_once(arguments):
    """CPU seconds and peak memory of one compiler run (its children included)."""
    child = subprocess.Popen([COMPILER, "-std=c++20", f"-I{ROOT}/include", *arguments], cwd=ROOT)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"the compiler refused {arguments}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss


def measure(name, source, level, output, runs=RUNS):
    results = [compile_once([level, "-c", source, "-o", output]) for _ in range(runs)]
    report(f"compile.{name}.{level[1:]}", round(statistics.median(seconds for seconds, _ in results), 2), "s")
    report(f"compile.{name}.{level[1:]}.rss", int(statistics.median(rss for _, rss in results)), "KiB")


def main():
    with tempfile.TemporaryDirectory() as folder:
        made = os.path.join(folder, "made.o")
        example = "examples/list_domains.cpp"
        if (ROOT / example).exists():
            for level in ("-O0", "-O2"):
                measure("list_domains", example, level, made)
            program = os.path.join(folder, "list_domains")
            subprocess.run([COMPILER, made, "-s", "-lboost_url", "-lcurl", "-lexpat", "-pthread", "-o", program],
                           check=True)
            report("size.list_domains.O2.stripped", os.path.getsize(program), "bytes")

        def including(name, header, runs=RUNS):
            if (ROOT / "include" / header).exists():
                source = os.path.join(folder, f"{name}.cpp")
                Path(source).write_text(f"#include <{header}>\n", encoding="ascii")
                measure(name, source, "-O0", made, runs)

        including("esxvi", "esxvi/esxvi.hpp")
        for header in ("VirtualMachineConfigSpec", "VirtualMachine", "VirtualMachine_properties", "HostSystem"):
            including(f"types.{header}", f"esxvi/types/{header}.hpp")
        including("types.all", "esxvi/types/all.hpp", runs=1)  # minutes and gigabytes: once is enough


if __name__ == "__main__":
    main()
