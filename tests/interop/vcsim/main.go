// A vSphere server to test against: govmomi's simulator behind a switch-board that suits tests. It prints its URL on
// one line when it listens, and ends when standard input closes or on SIGTERM, so a dying test leaves nothing behind.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"io/ioutil"
	"log"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/vmware/govmomi/simulator"
)

func main() {
	esx := flag.Bool("esx", false, "one ESX host instead of a vCenter")
	vms := flag.Int("vm", 2, "virtual machines on each host (ESX) or in each host and cluster (vCenter)")
	dcs := flag.Int("dc", 1, "datacenters (vCenter)")
	hosts := flag.Int("host", 1, "standalone hosts in each datacenter (vCenter)")
	clusters := flag.Int("cluster", 1, "clusters of three hosts in each datacenter (vCenter)")
	listen := flag.String("l", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	user := flag.String("username", "root", "the only user that may log in")
	password := flag.String("password", "secret", "that user's password")
	plain := flag.Bool("http", false, "plain HTTP instead of TLS with a self-signed certificate")
	off := flag.Bool("off", false, "leave the virtual machines powered off")
	verbose := flag.Bool("v", false, "log updates, and requests and connections that broke off")
	flag.Parse()
	if _, err := os.Stat("/dev/shm"); err == nil && os.Getenv("TMPDIR") == "" {
		_ = os.Setenv("TMPDIR", "/dev/shm") // each VM is a few files: 10,000 VMs take 7 s in memory, up to 60 s on disk
	}
	model := simulator.VPX()
	if *esx {
		model = simulator.ESX()
	} else {
		model.Datacenter, model.Host, model.Cluster = *dcs, *hosts, *clusters
	}
	model.Machine, model.Autostart = *vms, !*off
	defer model.Remove()
	if err := model.Create(); err != nil {
		log.Panic(err) // runs the deferred Remove, which Fatal would not
	}
	model.Service.Listen = &url.URL{Host: *listen, User: url.UserPassword(*user, *password)}
	if !*plain {
		model.Service.TLS = new(tls.Config) // the simulator brings a certificate of its own
	}
	server := model.Service.NewServer()
	fmt.Println(server.URL.Scheme + "://" + server.URL.Host + server.URL.Path)

	if !*verbose {
		log.SetOutput(ioutil.Discard) // thousands of lines where a test breaks connections
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() { _, _ = io.Copy(ioutil.Discard, os.Stdin); stop <- syscall.SIGTERM }()
	<-stop
}
