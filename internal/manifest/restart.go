package manifest

import "time"

// Restart is what happens when a service ends by itself. It starts again after
// a delay that doubles with every failure in a row.
type Restart struct {
	// When it is started again. Absent for a oneshot or a timer: no.
	Policy Policy `json:"policy"`

	// The time before the first restart. 0s: at once, and each time.
	Delay Duration `json:"delay"`

	// The longest time before a restart, jitter apart.
	MaxDelay Duration `json:"max_delay"`

	// The part of the delay that chance adds or takes, so that machines that fail
	// together do not come back together: 0 to 1.
	Jitter float64 `json:"jitter" schema:"min=0,max=1"`

	// The time it must have run for the delay to start anew.
	Reset Duration `json:"reset"`

	// How many restarts there may be within window before init gives up. 0: any number.
	Limit int `json:"limit,omitempty" schema:"min=0,max=1000000"`

	// The time that limit is counted over.
	Window Duration `json:"window"`

	// What happens to the machine after the last restart: nothing (the service
	// has failed, that is all), reboot, or rescue (a shell on the console). With the
	// policy no: after the first failure.
	GiveUp GiveUp `json:"give_up"`
}

// Wait is the time before restart n, from 0, of those in a row. random is from
// [0, 1) and decides on the jitter.
func (r Restart) Wait(n int, random float64) time.Duration {
	wait := float64(r.delay(n)) * (1 + r.Jitter*(2*random-1))
	return time.Duration(min(max(wait, 0), 1<<62)) // 1<<62 is 146 years: past it a Duration overflows
}

// delay is Wait without chance.
func (r Restart) delay(n int) time.Duration {
	delay, most := time.Duration(r.Delay), time.Duration(r.MaxDelay)
	for ; n > 0 && delay > 0 && delay < most; n-- {
		delay *= 2
		if delay < 0 { // an overflow
			return most
		}
	}
	return min(delay, most)
}

// reachable tells whether so many restarts as Limit can happen within Window:
// if each attempt fails at once, or if each lasts just long enough to start
// the delay anew.
func (r Restart) reachable() bool {
	window := time.Duration(r.Window)
	steady := time.Duration(r.Reset) + time.Duration(r.Delay)
	left := window
	for n := 1; n < r.Limit; n++ {
		left -= r.delay(n)
		if left < 0 {
			return steady <= window/time.Duration(r.Limit-1)
		}
		if r.delay(n) == 0 {
			break // all others are, too
		}
	}
	return true
}
