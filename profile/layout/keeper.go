package layout

import (
	"context"
	"iter"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// Keeper returns what hands over and forgets all that is kept of a person, for
// [profile.Directory.Register].
func (a *Arranger) Keeper() profile.Keeper {
	return profile.NewKeeper("layout", a.exportTrail, a.eraseTrail)
}

// A trailRecord is a piece of a Trail in an export.
type trailRecord struct {
	Kind      string     `json:"kind"` // "choice", "use", "visit" or "promotion"
	Off       bool       `json:"off,omitempty"`
	Ref       string     `json:"ref,omitempty"`
	Day       string     `json:"day,omitempty"`
	Times     int        `json:"times,omitempty"`
	Visit     string     `json:"visit,omitempty"`
	Segments  []string   `json:"segments,omitempty"`
	At        *time.Time `json:"at,omitempty"`
	Clicked   *time.Time `json:"clicked_at,omitempty"`
	Dismissed *time.Time `json:"dismissed_at,omitempty"`
}

func (a *Arranger) exportTrail(ctx context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		t, err := a.Export(ctx, person)
		if err != nil {
			yield(nil, err)
			return
		}
		made, err := a.madeRecords(ctx, person)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, r := range append(t.records(person), made...) {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// records returns the pieces of a trail.
func (t Trail) records(person string) []trailRecord {
	var out []trailRecord
	if t.Choice.Version > 0 {
		out = append(out, trailRecord{Kind: "choice", Ref: "person/" + person, Off: t.Choice.Off, At: when(t.Choice.At)})
	}
	for _, u := range t.Uses {
		out = append(out, trailRecord{Kind: "use", Ref: u.Ref, Day: u.Day, Times: u.N})
	}
	for _, s := range t.Starts {
		out = append(out, trailRecord{Kind: "visit", Visit: s.Visit, At: when(s.Began), Segments: s.Segments})
	}
	for _, s := range t.Shows {
		out = append(out, trailRecord{
			Kind: "promotion", Ref: s.Promotion, Visit: s.Visit, At: when(s.At), Clicked: when(s.ClickedAt), Dismissed: when(s.DismissedAt),
		})
	}
	return out
}

func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (a *Arranger) eraseTrail(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
	n, err := a.Erase(ctx, person)
	if err != nil || person == "" {
		return profile.Erased{Removed: n}, err
	}
	named, err := a.forgetNames(ctx, person, how.Pseudonym)
	return profile.Erased{Removed: n, Renamed: named}, wrap(err, "erasure of", person)
}
