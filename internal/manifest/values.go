package manifest

import (
	"errors"
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/vole-linux/vole/internal/nearest"
)

// Formats are the forms of texts in a manifest as regular expressions of ECMA
// 262, by the name in a field's schema tag or of its type: for JSON Schema and
// the reference page. The functions below are what decides; tests compare them.
func Formats() map[string]string {
	const ipPort = `([0-9.]+|\[[0-9a-fA-F:.]+(%[0-9A-Za-z._-]+)?\]):[0-9]{1,5}`
	return map[string]string{
		"name":        `^[a-z0-9][a-z0-9._@-]{0,63}$`,
		"user":        `^([a-z_][a-z0-9_-]{0,31}|[0-9]{1,10})$`,
		"path":        `^/(.*[^/])?$`,
		"address":     `^` + ipPort + `$`,
		"http":        `^http://` + ipPort + `(/[!-~]*)?$`,
		"listen":      `^((tcp|udp):` + ipPort + `|unix:/.+)$`,
		"capability":  `^(all|CAP_[A-Z_]+)$`,
		"profile":     `^[a-z0-9][a-z0-9-]{0,63}$`,
		"socket_name": `^[A-Za-z0-9._-]{1,64}$`,
		"argument":    `^[!#-~]+$`,
		"Duration":    `^(0|(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$`,
		"Size":        `^[0-9]+[KMG]?$`,
		"Mode":        `^[0-7]{3,4}$`,
		"Signal":      `^(SIG)?[A-Z][A-Z0-9]*([+-][0-9]+)?$`,
		"Calendar":    `^[A-Za-z0-9*.,:/ -]+$`,
	}
}

func isLower(c byte) bool  { return c >= 'a' && c <= 'z' }
func isUpper(c byte) bool  { return c >= 'A' && c <= 'Z' }
func isLetter(c byte) bool { return isLower(c) || isUpper(c) }

// only tells whether s has no other bytes than those.
func only(s string, those func(byte) bool) bool {
	for i := range len(s) {
		if !those(s[i]) {
			return false
		}
	}
	return true
}

func isControl(c byte) bool { return c < ' ' || c == 0x7f }

// checkText checks what execve(2) takes: a C string.
func checkText(s string) error {
	if strings.IndexByte(s, 0) >= 0 {
		return errors.New("no program can be given a NUL byte")
	}
	return nil
}

func checkDescription(s string) error {
	if len(s) > 200 || !only(s, func(c byte) bool { return !isControl(c) }) {
		return errors.New("a description is one line of at most 200 bytes")
	}
	return nil
}

func checkPath(s string) error {
	switch {
	case !strings.HasPrefix(s, "/"):
		return fmt.Errorf("%q is no absolute path", s)
	case !only(s, func(c byte) bool { return !isControl(c) }):
		return fmt.Errorf("%q has a control character", s)
	case path.Clean(s) != s:
		return fmt.Errorf("%q is not written plainly, as %q", s, path.Clean(s))
	case len(s) > 4095: // PATH_MAX has the NUL as well
		return errors.New("a path has at most 4095 bytes")
	}
	return nil
}

// checkProgram checks the first word of a command.
func checkProgram(s string) error {
	if strings.HasPrefix(s, "/") {
		return checkPath(s)
	}
	plain := func(c byte) bool { return isLetter(c) || isDigit(c) || strings.IndexByte("._+@[-", c) >= 0 }
	if s == "" || s[0] == '.' || s[0] == '-' || !only(s, plain) {
		return fmt.Errorf("%q is neither an absolute path nor the plain name of a program in /bin", s)
	}
	return nil
}

func checkEnv(name, value string) error {
	if name == "" || isDigit(name[0]) || !only(name, func(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' }) {
		return fmt.Errorf("%q is no name of a variable: letters, digits and _, no digit first", name)
	}
	switch name {
	case "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "WATCHDOG_USEC", "WATCHDOG_PID":
		return fmt.Errorf("init sets %s itself", name)
	}
	return checkText(value)
}

// checkUser checks a user or a group: a name as useradd(8) takes it, or a number.
func checkUser(s string) error {
	if n, err := strconv.ParseUint(s, 10, 32); err == nil && n < 1<<32-1 && len(s) <= 10 { // -1 is "no change" to the kernel
		return nil
	}
	letter := func(c byte) bool { return isLower(c) || c == '_' }
	if s == "" || len(s) > 32 || !letter(s[0]) || !only(s, func(c byte) bool { return letter(c) || isDigit(c) || c == '-' }) {
		return fmt.Errorf("%q is neither a name (lower case letters, digits, _ and -, at most 32) nor a number", s)
	}
	return nil
}

// checkAddress checks IP:PORT. Names are refused: to look one up takes the
// network, which may be what is being started.
func checkAddress(s string) error {
	address, err := netip.ParseAddrPort(s)
	if err != nil || address.Port() == 0 {
		return fmt.Errorf("%q is no IP:PORT, such as 127.0.0.1:80 or [::1]:80", s)
	}
	return nil
}

func checkHTTP(s string) error {
	rest, found := strings.CutPrefix(s, "http://")
	host, page, _ := strings.Cut(rest, "/")
	if !found || checkAddress(host) != nil || !only(page, func(c byte) bool { return c > ' ' && c < 0x7f }) {
		return fmt.Errorf("%q is no page as http://IP:PORT/PATH, such as http://127.0.0.1:80/health", s)
	}
	return nil
}

// checkSocketPath checks a path that fits into sockaddr_un, as in unix(7).
func checkSocketPath(s string) error {
	if len(s) > 107 {
		return fmt.Errorf("%q is too long for a socket: at most 107 bytes", s)
	}
	return checkPath(s)
}

func (s Socket) isUnix() bool { return strings.HasPrefix(s.Listen, "unix:") }

func checkListen(s string) error {
	network, address, _ := strings.Cut(s, ":")
	switch network {
	case "tcp", "udp":
		return checkAddress(address)
	case "unix":
		return checkSocketPath(address)
	}
	return fmt.Errorf("%q is none of tcp:IP:PORT, udp:IP:PORT and unix:/PATH", s)
}

// checkSocketName checks a name in LISTEN_FDNAMES, which colons separate.
func checkSocketName(s string) error {
	if s == "" || len(s) > 64 || !only(s, func(c byte) bool { return isLetter(c) || isDigit(c) || strings.IndexByte("._-", c) >= 0 }) {
		return fmt.Errorf("%q is no name of a socket: letters, digits and ._-, at most 64", s)
	}
	return nil
}

func checkProfile(s string) error {
	if s == "" || len(s) > 64 || s[0] == '-' || !only(s, func(c byte) bool { return isLower(c) || isDigit(c) || c == '-' }) {
		return fmt.Errorf("%q is no name of a profile: lower case letters, digits and hyphens", s)
	}
	return nil
}

// checkArgument checks a word of the kernel's command line.
func checkArgument(s string) error {
	if s == "" || !only(s, func(c byte) bool { return c > ' ' && c < 0x7f && c != '"' }) {
		return fmt.Errorf("%q is no kernel argument, such as rescue or console=ttyS0", s)
	}
	return nil
}

func checkCapability(s string) error {
	if s == "all" || slices.Contains(capabilities(), s) {
		return nil
	}
	upper := strings.ToUpper(s)
	if !strings.HasPrefix(upper, "CAP_") {
		upper = "CAP_" + upper
	}
	if near := nearest.Of(upper, capabilities()); near != "" {
		return fmt.Errorf("unknown capability %q: did you mean %q?", s, near)
	}
	return fmt.Errorf("unknown capability %q: capabilities(7) lists them", s)
}
