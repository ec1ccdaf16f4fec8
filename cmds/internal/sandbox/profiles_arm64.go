package sandbox

import "embed"

const arch = "arm64"

// compiled are the profiles; go test ./tools/internal/seccomp -update makes
// them. It never changes.
//
//go:embed profiles/*.arm64.bpf
var compiled embed.FS
