package main

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ranges are in order and don't overlap.
type ranges []span

// A span is the numbers from first to last.
type span struct{ first, last int }

const toEnd = math.MaxInt

func parseRanges(list string) (ranges, error) {
	var all ranges
	for word := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		s, err := parseSpan(word)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, errors.New("the list is empty")
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.first, b.first) })
	joined := all[:1]
	for _, s := range all[1:] {
		if last := &joined[len(joined)-1]; s.first <= last.last {
			last.last = max(last.last, s.last)
		} else {
			joined = append(joined, s)
		}
	}
	return joined, nil
}

func parseSpan(word string) (span, error) {
	low, high, ranged := strings.Cut(word, "-")
	s := span{1, toEnd}
	var err error
	if low != "" {
		s.first, err = strconv.Atoi(low)
	}
	if high != "" && err == nil {
		s.last, err = strconv.Atoi(high)
	}
	if !ranged {
		s.last = s.first
	}
	switch {
	case err != nil || low+high == "":
		return s, fmt.Errorf("%q is no number and no range such as 2-5", word)
	case s.first < 1:
		return s, errors.New("parts are counted from 1")
	case s.last < s.first:
		return s, fmt.Errorf("the range %s is upside down", word)
	}
	return s, nil
}

func (r ranges) contains(n int) bool {
	return slices.ContainsFunc(r, func(s span) bool { return s.first <= n && n <= s.last })
}

// begins says whether a range begins at n.
func (r ranges) begins(n int) bool {
	return slices.ContainsFunc(r, func(s span) bool { return s.first == n })
}

// complement is every number that is in no range.
func (r ranges) complement() ranges {
	var rest ranges
	next := 1
	for _, s := range r {
		if s.first > next {
			rest = append(rest, span{next, s.first - 1})
		}
		if s.last == toEnd {
			return rest
		}
		next = s.last + 1
	}
	return append(rest, span{next, toEnd})
}
