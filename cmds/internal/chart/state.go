package chart

// A sign is the shape that a state has in a drawing.
type sign int

const (
	signUnknown sign = iota
	signCheck        // a tick: it works
	signDone         // a tick in a ring: it has worked
	signPlay         // a triangle: it is on its way
	signWait         // two bars: it waits for another
	signRetry        // a diamond with !: it will try again
	signCross        // an octagon with x: it has failed
	signStop         // a square: it is not to run
	signAbsent       // a ring of dashes: there is no such service
)

// A look is how a state looks: its colour in SVG, by the class of that name,
// on a terminal (SGR of ECMA-48), and its sign.
type look struct {
	class string
	sgr   string
	sign  sign
}

func lookOf(state string) look {
	switch state {
	case "ready", "running", "up", "healthy":
		return look{"good", "32", signCheck}
	case "done", "exited":
		return look{"good", "32", signDone}
	case "starting", "reloading", "stopping":
		return look{"busy", "36", signPlay}
	case "waiting", "blocked", "queued", "scheduled":
		return look{"busy", "36", signWait}
	case "backoff", "restarting", "unhealthy", "degraded":
		return look{"warn", "33", signRetry}
	case "failed", "cycle", "timeout", "oom", "gave-up":
		return look{"bad", "1;31", signCross}
	case "missing":
		return look{"bad", "1;31", signAbsent}
	case "stopped", "disabled", "masked", "inactive":
		return look{"idle", "90", signStop}
	}
	return look{"idle", "", signUnknown}
}

// paint puts text into the colour of sgr; "" is that of the terminal.
func (o Options) paint(sgr, text string) string {
	if !o.Color || sgr == "" || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}
