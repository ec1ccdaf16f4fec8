package manifest

import "time"

// Timer is when a timer runs. At least one of every, after_boot and calendar is
// needed; with several it runs at all of these times. It never runs twice at
// once: a time that comes while it runs is left out.
type Timer struct {
	// The time from the start of one run to the start of the next. At least 1s. The
	// first run comes after_boot after boot, or else this time after it.
	Every Duration `json:"every,omitempty"`

	// The time from boot to the first run.
	AfterBoot Duration `json:"after_boot,omitempty"`

	// Times of the calendar: "Mon..Fri 03:15", "*-*-01 00:00", "*:0/15", or hourly,
	// daily, weekly, monthly, yearly. In full each is [WEEKDAYS] [[YEAR-]MONTH-DAY]
	// [HOUR:MINUTE[:SECOND]], where a part is *, or with commas N, N..M, N/STEP.
	Calendar []Calendar `json:"calendar,omitempty" schema:"unique"`

	// The most that chance adds to each time, so that many machines do not all come
	// at once. Shorter than every.
	Jitter Duration `json:"jitter,omitempty"`

	// How long a run may take. Then it is stopped, and has failed. 0s: for ever.
	Timeout Duration `json:"timeout,omitempty"`
}

// Next is the first time of the calendar after a time, without jitter, or the
// zero time if there is none.
func (t Timer) Next(after time.Time) time.Time {
	var first time.Time
	for _, c := range t.Calendar {
		if next := c.Next(after); !next.IsZero() && (first.IsZero() || next.Before(first)) {
			first = next
		}
	}
	return first
}
