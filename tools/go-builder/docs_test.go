package main

import (
	"path/filepath"
	"testing"

	"github.com/vole-linux/vole/tools/internal/manual"
)

// TestReferenceIsFresh fails when a page of docs/reference is not what its
// package doc says.
func TestReferenceIsFresh(t *testing.T) {
	repo := filepath.Join("..", "..")
	programs, err := ownPrograms(repo)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := manual.Reference(programs)
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) < len(programs) {
		t.Errorf("%d pages for %d programs", len(pages), len(programs))
	}
	if err := manual.Check(filepath.Join(repo, "docs", "reference"), pages); err != nil {
		t.Error(err)
	}
}
