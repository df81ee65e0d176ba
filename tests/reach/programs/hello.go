// What a Go program says is the same whether anything is preloaded or not.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"os/user"
	"strings"
)

func main() {
	bytes := make([]byte, 16)
	if _, err := rand.Read(bytes); err != nil {
		os.Exit(1)
	}
	_, err := user.LookupId("0") // by the C library where the program is linked to it
	maps, _ := os.ReadFile("/proc/self/maps")
	fmt.Printf("bytes=%s\nuser=%v\npreloaded=%v\n", hex.EncodeToString(bytes), err == nil,
		strings.Contains(string(maps), "libosrandom_preload.so"))
}
