// One node of memberlist with its defaults for a LAN: what gossip-node is for Infinity, and with
// the same commands and lines.
//
//	memberlist-node NAME ADDRESS PORT
package main

import (
	"bufio"
	"fmt"
	"io/ioutil"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"github.com/hashicorp/memberlist"
)

const clockMonotonic = 1

var printing sync.Mutex

// Go's own monotonic clock has a start of its own in every process.
func monotonicUs() int64 {
	var now syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&now)), 0)
	return now.Nano() / 1000
}

func report(event, subject string) {
	printing.Lock()
	defer printing.Unlock()
	fmt.Println(monotonicUs(), event, subject)
}

type events struct{ self string }

func (e events) NotifyJoin(node *memberlist.Node) {
	if node.Name != e.self {
		report("joined", node.Name)
	}
}

func (e events) NotifyLeave(node *memberlist.Node) {
	if node.State == memberlist.StateLeft {
		report("left", node.Name)
	} else {
		report("dead", node.Name)
	}
}

func (e events) NotifyUpdate(node *memberlist.Node) {}

func die(err error) {
	fmt.Fprintln(os.Stderr, "memberlist-node:", err)
	os.Exit(1)
}

// A member that could not be reached is tried again, as whoever embeds memberlist has to.
func join(list *memberlist.Memberlist, addresses []string) {
	for len(addresses) > 0 {
		if _, err := list.Join(addresses); err == nil {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "memberlist-node NAME ADDRESS PORT")
		os.Exit(2)
	}
	port, err := strconv.Atoi(os.Args[3])
	if err != nil {
		die(err)
	}
	config := memberlist.DefaultLANConfig()
	config.Name = os.Args[1]
	config.BindAddr, config.BindPort = os.Args[2], port
	config.AdvertiseAddr, config.AdvertisePort = os.Args[2], port
	config.Events = events{config.Name}
	config.LogOutput = ioutil.Discard

	var list *memberlist.Memberlist
	report("ready", "-")
	for input := bufio.NewScanner(os.Stdin); input.Scan(); {
		words := strings.Fields(input.Text())
		switch words[0] {
		case "join":
			if list, err = memberlist.Create(config); err != nil {
				die(err)
			}
			go join(list, words[1:])
		case "leave":
			list.Leave(5 * time.Second)
			return
		}
	}
}
