// govmomi_list URL USER PASSWORD: all virtual machines with some properties, as govmomi's users write it. Prints one
// JSON line: how many there were, and what this process used of CPU and memory.
package main

import (
	"context"
	"fmt"
	"log"
	"net/url"
	"os"
	"syscall"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/mo"
)

func main() {
	ctx := context.Background()
	address, err := url.Parse(os.Args[1])
	must(err)
	address.User = url.UserPassword(os.Args[2], os.Args[3])
	client, err := govmomi.NewClient(ctx, address, true)
	must(err)
	kind := []string{"VirtualMachine"}
	all, err := view.NewManager(client.Client).CreateContainerView(ctx, client.ServiceContent.RootFolder, kind, true)
	must(err)
	var vms []mo.VirtualMachine
	must(all.Retrieve(ctx, kind, []string{"name", "summary", "config.hardware", "runtime", "guest"}, &vms))
	must(all.Destroy(ctx))
	must(client.Logout(ctx))

	var used syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	cpu := float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
	fmt.Printf(`{"client": "govmomi", "vms": %d, "cpu_seconds": %.4f, "max_rss_kib": %d}`+"\n", len(vms), cpu, used.Maxrss)
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
