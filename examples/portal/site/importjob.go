package site

import (
	"slices"
	"time"

	"github.com/stoa-go/stoa/kb"
)

// An importState is how an import that goes on behind the pages stands.
type importState string

const (
	importWaiting    importState = "waiting"
	importRunning    importState = "running"
	importCancelling importState = "cancelling" // somebody wants it to end
	importCancelled  importState = "cancelled"
	importDone       importState = "done"
	importFailed     importState = "failed"
)

// An importJob is one file that articles are read from, and what came of it.
type importJob struct {
	ID     string
	Person string // who asked for it, and with whose rights it is done
	State  importState
	File   string // in the folder of uploads, empty once it is gone
	At     time.Time
	Seen   time.Time // when it was last worked on
	Facts  importFacts
}

// importFacts are what the database need not understand of an import.
type importFacts struct {
	Known    string    `json:"known"`    // the file's name where it was
	Source   string    `json:"source"`   // name of where the articles come from, empty means that of the file
	Audience string    `json:"audience"` // of what says nothing of that
	Try      bool      `json:"try"`      // nothing is changed
	Size     int64     `json:"size"`
	Started  time.Time `json:"started"`
	Ended    time.Time `json:"ended"`
	Done     int       `json:"done"` // articles
	Total    int       `json:"total"`
	Rate     float64   `json:"rate"`   // articles a second
	Faults   int       `json:"faults"` // what could not be taken, of which the report has the first
	Tries    int       `json:"tries"`  // how often it was begun and came no further
	Reached  int       `json:"reached"`
	Fault    string    `json:"fault"` // key of why it failed
	Undone   time.Time `json:"undone,omitzero"`

	FaultArgs map[string]any `json:"fault_args,omitempty"` // what the text of that takes

	Report kb.ImportReport `json:"report"`
}

// mostKeptProblems is how many problems of an import are kept.
const mostKeptProblems = 2000

// ended reports whether nothing more comes of it.
func (j importJob) ended() bool {
	return j.State == importCancelled || j.State == importDone || j.State == importFailed
}

// again reports whether the same file can be imported once more.
func (j importJob) again() bool {
	return j.ended() && j.File != "" && (j.State != importDone || j.Facts.Try)
}

// note takes over how far an import is that began where earlier had ended: what
// that had made is as it was by now.
func (f *importFacts) note(p kb.ImportProgress, earlier kb.ImportReport) {
	r := p.Report
	f.Done, f.Total, f.Faults = p.Done, p.Total, len(r.Problems)
	r.Problems = slices.Clone(r.Problems[:min(len(r.Problems), mostKeptProblems)])
	r.Unchanged = max(r.Unchanged-earlier.Created-earlier.Updated, 0)
	r.Created += earlier.Created
	r.Made = slices.Concat(earlier.Made, r.Made)
	r.Updated += earlier.Updated
	r.Categories += earlier.Categories
	r.Media += earlier.Media
	known := map[string]bool{}
	changes := slices.Clone(earlier.Changes)
	for _, c := range changes {
		known[c.Article] = true
	}
	for _, c := range r.Changes {
		if !known[c.Article] && len(changes) < kb.MostChanges {
			changes = append(changes, c)
		}
	}
	r.Changes = changes
	f.Report = r
}

// begin notes that an import is begun, maybe again. It returns what was done
// before, and false if it was begun often and comes no further.
func (f *importFacts) begin(now time.Time) (earlier kb.ImportReport, ok bool) {
	if f.Started.IsZero() {
		f.Started = now
	}
	if f.Done > f.Reached {
		f.Reached, f.Tries = f.Done, 0
	}
	f.Tries++
	if !f.Try {
		earlier = f.Report
	}
	return earlier, f.Tries <= mostTries
}

// mostTries is how often an import is begun that comes no further: one that ends
// the portal must not do so for ever.
const mostTries = 4
