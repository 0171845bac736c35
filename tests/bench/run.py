#!/usr/bin/python3
"""run.py BIN [NAME...]: runs the benches in the folder BIN; with names, those whose name starts with one of them.

Standard output has only lines of name, value and unit, separated by tabs; progress goes to standard error.
"""
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def say(text):
    print(text, file=sys.stderr, flush=True)


def report(name, value, unit):
    print(f"{name}\t{value}\t{unit}", flush=True)


def relay(command):
    """A bench that prints its lines itself."""
    subprocess.run(command, check=True)


def list_vms(binaries, vms, times):
    """CPU time and memory of each client that lists the virtual machines of the simulator, median of some runs."""
    clients = {
        "floor": [binaries / "list_floor"],
        "esxvi": [binaries / "list_esxvi"],
        "esxvi_stream": [binaries / "list_esxvi", "--stream"],
        "govmomi": [binaries / "govmomi_list"],
        "pyvmomi": ["/usr/bin/python3", HERE / "peers/pyvmomi_list.py"],
    }
    password = "bench"
    server = subprocess.Popen([binaries / "vcsim", "-vm", str(vms // 2), "-password", password],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().strip()
        for client, command in clients.items():
            if client != "pyvmomi" and not command[0].exists():
                say(f"list: {client} is left out, {command[0].name} is not built")
                continue
            runs = []
            for _ in range(times):
                done = subprocess.run([*command, url, "root", password], check=True, stdout=subprocess.PIPE)
                runs.append(json.loads(done.stdout))
                if runs[-1]["vms"] != vms:
                    raise RuntimeError(f"{client} found {runs[-1]['vms']} virtual machines instead of {vms}")
            report(f"list{vms}.{client}.cpu", round(statistics.median(run["cpu_seconds"] for run in runs), 4), "s")
            report(f"list{vms}.{client}.rss", int(statistics.median(run["max_rss_kib"] for run in runs)), "KiB")
    finally:
        server.stdin.close()
        server.wait()


def main():
    binaries = Path(sys.argv[1])
    wanted = sys.argv[2:]
    benches = {program.name.removeprefix("bench_"): lambda program=program: relay([program])
               for program in sorted(binaries.glob("bench_*")) if os.access(program, os.X_OK)}
    benches["list1000"] = lambda: list_vms(binaries, 1000, 5)
    benches["list10000"] = lambda: list_vms(binaries, 10000, 3)
    benches["compile"] = lambda: relay(["/usr/bin/python3", HERE / "compile_time.py"])
    chosen = [name for name in benches if not wanted or any(name.startswith(want) for want in wanted)]
    if not chosen:
        sys.exit(f"no such bench; there are: {' '.join(benches)}")
    for name in chosen:
        say(f"==> {name}")
        benches[name]()


if __name__ == "__main__":
    main()
