package lineedit

import "fmt"

// search is Ctrl-R: each character typed narrows the search for the latest
// line of the history that contains them all. Ctrl-R again goes further back,
// Ctrl-G gives up; any other key takes the line found and then does its work.
func (r *reading) search() (key, error) {
	var wanted []rune
	at, before := len(r.e.History.lines), string(r.text)
	for {
		r.screen.draw(fmt.Sprintf("(history: %s) ", string(wanted)), r.text, r.pos)
		k, err := r.e.keys.read()
		from := at
		switch {
		case err != nil:
			return 0, err
		case k == ctrl('G'):
			r.set(before)
			return keyUnknown, nil
		case k == ctrl('R'):
		case k == backspace || k == ctrl('H'):
			wanted = wanted[:max(0, len(wanted)-1)]
			from = len(r.e.History.lines)
		case k >= ' ' && k < keyUnknown:
			wanted = append(wanted, rune(k))
			from = at + 1 // the line found may still do
		default:
			return k, nil
		}
		found, ok := r.e.History.containing(from, string(wanted))
		if !ok {
			r.bell()
			continue
		}
		at = found
		r.set(r.e.History.lines[at])
	}
}
