package seccomp

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Numbers returns the numbers of all system calls by their names, as the
// golang.org/x/sys that go.mod pins has them.
func Numbers(arch Arch) (map[string]uint32, error) {
	list := exec.Command("go", "list", "-f", "{{.Dir}}", "golang.org/x/sys/unix")
	list.Stderr = os.Stderr
	dir, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("cannot find golang.org/x/sys/unix: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "zsysnum_linux_"+arch.GoArch+".go"))
	if err != nil {
		return nil, err
	}
	return parseNumbers(string(text))
}

// parseNumbers reads lines of the form "SYS_OPENAT2 = 437".
func parseNumbers(source string) (map[string]uint32, error) {
	numbers := map[string]uint32{}
	for line := range strings.Lines(source) {
		words := strings.Fields(line)
		if len(words) != 3 || !strings.HasPrefix(words[0], "SYS_") || words[1] != "=" {
			continue
		}
		number, err := strconv.ParseUint(words[2], 10, 30)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", words[0], err)
		}
		numbers[strings.ToLower(strings.TrimPrefix(words[0], "SYS_"))] = uint32(number)
	}
	if len(numbers) < 300 {
		return nil, errors.New("the table of system calls is not where it was")
	}
	return numbers, nil
}
