package sandbox

import "embed"

const arch = "x86_64"

// compiled are the profiles; go test ./tools/internal/seccomp -update makes
// them. It never changes.
//
//go:embed profiles/*.x86_64.bpf
var compiled embed.FS
