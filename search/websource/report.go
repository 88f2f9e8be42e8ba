package websource

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/stoa-go/stoa/search/gathered"
)

// An End says why a crawl ended.
type End string

// The ends of crawls. All but EndWhole are early.
const (
	EndWhole  End = "whole"  // all there is was met
	EndPages  End = "pages"  // as many pages as may be were asked for
	EndTime   End = "time"   // it took as long as it may
	EndDown   End = "down"   // the site does not answer, or with errors
	EndBusy   End = "busy"   // the site asked to be left alone for long
	EndRobots End = "robots" // robots.txt cannot be read, or allows nothing that was asked for
	EndMap    End = "map"    // a sitemap cannot be read
)

// Ends returns all ends.
func Ends() []End { return []End{EndWhole, EndPages, EndTime, EndDown, EndBusy, EndRobots, EndMap} }

// A Reason says why an address is not in the search.
type Reason string

// The reasons.
const (
	ReasonRobots      Reason = "robots"      // robots.txt asks not to read it
	ReasonNoIndex     Reason = "noindex"     // the page asks not to be found
	ReasonCanonical   Reason = "canonical"   // it would rather be known by an address that is not the site's
	ReasonElsewhere   Reason = "elsewhere"   // it leads to a place that is not the site's, or is listed and none of it
	ReasonGone        Reason = "gone"        // there is nothing
	ReasonStatus      Reason = "status"      // the server answers with an error
	ReasonUnreachable Reason = "unreachable" // there was no answer, or not in time
	ReasonLarge       Reason = "large"       // it is too long
	ReasonType        Reason = "type"        // it is of a kind that has no words
	ReasonUnreadable  Reason = "unreadable"  // what it says cannot be read
	ReasonEmpty       Reason = "empty"       // it says nothing
	ReasonLoop        Reason = "loop"        // it leads on and on
)

// Reasons returns all reasons.
func Reasons() []Reason {
	return []Reason{
		ReasonRobots, ReasonNoIndex, ReasonCanonical, ReasonElsewhere, ReasonGone, ReasonStatus, ReasonUnreachable, ReasonLarge, ReasonType,
		ReasonUnreadable, ReasonEmpty, ReasonLoop,
	}
}

// Trouble reports whether the site's owner would want to know.
func (r Reason) Trouble() bool {
	switch r {
	case ReasonStatus, ReasonUnreachable, ReasonLarge, ReasonUnreadable, ReasonLoop, ReasonElsewhere:
		return true
	}
	return false
}

// A Problem is an address that is not as it should be.
type Problem struct {
	Address string `json:"address"`
	Reason  Reason `json:"reason"`
	Status  int    `json:"status,omitempty"` // what the server answered, if it did
}

// A Report says how a crawl went.
type Report struct {
	Began    time.Time      `json:"began"`
	Ended    time.Time      `json:"ended,omitzero"` // zero means that it goes on
	End      End            `json:"end,omitempty"`
	Mapped   bool           `json:"mapped"`   // the site has sitemaps
	Asked    int            `json:"asked"`    // requests for pages
	Same     int            `json:"same"`     // pages that the server said are as they were
	Changed  int            `json:"changed"`  // pages that are new or another
	Removed  int            `json:"removed"`  // pages that are no longer found
	Pages    int            `json:"pages"`    // that are found now
	Left     map[Reason]int `json:"left"`     // how many addresses were left out
	Problems []Problem      `json:"problems"` // the first of those
	Trouble  int            `json:"trouble"`  // all of those
}

// mostProblems is how many problems a report names.
const mostProblems = 100

// A Status is how a source is doing.
type Status struct {
	Report            // of the crawl that goes on, or else of the last
	Running bool      // a crawl goes on
	Next    time.Time // when the next one is due
}

// left notes that an address is left out.
func (r *Report) left(address string, reason Reason, status int) {
	if r.Left == nil {
		r.Left = map[Reason]int{}
	}
	r.Left[reason]++
	if !reason.Trouble() {
		return
	}
	if r.Trouble++; len(r.Problems) < mostProblems {
		r.Problems = append(r.Problems, Problem{address, reason, status})
	}
}

// state is what is known of crawls.
type state struct {
	Began  time.Time `json:"began"` // of the one that goes on, or was cut off; zero if the last one ended
	Next   time.Time `json:"next"`
	Report Report    `json:"report"` // of the last one that ended
}

// stateKey is where it is kept: it is no address.
const stateKey = "crawl"

func (s *Source) load(ctx context.Context) (st state, err error) {
	e, err := s.log.Entry(ctx, stateKey)
	if errors.Is(err, gathered.ErrNotFound) {
		return st, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(e.Note), &st)
	}
	return st, err
}

func (s *Source) save(ctx context.Context, st state) error {
	text, err := json.Marshal(st)
	if err != nil {
		return err
	}
	_, err = s.log.Keep(ctx, gathered.Entry{Key: stateKey, Note: string(text)})
	return err
}
