//go:build !amd64 && !arm64

package sandbox

import "embed"

const arch = "none"

// compiled has no profile: tools/internal/seccomp has no table of calls for
// this architecture.
var compiled embed.FS
