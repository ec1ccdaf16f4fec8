package posixre

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern string
		syntax  Syntax
		text    string
		want    string // the match; "-" is none
	}{
		{`a.c`, Basic, "xabcx", "abc"},
		{`a*`, Basic, "aaab", "aaa"},
		{`*a`, Basic, "b*a", "*a"},
		{`^*a`, Basic, "*a", "*a"},
		{`\(*a\)`, Basic, "*a", "*a"},
		{`a+`, Basic, "aa+", "a+"},
		{`a\+`, Basic, "aa+", "aa"},
		{`ab\?c`, Basic, "ac", "ac"},
		{`a\|b`, Basic, "xb", "b"},
		{`a|b`, Basic, "a|b", "a|b"},
		{`(a)`, Basic, "(a)", "(a)"},
		{`\(ab\)*`, Basic, "ababa", "abab"},
		{`a\{2\}`, Basic, "aaa", "aa"},
		{`a{2}`, Basic, "a{2}", "a{2}"},
		{`a\{,2\}`, Basic, "aaa", "aa"},
		{`a^b$c`, Basic, "a^b$c", "a^b$c"},
		{`^a$`, Basic, "a", "a"},
		{`\(^a\)`, Basic, "ba", "-"},
		{`x\|^a`, Basic, "a", "a"},
		{`a$\|x`, Basic, "ba", "a"},
		{`\.`, Basic, "a.", "."},
		{`a**`, Basic, "aaa", "aaa"},
		{`a\{2\}*`, Basic, "aaaaa", "aaaa"},

		{`(ab)+`, Extended, "xababa", "abab"},
		{`a|ab`, Extended, "ab", "ab"}, // the longest, unlike Perl
		{`a{2,}`, Extended, "aaaa", "aaaa"},
		{`a{1,2}{2}`, Extended, "aaaaa", "aaaa"},
		{`a+*?`, Extended, "aaa", "aaa"},
		{`a{x`, Extended, "a{x", "a{x"},
		{`a{`, Extended, "a{", "a{"},
		{`a{,}b`, Extended, "aaab", "aaab"},
		{`\(a\)`, Extended, "(a)", "(a)"},
		{`(|a)b`, Extended, "ab", "ab"},
		{`()`, Extended, "x", ""},
		{`a$b`, Extended, "a$b", "-"},
		{`\$\^`, Extended, "$^", "$^"},
		{`^(a|b)$`, Extended, "b", "b"},
		{`\bfoo\b`, Extended, "a foo b", "foo"},
		{`\<foo\>`, Extended, "food foo", "foo"},
		{`\w+\s\W`, Extended, "ab -", "ab -"},

		{`[]a]*`, Basic, "a]b", "a]"},
		{`[^]a]`, Basic, "a]b", "b"},
		{`[a-]*`, Basic, "a-b", "a-"},
		{`[\n]*`, Basic, `n\x`, `n\`},
		{`[[:digit:][:upper:]x]*`, Basic, "1Ax2b", "1Ax2"},
		{`[[.-.]]`, Basic, "a-", "-"},
		{`[[=a=]-c]*`, Basic, "abcd", "abc"},
		{`[[]`, Basic, "[", "["},
		{`[a^]*`, Basic, "^a", "^a"},
		{`[ä-ö]`, Basic, "ö", "ö"},
		{`ä.ö`, Basic, "äüö", "äüö"},
		{`a\nb`, Basic, "a\nb", "a\nb"},
		{`\/`, Basic, "/", "/"},
		{`-`, Basic, "-", "-"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.pattern, tt.syntax), func(t *testing.T) {
			re, err := Compile(tt.pattern, tt.syntax, "")
			if err != nil {
				t.Fatal(err)
			}
			got := "-"
			if at := re.FindStringIndex(tt.text); at != nil {
				got = tt.text[at[0]:at[1]]
			}
			if got != tt.want {
				t.Errorf("%q in %q is %q; want %q (%s)", tt.pattern, tt.text, got, tt.want, re)
			}
		})
	}
}

func TestGroupNumbers(t *testing.T) {
	re, err := Compile(`\(a\{1,2\}\)*\(b\)`, Basic, "i")
	if err != nil {
		t.Fatal(err)
	}
	if got := re.FindStringSubmatch("xAAB"); len(got) != 3 || got[2] != "B" {
		t.Errorf("groups %q", got)
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		pattern string
		syntax  Syntax
		want    string
	}{
		{`\(a`, Basic, "never closed"},
		{`a\)`, Basic, "no opening one"},
		{`(a`, Extended, "never closed"},
		{`a)`, Extended, "no opening one"},
		{`\(a\)\1`, Basic, `back-references such as \1`},
		{`a\`, Extended, "backslash is the last"},
		{`[a`, Basic, "[ is never closed"},
		{`[`, Basic, "[ is never closed"},
		{`[]`, Basic, "[ is never closed"},
		{`[a-`, Basic, "[ is never closed"},
		{`[[:alpha`, Basic, "[ is never closed"},
		{`[[:nope:]]`, Basic, "[:nope:] is no class"},
		{`[[.ab.]]`, Basic, "no single character"},
		{`[z-a]`, Basic, "range z-a is upside down"},
		{`a\{2`, Basic, "begins no interval"},
		{`a{3,2}`, Extended, "first number is above"},
		{`a{1001}`, Extended, "more than 1000"},
		{`a{99999999999999999999}`, Extended, "more than 1000"},
		{`*a`, Extended, "* has nothing before it"},
		{`a|+`, Extended, "+ has nothing before it"},
		{"\xff", Extended, "invalid UTF-8"},
		{`((a{100}){100}){100}`, Extended, "invalid repeat count"},
	}
	for _, tt := range tests {
		if _, err := Compile(tt.pattern, tt.syntax, ""); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: error %v; want %q", tt.pattern, err, tt.want)
		}
	}
}

// FuzzTranslate: what is translated without complaint, Go can compile, apart
// from what is too large for it.
func FuzzTranslate(f *testing.F) {
	for _, seed := range []string{`\(a*\)\{2,3\}`, `(a|b)+?[[:alpha:]-]`, `[^]\-a]`, `^*a{,3}$`} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, pattern string, extended bool) {
		syntax := Basic
		if extended {
			syntax = Extended
		}
		translated, err := Translate(pattern, syntax)
		if err != nil {
			return
		}
		_, err = regexp.Compile(translated)
		if err == nil || strings.Contains(err.Error(), "invalid UTF-8") ||
			strings.Contains(err.Error(), "repeat count") || strings.Contains(err.Error(), "too large") ||
			strings.Contains(err.Error(), "nests too deeply") {
			return
		}
		t.Errorf("%q became %q: %v", pattern, translated, err)
	})
}
