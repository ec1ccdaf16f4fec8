package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/vole-linux/vole/internal/progress"
)

// A server that is not there should cost seconds, not minutes.
const connectLimit = 5 * time.Second

func copyFile(from, to string) (string, error) {
	src, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer src.Close()
	return to, writeAll(to, src)
}

func writeAll(to string, r io.Reader) error {
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// download gets the archive from its URL.
func download(ctx context.Context, a Archive, dir string, p *progress.Printer) (string, error) {
	client := http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: connectLimit}).DialContext,
		TLSHandshakeTimeout:   connectLimit,
		ResponseHeaderTimeout: 4 * connectLimit,
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL, nil)
	if err != nil {
		return "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the server says %s", response.Status)
	}
	step := p.Step("fetching %s", a.File)
	to := filepath.Join(dir, a.File)
	if err := writeAll(to, &counter{response.Body, step, 0, response.ContentLength}); err != nil {
		step.Fail()
		return "", err
	}
	step.Done("%d MiB", max(0, response.ContentLength)>>20)
	return to, nil
}

// A counter shows on a step how much of a download has passed.
type counter struct {
	io.Reader
	step        *progress.Step
	done, total int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.done += int64(n)
	c.step.Update("%d of %d MiB", c.done>>20, max(0, c.total)>>20)
	return n, err
}

// aptGet gets the archive through the host's own apt, which verifies the
// distribution's signatures, without touching the host's lists: it works on a
// configuration of its own, for the suite that has the pinned version, on the
// mirrors that the host uses.
func aptGet(ctx context.Context, a Archive, dir string, p *progress.Printer) (string, error) {
	mirrors, err := debianMirrors(ctx)
	if err != nil {
		return "", err
	}
	config, err := aptConfig(dir, mirrors, *a.Apt)
	if err != nil {
		return "", err
	}
	step := p.Step("fetching %s with apt", a.File)
	run := func(args ...string) (said string, err error) {
		cmd := exec.CommandContext(ctx, "apt-get", append([]string{"-qq"}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "APT_CONFIG="+config)
		text, err := cmd.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, firstLine(string(text), "E: "))
		}
		return string(text), err
	}
	updated, err := run("update")
	fetched := err == nil
	if err == nil && a.Apt.Source != "" {
		_, err = run("source", "--download-only", "--only-source", a.Apt.exact(a.Apt.Source))
	} else if err == nil {
		_, err = run("download", a.Apt.exact(a.Apt.Binary))
	}
	if err != nil {
		step.Fail()
		// Without a network apt only warns at first, and then misses what it could not fetch.
		if fetched && updated != "" {
			err = fmt.Errorf("%w (after %s)", err, firstLine(updated, "W: "))
		}
		return "", err
	}
	step.Done("done")
	// apt writes the colon of an epoch as %3a; we pin no version with an epoch.
	to := filepath.Join(dir, a.File)
	if _, err := os.Stat(to); err != nil {
		return "", fmt.Errorf("apt did not leave %s", a.File)
	}
	return to, nil
}

// exact is how apt-get wants a package in the pinned version.
func (a Apt) exact(name string) string {
	if a.Version == "" {
		return name
	}
	return name + "=" + a.Version
}

// firstLine picks the line of apt's output that says most: the first of a kind.
func firstLine(text, kind string) string {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, kind) {
			return strings.TrimSpace(line)
		}
	}
	return strings.TrimSpace(text)
}

// debianMirrors asks the host's apt which mirrors of the Debian archive it uses.
func debianMirrors(ctx context.Context) ([]string, error) {
	text, err := exec.CommandContext(ctx, "apt-get", "indextargets", "--format", "$(SITE)").Output()
	if err != nil {
		return nil, fmt.Errorf("cannot ask apt for its mirrors: %w", err)
	}
	return pickMirrors(string(text))
}

// pickMirrors keeps the sites that hold the Debian archive: by convention
// their path ends in /debian.
func pickMirrors(text string) ([]string, error) {
	var mirrors []string
	for line := range strings.Lines(text) {
		site := strings.TrimSpace(line)
		u, err := url.Parse(site)
		if err != nil || path.Base(u.Path) != "debian" || strings.Contains("\n"+strings.Join(mirrors, "\n")+"\n", "\n"+site+"\n") {
			continue
		}
		mirrors = append(mirrors, site)
	}
	if len(mirrors) == 0 {
		return nil, errors.New("this host's apt has no mirror of the Debian archive")
	}
	return mirrors, nil
}

// debianKeys is where the package debian-archive-keyring keeps its keys.
const debianKeys = "/usr/share/keyrings/debian-archive-keyring.gpg"

// aptConfig writes a private configuration into dir and returns its path.
func aptConfig(dir string, mirrors []string, a Apt) (string, error) {
	kind := "deb-src"
	if a.Binary != "" {
		kind = "deb"
	}
	var list strings.Builder
	for _, mirror := range mirrors {
		fmt.Fprintf(&list, "%s [signed-by=%s] %s %s main\n", kind, debianKeys, mirror, a.Suite)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, folder := range []string{"lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(at(folder), 0o777); err != nil {
			return "", err
		}
	}
	var config strings.Builder
	for _, setting := range []struct{ name, value string }{
		{"Dir::Etc::sourcelist", at("sources.list")},
		{"Dir::Etc::sourceparts", "/dev/null"},
		{"Dir::State::lists", at("lists")},
		{"Dir::Cache", at("cache")},
		{"Acquire::Languages", "none"},
		{"Acquire::Retries", "2"},
		{"Acquire::http::Timeout", "20"},
		{"APT::Sandbox::User", "root"}, // the folder is not readable for _apt
	} {
		fmt.Fprintf(&config, "%s %q;\n", setting.name, setting.value)
	}
	if err := os.WriteFile(at("sources.list"), []byte(list.String()), 0o666); err != nil {
		return "", err
	}
	return at("apt.conf"), os.WriteFile(at("apt.conf"), []byte(config.String()), 0o666)
}
