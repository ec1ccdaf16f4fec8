package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vole-linux/vole/internal/manifest"
	"github.com/vole-linux/vole/tools/internal/manual"
)

// TestReferenceIsFresh fails when a page of docs/reference is not what its
// package doc or its Go type says.
func TestReferenceIsFresh(t *testing.T) {
	repo := filepath.Join("..", "..")
	programs, err := ownPrograms(repo)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := referencePages(repo)
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

// The examples of the manifests' page are manifests, once their comments are
// gone, and together they show every key.
func TestManifestExamples(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "reference", "manifest.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)`([a-z]+[.]json)`:\n\n```jsonc\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 3 {
		t.Fatalf("%d examples", len(blocks))
	}
	var all strings.Builder
	for _, block := range blocks {
		var plain strings.Builder
		for line := range strings.Lines(block[2]) {
			if !strings.HasPrefix(strings.TrimSpace(line), "//") {
				plain.WriteString(line)
			}
		}
		if _, err := manifest.Parse(block[1], []byte(plain.String())); err != nil {
			t.Error(err)
		}
		all.WriteString(plain.String())
	}
	_, tables, _ := strings.Cut(string(page), "\n## Keys\n")
	exclusive := " fd tcp unix file " // other ways to say what the examples say with notify and http
	for _, key := range regexp.MustCompile("(?m)^[|] `([a-z_]+)` [|]").FindAllStringSubmatch(tables, -1) {
		if !strings.Contains(all.String(), `"`+key[1]+`":`) && !strings.Contains(exclusive, " "+key[1]+" ") {
			t.Errorf("no example shows the key %q", key[1])
		}
	}
}
