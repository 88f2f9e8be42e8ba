package docfile

import (
	"fmt"
	"strings"
	"time"
)

// dateForms are the ways in which dates are written.
var dateForms = []string{time.RFC3339Nano, "2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02", "01/02/2006"}

// ParseDate reads a date in any of its forms. Empty is the zero time.
func ParseDate(s string) (time.Time, error) {
	if s = strings.TrimSpace(s); s == "" {
		return time.Time{}, nil
	}
	for _, form := range dateForms {
		if t, err := time.Parse(form, s); err == nil {
			return plausible(t.UTC())
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date: write 2026-11-21 or 2026-11-21T15:04:05Z", s)
}

// plausible refuses dates that no help centre has: databases and JSON cannot
// keep all that can be written.
func plausible(t time.Time) (time.Time, error) {
	if t.Year() < 1970 || t.Year() > 2200 {
		return time.Time{}, fmt.Errorf("the year %d is not one between 1970 and 2200", t.Year())
	}
	return t, nil
}

// A State is whether a document is to be read.
type State string

// The states.
const (
	StatePublished State = "published"
	StateDraft     State = "draft"
	StateArchived  State = "archived"
)

// ReadState reads what a file says of its document's state, in one of several
// ways; nil and empty mean that it does not, which is no state. What is not
// understood is refused: it may have been meant to keep readers out.
func ReadState(s string, draft, archived, published *bool) (State, error) {
	said := State(strings.ToLower(strings.TrimSpace(s)))
	switch said {
	case "", StatePublished, StateDraft, StateArchived:
	case "live":
		said = StatePublished
	default:
		return "", fmt.Errorf("status %q is unknown: write draft, published or archived", s)
	}
	switch {
	case said == StateArchived || archived != nil && *archived:
		return StateArchived, nil
	case said == StateDraft || draft != nil && *draft || published != nil && !*published:
		return StateDraft, nil
	case draft != nil || archived != nil || published != nil:
		return StatePublished, nil
	}
	return said, nil
}
