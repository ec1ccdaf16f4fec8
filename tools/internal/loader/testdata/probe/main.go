// Probe tells about itself as a process: for the tests of package loader.
package main

import (
	"fmt"
	"os"
	"unsafe"
)

func main() {
	switch os.Args[1] {
	case "hello":
		fmt.Println("hello,", os.Args[2], os.Getenv("WHO"))
	case "maps":
		maps, err := os.ReadFile("/proc/self/maps")
		fmt.Print(string(maps), err)
	case "write":
		// The type of an interface value is constant data that was relocated.
		var v any = os.Args
		kind := *(*unsafe.Pointer)(unsafe.Pointer(&v))
		*(*byte)(kind) = 0
		fmt.Println("written")
	}
}
