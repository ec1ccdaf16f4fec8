package supervisor

// A State is where a service stands. The chart, with what leads from one to
// the next:
//
//	          want                nothing blocks             ready
//	Off ───────────▶ Waiting ───────────────▶ Starting ───────────▶ Up
//	 ▲                ▲    │ a condition            │ fails          │ ends
//	 │                │    ▼ is not met             ▼                ▼
//	 │ all ended      │  Skipped      ┌────── restart? ◀─────────────┤
//	 │                │ delay over    │ yes     │ no                 │
//	 │                └──── Backoff ◀─┘         ▼                    │
//	 │                                    Failed or Done             │
//	 └────────────────────────── Stopping ◀─────────── stop ─────────┘
//
// A oneshot that has ended well is Done, and a timer between its runs is Up.
type State string

// The states.
const (
	Off      State = "off"      // nobody wants it
	Waiting  State = "waiting"  // it is wanted, and something else comes first
	Starting State = "starting" // its program runs, or a hook before it, and it is not ready
	Up       State = "up"       // it is ready
	Stopping State = "stopping" // it was asked to end
	Backoff  State = "backoff"  // it has failed, and starts again after a delay
	Done     State = "done"     // it has ended, and that is well
	Failed   State = "failed"   // it has ended, and is given up
	Skipped  State = "skipped"  // a condition of its manifest is not met
)

// there says that others who need the service can start.
func (s State) there() bool { return s == Up || s == Done }

// settled says that nothing more will come of it by itself: others who only
// start after the service need not wait any longer.
func (s State) settled() bool { return s != Waiting && s != Starting && s != Stopping }

// active says that processes of the service may run.
func (s State) active() bool { return s == Starting || s == Up || s == Stopping }
