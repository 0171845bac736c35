# Drives a server with pyvmomi and prints what it found, one fact a line: pyvmomi_client.py PORT
import ssl
import sys

from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import vim, vmodl

Spec = vmodl.query.PropertyCollector


def tell(name, value):
    print(f"{name}: {value}", flush=True)


def read(collector, obj, paths=None):
    wanted = Spec.PropertySpec(type=type(obj), all=not paths, pathSet=paths or [])
    spec = Spec.FilterSpec(objectSet=[Spec.ObjectSpec(obj=obj)], propSet=[wanted])
    return {p.name: p.val for p in collector.RetrieveContents([spec])[0].propSet}


def main():
    context = ssl._create_unverified_context()
    si = SmartConnect(host="127.0.0.1", port=int(sys.argv[1]), user="root", pwd="esxvi", sslContext=context)
    content = si.RetrieveContent()
    tell("product", content.about.fullName)
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    vms = {vm.name: vm for vm in view.view}
    tell("machines", " ".join(sorted(vms)))
    vm = vms["test01"]
    host = content.rootFolder.childEntity[0].hostFolder.childEntity[0].host[0]

    # Everything of one object of a kind: whatever this client's version cannot know must be missing.
    for obj in (host, vm, vms["web01"], content.authorizationManager, content.setting, content.rootFolder, content.rootFolder.childEntity[0], host.datastore[0],
                host.network[0], host.parent, host.parent.resourcePool):
        tell("read", f"{type(obj).__name__} {bool(read(content.propertyCollector, obj))}")

    tell("memory", read(content.propertyCollector, vm, ["config.hardware.memoryMB"])["config.hardware.memoryMB"])
    tell("datastores", " ".join(sorted(d.summary.name for d in host.datastore)))
    tell("port groups", ", ".join(sorted(g.spec.name for g in host.config.network.portgroup)))
    tell("firewall", any(r.key == "sshServer" for r in host.configManager.firewallSystem.firewallInfo.ruleset))
    tell("services", any(s.key == "ntpd" and s.running for s in host.configManager.serviceSystem.serviceInfo.service))
    tell("adapters", " ".join(a.device for a in host.configManager.storageSystem.storageDeviceInfo.hostBusAdapter))
    tell("pci", len(host.hardware.pciDevice) > 0)
    tell("licence", content.licenseManager.licenses[0].name)
    tell("host name", host.configManager.advancedOption.QueryOptions("Misc.HostName")[0].value)

    browser = host.datastore[0].browser
    details = vim.host.DatastoreBrowser.FileInfo.Details(fileType=True, fileSize=True, modification=True,
                                                         fileOwner=False)
    query = [vim.host.DatastoreBrowser.VmDiskQuery(details=vim.host.DatastoreBrowser.VmDiskQuery.Details(
        capacityKb=True, diskType=False, hardwareVersion=False, controllerType=False, diskExtents=False))]
    search = browser.SearchDatastoreSubFolders_Task(
        "[datastore1]", vim.host.DatastoreBrowser.SearchSpec(details=details, query=query))
    WaitForTask(search)
    disks = [f.path for folder in search.info.result for f in folder.file]
    tell("disks", " ".join(sorted(disks)))
    content.fileManager.MakeDirectory("[datastore1] a/b", content.rootFolder.childEntity[0], True)
    try:
        content.fileManager.MakeDirectory("[datastore1] a/b", content.rootFolder.childEntity[0], True)
    except vim.fault.FileAlreadyExists as e:
        tell("twice", e.file)
    WaitForTask(content.fileManager.DeleteDatastoreFile_Task("[datastore1] a", content.rootFolder.childEntity[0]))

    collector = content.propertyCollector
    spec = Spec.FilterSpec(objectSet=[Spec.ObjectSpec(obj=vm)],
                           propSet=[Spec.PropertySpec(type=vim.VirtualMachine, pathSet=["runtime.powerState"])])
    watched = collector.CreateFilter(spec, True)
    version = collector.WaitForUpdatesEx("", Spec.WaitOptions(maxWaitSeconds=5)).version
    counters = {c.key: c for c in content.perfManager.perfCounter}
    tell("counters", len(counters) > 0)
    web = vms["web01"]
    ids = content.perfManager.QueryAvailablePerfMetric(web)
    values = content.perfManager.QueryPerf(
        [vim.PerformanceManager.QuerySpec(entity=web, metricId=ids, intervalId=20, maxSample=3)])
    tell("samples", len(values[0].sampleInfo))

    task = vm.PowerOn()
    asked = False
    while True:
        news = collector.WaitForUpdatesEx(version, Spec.WaitOptions(maxWaitSeconds=1))
        if news:
            version = news.version
        question = vm.runtime.question
        if question:
            asked = True
            tell("question", question.choice.choiceInfo[question.choice.defaultIndex].summary)
            vm.AnswerVM(question.id, question.choice.choiceInfo[question.choice.defaultIndex].key)
        if task.info.state in ("success", "error"):
            break
    tell("power on", f"{task.info.state} asked={asked} {vm.runtime.powerState}")
    event = content.eventManager.latestEvent
    tell("event", f"{type(event).__name__} {event.vm.name}")
    for change in (vm.Suspend, vm.PowerOn, vm.Reset, vm.PowerOff):
        WaitForTask(change())
    tell("cycled", vm.runtime.powerState)
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(memoryMB=3072)))
    tell("reconfigured", vm.config.hardware.memoryMB)
    WaitForTask(vm.CreateSnapshot_Task("one", "first", False, False))
    tell("snapshot", vm.snapshot.rootSnapshotList[0].name)
    WaitForTask(vm.RevertToCurrentSnapshot())
    WaitForTask(vm.snapshot.currentSnapshot.RemoveSnapshot_Task(True))
    tell("snapshots left", vm.snapshot is not None)
    network = host.configManager.networkSystem
    network.AddVirtualSwitch("lab", vim.host.VirtualSwitch.Specification(numPorts=64))
    network.AddPortGroup(vim.host.PortGroup.Specification(name="lab", vlanId=7, vswitchName="lab",
                                                          policy=vim.host.NetworkPolicy()))
    tell("lab", [g.spec.vlanId for g in host.config.network.portgroup if g.spec.name == "lab"])
    try:
        network.AddVirtualSwitch("lab")
    except vim.fault.AlreadyExists as e:
        tell("switch twice", e.name)
    network.RemovePortGroup("lab")
    network.RemoveVirtualSwitch("lab")
    tell("networks", " ".join(n.name for n in host.network))
    watched.Destroy()
    Disconnect(si)


main()
