# Copyright (c) 2026 the esxvi authors. Distributed under the Boost Software License, Version 1.0.
# A client made of nothing but the description that the server serves.
# Usage: zeep_client.py PORT PASSWORD
import sys

import requests
import zeep

root = "http://127.0.0.1:%s/sdk" % sys.argv[1]
session = requests.Session()
session.trust_env = False
client = zeep.Client(root + "/vimService.wsdl", transport=zeep.Transport(session=session))
vim = client.service
vim._binding_options["address"] = root  # the description says "localhost"
new = client.type_factory("urn:vim25")


def reference(kind, value):
    return new.ManagedObjectReference(value, type=kind)


content = vim.RetrieveServiceContent(reference("ServiceInstance", "ServiceInstance"))
print("product:", content.about.fullName)
me = vim.Login(content.sessionManager, "root", sys.argv[2])
print("user:", me.userName)
machine = vim.FindByInventoryPath(content.searchIndex, "ha-datacenter/vm/test01")
objects = vim.RetrieveProperties(
    content.propertyCollector,
    [new.PropertyFilterSpec(
        propSet=[new.PropertySpec(type="VirtualMachine", pathSet=["name", "config.hardware"])],
        objectSet=[new.ObjectSpec(obj=machine)])])
values = {one.name: one.val for one in objects[0].propSet}
print("name:", values["name"])
hardware = values["config.hardware"]
print("memory:", hardware.memoryMB)
print("disks:", *[device.capacityInKB for device in hardware.device if hasattr(device, "capacityInKB")])
try:
    vim.FindByInventoryPath(reference("SearchIndex", "nothing"), "x")
except zeep.exceptions.Fault as fault:
    print("fault:", fault.message)
