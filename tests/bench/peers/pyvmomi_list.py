#!/usr/bin/python3
"""pyvmomi_list.py URL USER PASSWORD: all virtual machines with some properties, as pyvmomi's users write it.

Prints one JSON line: how many there were, and what this process used of CPU and memory.
"""
import json
import resource
import sys
from urllib.parse import urlparse

from pyVim.connect import Disconnect, SmartConnectNoSSL
from pyVmomi import vim, vmodl

PATHS = ["name", "summary", "config.hardware", "runtime", "guest"]


def main(url, user, password):
    place = urlparse(url)
    instance = SmartConnectNoSSL(host=place.hostname, port=place.port, user=user, pwd=password)
    content = instance.RetrieveContent()
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)

    collector = vmodl.query.PropertyCollector
    spec = collector.FilterSpec(
        objectSet=[
            collector.ObjectSpec(
                obj=view,
                skip=True,
                selectSet=[collector.TraversalSpec(name="view", type=vim.view.ContainerView, path="view", skip=False)],
            )
        ],
        propSet=[collector.PropertySpec(type=vim.VirtualMachine, pathSet=PATHS, all=False)],
    )
    rows = []
    page = content.propertyCollector.RetrievePropertiesEx([spec], collector.RetrieveOptions())
    while page:
        rows += [{change.name: change.val for change in found.propSet} for found in page.objects]
        if not page.token:
            break
        page = content.propertyCollector.ContinueRetrievePropertiesEx(page.token)
    view.Destroy()
    Disconnect(instance)

    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"client": "pyvmomi", "vms": len(rows), "cpu_seconds": round(used.ru_utime + used.ru_stime, 4),
                      "max_rss_kib": used.ru_maxrss}))


if __name__ == "__main__":
    main(*sys.argv[1:4])
