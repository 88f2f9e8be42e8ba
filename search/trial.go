package search

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A Trial shows some visits results of two rankings at once, the live one and
// another, so that what people follow tells which of them they would rather have.
// Hits are drafted in turn, as teams are: each ranking brings its best that is not
// there yet, and a coin says which begins. Neither has better places, and nobody
// sees which brought what.
type Trial struct {
	Number  int // from 1
	Kind    TrialKind
	Tuning  Tuning    // that is tried, of a TrialTuning
	Share   int       // of visits that take part, in per cent
	By      string    // who began it
	At      time.Time // when
	Stopped time.Time // when it ended, zero while it runs
}

// ID returns what events call a trial.
func (t Trial) ID() string { return fmt.Sprint("trial-", t.Number) }

// Running reports whether a trial has not been stopped.
func (t Trial) Running() bool { return t.Number > 0 && t.Stopped.IsZero() }

// A TrialKind says what is tried.
type TrialKind string

// The kinds.
const (
	TrialTuning TrialKind = "tuning" // the draft of a tuning, as it was when the trial began
	TrialPlain  TrialKind = "plain"  // results without what was learned from people's behaviour
)

// TrialKinds returns the kinds in the order in which they are offered.
func TrialKinds() []TrialKind { return []TrialKind{TrialTuning, TrialPlain} }

// A Team says which of the two rankings of a trial brought a hit.
type Team string

// The teams.
const (
	TeamLive  Team = "l" // the ranking that everybody else gets
	TeamOther Team = "o" // the one that is tried
)

// A TrialStore keeps trials. It knows no rules.
//
// Implementations must be safe for concurrent use, do each call whole or not at
// all, keep times in UTC to the microsecond, and pass searchtest.TestTrials.
type TrialStore interface {
	// Trials returns the latest trials, the newest first.
	Trials(ctx context.Context, limit int) ([]Trial, error)

	// BeginTrial stores a trial with the number after the newest. It is
	// ErrConflict if its number is another, or if the newest is running.
	BeginTrial(ctx context.Context, t Trial) error

	// StopTrial says that a trial has ended. It is ErrConflict unless it is
	// running.
	StopTrial(ctx context.Context, number int, at time.Time) error

	// RenameTrials puts another name in the place of whoever began trials, and
	// returns how many there were.
	RenameTrials(ctx context.Context, from, to string) (int, error)
}

// A trialRun is the trial that is running, ready to be applied.
type trialRun struct {
	Trial

	tuned *tuned
}

// retry takes the trial that is running, if any.
func (e *Engine) retry(ctx context.Context) error {
	if e.opts.Trials == nil {
		return nil
	}
	list, err := e.opts.Trials.Trials(ctx, 1)
	if err != nil {
		return fmt.Errorf("trial: %w", err)
	}
	if len(list) == 0 || !list[0].Running() {
		e.trial.Store(nil)
		return nil
	}
	if t := e.trial.Load(); t == nil || t.Number != list[0].Number {
		e.trial.Store(&trialRun{list[0], newTuned(list[0].Tuning, -1)})
	}
	return nil
}

// trialOf returns the trial that a search takes part in, or nil. A visit takes
// part as a whole; what is asked in another way than usual does not.
func (e *Engine) trialOf(ctx context.Context, by profile.Actor, a asked) (*trialRun, string) {
	t := e.trial.Load()
	if t == nil || a.query.Plain || a.query.Explain || a.query.Sort != SortRelevance || len(a.parsed.terms) == 0 {
		return nil, ""
	}
	visit := cmp.Or(analytics.Event{}.Complete(ctx).Session, by.ID)
	if visit == "" || int(dice(t.ID(), visit)%100) >= t.Share {
		return nil, ""
	}
	return t, visit
}

// dice returns the same number for the same words, whichever instance asks.
func dice(words ...string) uint64 {
	h := fnv.New64a()
	for _, w := range words {
		_ = binary.Write(h, binary.BigEndian, uint32(len(w))) // a hash takes everything
		h.Write([]byte(w))
	}
	n := h.Sum64()
	return n ^ n>>29 ^ n>>47 // the lower bits of short words are alike
}

// tried is what a search is under the other ranking of a trial.
func (e *Engine) tried(by profile.Actor, a asked, kind TrialKind, t *tuned) asked {
	if kind == TrialPlain {
		a.learned = nil
		return a
	}
	a.parsed = parse(a.query.Text)
	e.tune(&a, t)
	a.learned, a.request = e.learned(a), e.request(by, a)
	return a
}

// lookTwice answers a search that takes part in a trial: the first places are drafted
// from both rankings, and what comes after is the live one's.
func (e *Engine) lookTwice(ctx context.Context, by profile.Actor, a asked, t *trialRun, visit string) (resp Response, doubtful bool, id string, err error) {
	offset, limit := a.request.Offset, a.request.Limit
	other := e.tried(by, a, t.Kind, t.tuned)
	a.request.Offset, a.request.Limit = 0, window
	other.request.Offset, other.request.Limit, other.request.Correct, other.request.Facets = 0, window, false, nil
	resp, doubtful, err = e.look(ctx, by, a)
	if err != nil {
		return resp, doubtful, "", err
	}
	second, doubtful2, err := e.look(ctx, by, other)
	if err != nil {
		return resp, doubtful, "", err
	}
	live := resp.Hits
	doubtful = doubtful || doubtful2
	if !sameOrder(live, second.Hits) {
		id, resp.Total = t.ID(), max(resp.Total, second.Total)
		resp.Hits = draft(live, second.Hits, func(round int) bool { return dice(id, visit, a.query.Text, fmt.Sprint(round))%2 == 0 })
	}
	first := resp.Hits
	resp.Hits = slices.Clone(first[min(offset, len(first)):min(offset+limit, len(first))])
	if missing := limit - len(resp.Hits); missing > 0 && len(live) == window {
		a.request.Offset, a.request.Limit = window+max(0, offset-len(first)), missing
		rest, _, err := e.look(ctx, by, a)
		if err != nil {
			return resp, doubtful, "", err
		}
		for _, h := range rest.Hits {
			if !slices.ContainsFunc(first, func(o Hit) bool { return o.Group == h.Group }) {
				resp.Hits = append(resp.Hits, h)
			}
		}
	}
	return resp, doubtful, id, nil
}

// sameOrder reports whether two rankings show the same first: then nothing that
// is followed says anything of them.
func sameOrder(a, b []Hit) bool {
	return slices.EqualFunc(a[:min(len(a), mostShown)], b[:min(len(b), mostShown)], func(x, y Hit) bool { return x.Group == y.Group })
}

// draft takes hits of two rankings in turns. begins reports whether the live one
// is first in a round.
func draft(live, other []Hit, begins func(round int) bool) []Hit {
	var out []Hit
	taken := map[string]bool{}
	pick := func(from []Hit, team Team) bool {
		for _, h := range from {
			if !taken[h.Group] {
				h.team, taken[h.Group] = team, true
				out = append(out, h)
				return true
			}
		}
		return false
	}
	for round, more := 0, true; more; round++ {
		if begins(round) {
			more = pick(live, TeamLive)
			more = pick(other, TeamOther) || more
		} else {
			more = pick(other, TeamOther)
			more = pick(live, TeamLive) || more
		}
	}
	return out
}

// teamsOf returns who brought each of the hits that an event names.
func teamsOf(hits []Hit) string {
	var b strings.Builder
	for _, h := range hits[:min(len(hits), mostShown)] {
		b.WriteString(string(h.team))
	}
	return b.String()
}

// trials returns the store, if by may tune.
func (e *Engine) trials(by profile.Actor) (TrialStore, error) {
	if err := e.permit(by, profile.PermissionSearchTune); err != nil {
		return nil, err
	}
	if e.opts.Trials == nil {
		return nil, fmt.Errorf("no store of trials: %w", ErrUnavailable)
	}
	return e.opts.Trials, nil
}

// Trials returns the latest trials, the newest first. It needs permission
// search.tune, as beginning and stopping one does.
func (e *Engine) Trials(ctx context.Context, by profile.Actor, limit int) ([]Trial, error) {
	s, err := e.trials(by)
	if err != nil {
		return nil, err
	}
	return s.Trials(ctx, min(max(limit, 1), maxLimit))
}

// BeginTrial begins a trial in a share of visits, in per cent. The error matches
// [ErrInvalid], with an entry for each field, or [ErrConflict] if one is running.
func (e *Engine) BeginTrial(ctx context.Context, by profile.Actor, kind TrialKind, share int) (Trial, error) {
	s, err := e.trials(by)
	if err != nil {
		return Trial{}, err
	}
	t := Trial{Kind: kind, Share: share, By: by.ID, At: e.now()}
	if t.Tuning, err = e.triedTuning(ctx, kind, share); err != nil {
		return Trial{}, err
	}
	list, err := s.Trials(ctx, 1)
	if err != nil {
		return Trial{}, err
	}
	t.Number = 1
	if len(list) > 0 {
		t.Number = list[0].Number + 1
	}
	if err := s.BeginTrial(ctx, t); err != nil {
		return Trial{}, err
	}
	return t, e.retry(ctx)
}

// triedTuning returns what a trial tries, or what cannot be tried.
func (e *Engine) triedTuning(ctx context.Context, kind TrialKind, share int) (Tuning, error) {
	f := errs.Fields{}
	if share < 1 || share > 100 {
		f.Add("share", "error.search.trial.share", nil)
	}
	var d TuningDraft
	var err error
	if kind == TrialTuning && e.opts.Tuning != nil {
		d, err = e.opts.Tuning.Draft(ctx)
	}
	switch {
	case err != nil:
		return Tuning{}, err
	case kind == TrialTuning && !d.Open:
		f.Add("kind", "error.search.trial.draft", nil)
	case kind == TrialPlain && e.opts.Signals == nil, !slices.Contains(TrialKinds(), kind):
		f.Add("kind", "error.search.trial.kind", nil)
	}
	return d.Tuning, f.Err()
}

// StopTrial stops a trial. Stopping one that has ended does nothing; one that there
// is not is ErrNotFound.
func (e *Engine) StopTrial(ctx context.Context, by profile.Actor, number int) error {
	s, err := e.trials(by)
	if err != nil {
		return err
	}
	err = s.StopTrial(ctx, number, e.now())
	if errors.Is(err, errs.Conflict) {
		list, listErr := s.Trials(ctx, maxLimit)
		if err = listErr; err == nil && !slices.ContainsFunc(list, func(t Trial) bool { return t.Number == number }) {
			err = fmt.Errorf("trial %d: %w", number, errs.NotFound)
		}
	}
	return errors.Join(err, e.retry(ctx))
}

// Rankings returns the groups that two rankings would show first to an anonymous
// visitor: the live one, and one that a trial would try. It is for replays, see
// package learning.
func (e *Engine) Rankings(ctx context.Context, by profile.Actor, kind TrialKind, text, locale string) (live, other []string, err error) {
	if err := e.permit(by, profile.PermissionSearchTune); err != nil {
		return nil, nil, err
	}
	if !slices.Contains(TrialKinds(), kind) {
		return nil, nil, errs.Field("kind", "error.search.trial.kind", nil)
	}
	t := newTuned(Tuning{}, -1)
	if kind == TrialTuning {
		d, err := e.TuningDraft(ctx, by)
		if err != nil {
			return nil, nil, err
		}
		t = newTuned(d.Tuning, -1)
	}
	nobody := profile.Actor{}
	a := asked{parsed: parse(text), page: 1, query: Query{Text: text, Locale: e.locale(nobody, locale), Limit: mostShown}}
	e.tune(&a, e.tunedNow(ctx))
	if len(a.parsed.terms) == 0 {
		return nil, nil, nil
	}
	a.learned, a.request = e.learned(a), e.request(nobody, a)
	for i, one := range []asked{a, e.tried(nobody, a, kind, t)} {
		one.request.Snippet, one.request.Correct = 0, false
		resp, _, err := e.look(ctx, nobody, one)
		if err != nil {
			return nil, nil, err
		}
		for _, h := range e.admitted(nobody, resp.Hits) {
			if i == 0 {
				live = append(live, h.Group)
			} else {
				other = append(other, h.Group)
			}
		}
	}
	return live, other, nil
}
