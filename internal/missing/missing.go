// Package missing is for tests that need something of the machine they run on:
// a tool, a namespace, a pseudo-terminal.
//
// On a bare laptop such a test is skipped and says what is missing. Where CI is
// set in the environment, as every forge does, a skip would be a hole that
// nobody sees, so there the test fails instead. A test that is only too slow
// for the fast tier asks testing.Short; "make test" runs those, too.
//
// Next in the tour: none
package missing

import (
	"os"
	"testing"
)

// Skip ends the test, and says what the machine lacks for it.
func Skip(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
