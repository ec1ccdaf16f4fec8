// Package nearest finds the word that somebody who mistyped probably meant.
//
// The distance is Damerau's and Levenshtein's: one step is a letter too many,
// missing, wrong, or two neighbours swapped (optimal string alignment).
//
// Unknown is the error for a word that is none of the valid ones.
//
// Next in the tour: none
package nearest

import (
	"fmt"
	"strings"

	"github.com/vole-linux/vole/internal/cli"
)

// Unknown says that word is no valid what, lists those that are, and asks
// whether the nearest was meant. It ends a program with status 2.
func Unknown(what, word string, valid []string) error {
	err := cli.Usagef("unknown %s %q: valid are %s", what, word, strings.Join(valid, ", "))
	if near := Of(word, valid); near != "" {
		return cli.Hint(err, fmt.Sprintf("did you mean %q?", near))
	}
	return err
}

// Of returns the candidate nearest to word, or "" when none is near enough to
// be a likely slip. A difference in case alone counts as nearly equal.
func Of(word string, candidates []string) string {
	best, found := "", len(word)/3+2 // one slip in short words, more in long ones
	for _, c := range candidates {
		d := distance(strings.ToLower(word), strings.ToLower(c))
		if d < found || d == found && best != "" && c < best {
			best, found = c, d
		}
	}
	return best
}

// distance counts the steps from a to b over three rows of the usual table:
// the row being filled, the one above and, for swaps, the one above that.
func distance(a, b string) int {
	above2, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], above2[j-2]+1)
			}
		}
		above2, above, row = above, row, above2
	}
	return above[len(b)]
}
