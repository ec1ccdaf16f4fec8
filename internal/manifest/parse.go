package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/vole-linux/vole/internal/strictjson"
)

// MaxSize is the most bytes that a manifest may have.
const MaxSize = 64 << 10

// maxProblems is how many problems of one file are told. Who has more has
// another problem.
const maxProblems = 20

// Parse reads a manifest. file is its name, from which the service gets its
// own, and which errors carry. The error holds one *strictjson.Error for each
// problem, in the order of the text; a text that is no manifest at all has one
// problem, its first.
func Parse(file string, data []byte) (*Manifest, error) {
	if len(data) > MaxSize {
		return nil, &strictjson.Error{File: file, Problem: fmt.Sprintf("larger than a manifest may be, %s", Size(MaxSize))}
	}
	name := NameOf(file)
	if !ValidName(name) {
		return nil, badName(file, name)
	}
	m := Defaults(kindOf(data))
	if err := strictjson.Decode(file, data, &m); err != nil {
		return nil, err
	}
	m.Name = name
	m.fillLists()
	if err := located(file, data, m.problems()); err != nil {
		return nil, err
	}
	return &m, nil
}

// kindOf finds the kind before all else, since the defaults hang on it. Of a
// text that is no manifest it finds anything; Decode refuses that.
func kindOf(data []byte) Kind {
	var only struct {
		Kind Kind `json:"kind"`
	}
	if err := json.Unmarshal(data, &only); err != nil || only.Kind == "" {
		return KindDaemon
	}
	return only.Kind
}

// NameOf is the name of the service in a file.
func NameOf(file string) string {
	return strings.TrimSuffix(strings.TrimSuffix(path.Base(file), ".json"), ".service")
}

// ValidName tells whether a service may be called so:
// ^[a-z0-9][a-z0-9._@-]{0,63}$.
func ValidName(name string) bool {
	if name == "" || len(name) > 64 || !isLower(name[0]) && !isDigit(name[0]) {
		return false
	}
	return only(name, func(c byte) bool { return isLower(c) || isDigit(c) || strings.IndexByte("._@-", c) >= 0 })
}

func badName(file, name string) error {
	return &strictjson.Error{File: file, Problem: fmt.Sprintf("a service can't be called %q", name),
		Hint: "lower case letters, digits and ._@-, a letter or digit first, at most 64"}
}

// located turns problems into errors with their places, in the order of the text.
func located(file string, data []byte, problems []problem) error {
	more := len(problems) - maxProblems
	if more > 0 {
		problems = problems[:maxProblems]
	}
	var all []*strictjson.Error
	for _, p := range problems {
		e := strictjson.AtPath(file, data, p.path, "%s", p.text)
		e.Hint = p.hint
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b *strictjson.Error) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Col - b.Col
	})
	var errs []error
	for _, e := range all {
		errs = append(errs, e)
	}
	if more > 0 {
		errs = append(errs, &strictjson.Error{File: file, Problem: fmt.Sprintf("and %d more problems", more)})
	}
	return errors.Join(errs...)
}
