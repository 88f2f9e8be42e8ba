package search

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
)

// A Tuning is what a team has set by hand. It is applied to a query before the
// index sees it, so that it needs no rebuild.
type Tuning struct {
	Synonyms  []Synonym  `json:"synonyms"`
	Pins      []Pin      `json:"pins"`
	StopWords []StopWord `json:"stop_words"`
}

// A Synonym says that whoever looks for some words also means others. It is
// taken once: what others mean in turn is not looked for. Words are compared with
// what was typed, whole and without case and accents, and in all their forms if
// the index knows these: see [Stemmer].
type Synonym struct {
	Locale string   `json:"locale,omitempty"` // language of readers; empty means all
	From   []string `json:"from"`             // words and phrases that are looked for
	To     []string `json:"to"`               // those that are found as well
	TwoWay bool     `json:"two_way"`          // all of them mean the same
}

// A Pin puts groups in front for some queries.
type Pin struct {
	Locale  string    `json:"locale,omitempty"` // language of readers; empty means all
	Queries []Pattern `json:"queries"`          // any of them
	Groups  []string  `json:"groups"`           // in this order
	From    time.Time `json:"from,omitzero"`    // zero means since ever
	Until   time.Time `json:"until,omitzero"`   // zero means for good
}

// A Pattern is queries that somebody might ask.
type Pattern struct {
	Text  string `json:"text"`
	Match Match  `json:"match"`
}

// A Match says which queries a pattern is for.
type Match string

// The matches. Case, accents and punctuation do not matter.
const (
	MatchExact Match = "exact" // the same words in the same order, and no others
	MatchWords Match = "words" // all of the words, in any order and in any form that the index knows
)

// A StopWord is ignored in queries in which it is not quoted or required, and
// something else is left.
type StopWord struct {
	Locale string `json:"locale,omitempty"` // language of readers; empty means all
	Word   string `json:"word"`
}

// A TuningVersion is a Tuning that is live or was.
type TuningVersion struct {
	Tuning

	Number   int // from 1; 0 means that nothing was ever live
	By       string
	At       time.Time
	Note     string // why
	Restored int    // number of the version that was brought back, or 0
}

// A TuningDraft is a Tuning that is being edited beside the one that is live.
type TuningDraft struct {
	Tuning

	Revision int  // how often it was saved, which goes on when a draft is dropped
	Open     bool // there is one
	By       string
	At       time.Time
}

// A TuningStore keeps one live Tuning with all versions before it, and one
// draft. It has no rules and checks no rights: these are an [Engine]'s.
//
// Implementations must
//   - be safe for concurrent use by any number of programs;
//   - keep times in UTC to the microsecond, and lists in their order;
//   - share no memory with their callers;
//   - pass the suite searchtest.TestTuning.
type TuningStore interface {
	// LiveVersion returns the number of the live version, 0 if there is none. It
	// is asked every few seconds.
	LiveVersion(ctx context.Context) (int, error)

	// Versions returns the versions below a number, or all of them if it is 0,
	// newest first and at most limit, without their tunings.
	Versions(ctx context.Context, before, limit int) ([]TuningVersion, error)

	// Version returns a version, or [ErrNotFound].
	Version(ctx context.Context, number int) (TuningVersion, error)

	// Draft returns the draft, its zero value if none was ever saved.
	Draft(ctx context.Context) (TuningDraft, error)

	// SaveDraft replaces the draft. Its revision must be one more than that of
	// the draft before, or nothing is done and the error is [ErrConflict]. One
	// that is not open takes the draft away and keeps its revision.
	SaveDraft(ctx context.Context, d TuningDraft) error

	// Publish makes v live. Its number must be one more than that of the live
	// version and, if it comes from the draft, the draft must have the revision;
	// else nothing is done and the error is [ErrConflict]. The draft is taken
	// away with it. A revision of 0 leaves the draft alone.
	Publish(ctx context.Context, v TuningVersion, revision int) error

	// RenameTuner puts another name, or none, in the place of whoever saved
	// something, and returns how many times.
	RenameTuner(ctx context.Context, from, to string) (int, error)
}

// Bounds of a Tuning.
const (
	maxSynonyms   = 2000
	maxPins       = 500
	maxStopWords  = 500
	maxSides      = 20  // words and phrases on a side of a synonym
	maxPatterns   = 20  // of a pin
	maxPinned     = 10  // groups of a pin
	maxPhrase     = 6   // words of a phrase
	maxTuned      = 100 // characters of a word or phrase
	maxTuneLocale = 35
)

// Clone returns a copy that shares nothing with t.
func (t Tuning) Clone() Tuning {
	out := Tuning{Synonyms: slices.Clone(t.Synonyms), Pins: slices.Clone(t.Pins), StopWords: slices.Clone(t.StopWords)}
	for i, s := range out.Synonyms {
		out.Synonyms[i].From, out.Synonyms[i].To = slices.Clone(s.From), slices.Clone(s.To)
	}
	for i, p := range out.Pins {
		out.Pins[i].Queries, out.Pins[i].Groups = slices.Clone(p.Queries), slices.Clone(p.Groups)
	}
	return out
}

// Empty reports whether nothing is set.
func (t Tuning) Empty() bool { return len(t.Synonyms)+len(t.Pins)+len(t.StopWords) == 0 }

// Texts returns all texts in t, to be checked by stores.
func (t Tuning) Texts() []string {
	var out []string
	for _, s := range t.Synonyms {
		out = append(append(append(out, s.Locale), s.From...), s.To...)
	}
	for _, p := range t.Pins {
		out = append(append(out, p.Locale), p.Groups...)
		for _, q := range p.Queries {
			out = append(out, q.Text, string(q.Match))
		}
	}
	for _, w := range t.StopWords {
		out = append(out, w.Locale, w.Word)
	}
	return out
}

// Tidy returns t as it is kept: texts cleaned, nothing empty or twice in a list,
// times in UTC.
func (t Tuning) Tidy() Tuning {
	t = t.Clone()
	for i := range t.Synonyms {
		s := &t.Synonyms[i]
		s.Locale, s.From, s.To = clean(s.Locale), tidyList(s.From), tidyList(s.To)
	}
	for i := range t.Pins {
		p := &t.Pins[i]
		p.Locale, p.Groups = clean(p.Locale), tidyList(p.Groups)
		p.From, p.Until = p.From.UTC().Truncate(time.Microsecond), p.Until.UTC().Truncate(time.Microsecond)
		for j, q := range p.Queries {
			p.Queries[j] = Pattern{Text: clean(q.Text), Match: cmp.Or(q.Match, MatchExact)}
		}
		p.Queries = slices.DeleteFunc(p.Queries, func(q Pattern) bool { return q.Text == "" })
	}
	for i, w := range t.StopWords {
		t.StopWords[i] = StopWord{Locale: clean(w.Locale), Word: clean(w.Word)}
	}
	return t
}

func tidyList(list []string) []string {
	out := make([]string, 0, len(list))
	known := map[string]bool{}
	for _, text := range list {
		if text = clean(text); text != "" && !known[foldWords(text)] {
			known[foldWords(text)] = true
			out = append(out, text)
		}
	}
	return out
}

// Check returns an error that matches [ErrInvalid] and has an entry for each
// field that is wrong, such as "synonyms.3.to".
func (t Tuning) Check() error {
	f := errs.Fields{}
	count(f, "synonyms", len(t.Synonyms), maxSynonyms)
	count(f, "pins", len(t.Pins), maxPins)
	count(f, "stop_words", len(t.StopWords), maxStopWords)
	if err := f.Err(); err != nil {
		return err
	}
	for i, s := range t.Synonyms {
		s.check(f, at("synonyms", i))
	}
	for i, p := range t.Pins {
		p.check(f, at("pins", i))
	}
	for i, w := range t.StopWords {
		w.check(f, at("stop_words", i))
	}
	return f.Err()
}
