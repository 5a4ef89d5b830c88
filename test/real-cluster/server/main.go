// Command server runs a kube-apiserver with an embedded etcd, for `npm run test:cluster`.
//
//	server --data-dir=DIR [kube-apiserver flags]
package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

const dataDirFlag = "--data-dir="

func main() {
	if len(os.Args) < 2 || !strings.HasPrefix(os.Args[1], dataDirFlag) {
		fmt.Fprintln(os.Stderr, "usage: server --data-dir=DIR [kube-apiserver flags]")
		os.Exit(2)
	}
	etcd, err := startEtcd(strings.TrimPrefix(os.Args[1], dataDirFlag))
	if err != nil {
		fmt.Fprintln(os.Stderr, "etcd:", err)
		os.Exit(1)
	}
	command := app.NewAPIServerCommand()
	command.SetArgs(append([]string{"--etcd-servers=" + etcd.Clients[0].Addr().String()}, os.Args[2:]...))
	code := cli.Run(command)
	etcd.Close()
	os.Exit(code)
}

// startEtcd returns when the server is ready. Its ports are free ports on loopback.
func startEtcd(dir string) (*embed.Etcd, error) {
	loopback := []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	config := embed.NewConfig()
	config.Dir = dir
	config.LogLevel = "error"
	// The data does not have to survive a crash of the machine.
	config.UnsafeNoFsync = true
	config.ListenClientUrls = loopback
	config.AdvertiseClientUrls = loopback
	config.ListenPeerUrls = loopback
	config.AdvertisePeerUrls = loopback
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return nil, err
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return etcd, nil
	case <-time.After(time.Minute):
		etcd.Close()
		return nil, errors.New("not ready after a minute")
	}
}
