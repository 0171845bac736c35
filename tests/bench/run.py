#!/usr/bin/python3
"""run.py BIN [NAME...]: runs the benches in the folder BIN; with names, those whose name starts with one of them.

Standard output has only lines of name, value and unit, separated by tabs; progress goes to standard error.
"""
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent


def say(text):
    print(text, file=sys.stderr, flush=True)


def report(name, value, unit):
    print(f"{name}\t{value}\t{unit}", flush=True)


def relay(command):
    """A bench that prints its lines itself."""
    subprocess.run(command, check=True)


def list_vms(binaries, vms, times, only=None):
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
            if only and client not in only:
                continue
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


def instructions(binaries):
    """Instructions of decoding and of bare expat on the same bytes, which no noise of a machine changes."""
    program = binaries / "bench_decode"
    with tempfile.TemporaryDirectory() as folder:
        reply = Path(folder, "reply.xml")
        subprocess.run([program, "--save", reply, "400"], check=True)

        def count(*what):
            out = Path(folder, "callgrind.out")
            subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, reply, *what],
                           check=True, stderr=subprocess.DEVNULL)
            return int(re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M)[1])

        # Reading the file is not decoding it: both read the same, the ratio is of what lies above.
        reading = count("read")
        expat, decode = count("expat") - reading, count("decode") - reading
        report("decode.expat.instructions", expat, "instructions")
        report("decode.esxvi.instructions", decode, "instructions")
        report("decode.instructions.ratio", round(decode / expat, 3), "x expat")


def tour(binaries):
    """The whole demo, as `./run demo` starts it when it is built."""
    if not (binaries / "tour").exists():
        return say("tour: is left out, the examples are not built")
    with tempfile.TemporaryDirectory() as folder:
        times = []
        for _ in range(3):
            begun = time.monotonic()
            subprocess.run([binaries / "tour"], cwd=folder, check=True, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL)
            times.append(time.monotonic() - begun)
        report("demo.tour", round(statistics.median(times), 2), "s")


def main():
    binaries = Path(sys.argv[1])
    wanted = sys.argv[2:]
    benches = {program.name.removeprefix("bench_"): lambda program=program: relay([program])
               for program in sorted(binaries.glob("bench_*")) if os.access(program, os.X_OK)}
    benches["decode_instructions"] = lambda: instructions(binaries)
    benches["list1000"] = lambda: list_vms(binaries, 1000, 7)
    benches["list10000"] = lambda: list_vms(binaries, 10000, 7)
    benches["list20000"] = lambda: list_vms(binaries, 20000, 3, ["esxvi_stream"])
    benches["tour"] = lambda: tour(binaries)
    benches["compile"] = lambda: relay(["/usr/bin/python3", HERE / "compile_time.py"])
    chosen = [name for name in benches if not wanted or any(name.startswith(want) for want in wanted)]
    if not chosen:
        sys.exit(f"no such bench; there are: {' '.join(benches)}")
    for name in chosen:
        say(f"==> {name}")
        benches[name]()


if __name__ == "__main__":
    main()
