// govmomi_client PORT: drives a server as users of govmomi write it, and prints what it found, one fact a line.
package main

import (
	"context"
	"fmt"
	"log"
	"net/url"
	"os"
	"sort"
	"strings"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func main() {
	ctx := context.Background()
	address, err := url.Parse("https://127.0.0.1:" + os.Args[1] + "/sdk")
	must(err)
	address.User = url.UserPassword("root", "esxvi")
	client, err := govmomi.NewClient(ctx, address, true)
	must(err)
	fmt.Println("product:", client.ServiceContent.About.FullName)

	all, err := view.NewManager(client.Client).CreateContainerView(ctx, client.ServiceContent.RootFolder,
		[]string{"VirtualMachine"}, true)
	must(err)
	var vms []mo.VirtualMachine
	must(all.Retrieve(ctx, []string{"VirtualMachine"}, []string{"name", "summary", "config", "runtime"}, &vms))
	names := []string{}
	for _, vm := range vms {
		names = append(names, vm.Name)
	}
	sort.Strings(names)
	fmt.Println("machines:", strings.Join(names, " "))

	finder := find.NewFinder(client.Client)
	datacenter, err := finder.DefaultDatacenter(ctx)
	must(err)
	finder.SetDatacenter(datacenter)
	fmt.Println("datacenter:", datacenter.InventoryPath)
	host, err := finder.DefaultHostSystem(ctx)
	must(err)
	store, err := finder.Datastore(ctx, "datastore1")
	must(err)
	browser, err := store.Browser(ctx)
	must(err)
	search, err := browser.SearchDatastore(ctx, store.Path("web01"), &types.HostDatastoreBrowserSearchSpec{
		MatchPattern: []string{"*.vmx"}})
	must(err)
	info, err := search.WaitForResult(ctx, nil)
	must(err)
	fmt.Println("file:", info.Result.(types.HostDatastoreBrowserSearchResults).File[0].GetFileInfo().Path)
	manager := object.NewFileManager(client.Client)
	must(manager.MakeDirectory(ctx, store.Path("new"), datacenter, false))
	task, err := manager.DeleteDatastoreFile(ctx, store.Path("new"), datacenter)
	must(err)
	must(task.Wait(ctx))
	_, err = store.Stat(ctx, "new")
	fmt.Println("gone:", err != nil)
	disks := object.NewVirtualDiskManager(client.Client)
	task, err = disks.CreateVirtualDisk(ctx, store.Path("spare.vmdk"), datacenter, &types.FileBackedVirtualDiskSpec{
		VirtualDiskSpec: types.VirtualDiskSpec{DiskType: "thin", AdapterType: "lsiLogic"}, CapacityKb: 1 << 20})
	must(err)
	must(task.Wait(ctx))
	id, err := disks.QueryVirtualDiskUuid(ctx, store.Path("spare.vmdk"), datacenter)
	must(err)
	fmt.Println("disk id:", len(id))

	vm, err := finder.VirtualMachine(ctx, "web01")
	must(err)
	for _, change := range []func(context.Context) (*object.Task, error){vm.Suspend, vm.PowerOn, vm.Reset, vm.PowerOff} {
		task, err = change(ctx)
		must(err)
		must(task.Wait(ctx))
	}
	state, err := vm.PowerState(ctx)
	must(err)
	fmt.Println("cycled:", state)
	task, err = vm.Reconfigure(ctx, types.VirtualMachineConfigSpec{NumCPUs: 4})
	must(err)
	must(task.Wait(ctx))
	task, err = vm.PowerOn(ctx)
	must(err)
	must(task.Wait(ctx))
	must(property.Wait(ctx, property.DefaultCollector(client.Client), vm.Reference(), []string{"runtime.powerState"},
		func(changes []types.PropertyChange) bool {
			return changes[0].Val == types.VirtualMachinePowerStatePoweredOn
		}))
	var now mo.VirtualMachine
	must(vm.Properties(ctx, vm.Reference(), nil, &now))
	fmt.Println("now:", now.Runtime.PowerState, now.Config.Hardware.NumCPU)
	task, err = vm.CreateSnapshot(ctx, "one", "first", false, false)
	must(err)
	must(task.Wait(ctx))
	must(vm.Properties(ctx, vm.Reference(), []string{"snapshot"}, &now))
	fmt.Println("snapshot:", now.Snapshot.RootSnapshotList[0].Name)
	task, err = vm.RevertToSnapshot(ctx, "one", true)
	must(err)
	must(task.Wait(ctx))
	task, err = vm.RemoveAllSnapshot(ctx, nil)
	must(err)
	must(task.Wait(ctx))

	network, err := host.ConfigManager().NetworkSystem(ctx)
	must(err)
	must(network.AddVirtualSwitch(ctx, "lab", &types.HostVirtualSwitchSpec{NumPorts: 64}))
	must(network.AddPortGroup(ctx, types.HostPortGroupSpec{Name: "lab", VswitchName: "lab", VlanId: 9}))
	group, err := finder.Network(ctx, "lab")
	must(err)
	fmt.Println("network:", group.GetInventoryPath())
	must(network.RemovePortGroup(ctx, "lab"))
	must(network.RemoveVirtualSwitch(ctx, "lab"))
	firewall, err := host.ConfigManager().FirewallSystem(ctx)
	must(err)
	must(firewall.EnableRuleset(ctx, "sshServer"))
	rules, err := firewall.Info(ctx)
	must(err)
	for _, set := range rules.Ruleset {
		if set.Key == "sshServer" {
			fmt.Println("ssh:", set.Enabled)
		}
	}
	options, err := host.ConfigManager().OptionManager(ctx)
	must(err)
	values, err := options.Query(ctx, "Misc.HostName")
	must(err)
	fmt.Println("option:", values[0].GetOptionValue().Value)
	must(client.Logout(ctx))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
