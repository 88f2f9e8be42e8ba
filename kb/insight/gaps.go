package insight

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/report"
)

// The kinds of items.
const (
	itemMark   = "mark" // what somebody decided about a gap
	itemHealth = "health"
	itemAll    = "summary"
	itemFAQ    = "faq"
)

// A Reason says why a search is a gap: see [report.Counts.Reasons].
type Reason = report.Reason

// The reasons.
const (
	GapEmpty     = report.ReasonEmpty     // there was no result
	GapUnclicked = report.ReasonUnclicked // no result was followed
	GapRefined   = report.ReasonRefined   // people searched for something else right after
	GapCase      = report.ReasonCase      // they asked people for help
)

// Reasons returns the reasons in the order in which they are offered.
func Reasons() []Reason { return []Reason{GapCase, GapEmpty, GapUnclicked, GapRefined} }

// A GapState is what somebody decided about a gap.
type GapState string

// The states.
const (
	GapOpen    GapState = "open"
	GapHandled GapState = "handled" // it is being seen to, or was
	GapIgnored GapState = "ignored" // nothing is to be done about it
)

// GapStates returns the states in the order in which they are offered.
func GapStates() []GapState { return []GapState{GapOpen, GapHandled, GapIgnored} }

// A Gap is something that people search for and do not find.
type Gap struct {
	report.Question
	Reasons []Reason
	State   GapState
	By      string    // who decided
	At      time.Time // when; zero if nobody did
}

// A GapList selects gaps.
type GapList struct {
	Locale string   // only searches in this language
	Reason Reason   // only for this reason
	State  GapState // only in this state; empty means open
	After  string   // page token from an earlier call
	Limit  int      // 0 means 50
}

func (list GapList) check() error {
	f := errs.Fields{}
	if list.Reason != "" && !slices.Contains(Reasons(), list.Reason) {
		f.Add("reason", "error.field.choice", map[string]any{"choices": ""})
	}
	if list.State != "" && !slices.Contains(GapStates(), list.State) {
		f.Add("state", "error.field.choice", map[string]any{"choices": ""})
	}
	return f.Err()
}

// Gaps returns what people search for and do not find, what weighs most first,
// and a token for the next page, to those who work on articles.
func (a *Analyst) Gaps(ctx context.Context, by profile.Actor, list GapList) ([]Gap, string, error) {
	if err := cmp.Or(a.mayWork(by), list.check()); err != nil {
		return nil, "", fmt.Errorf("gaps: %w", err)
	}
	scope := "gaps|" + list.Locale + "|" + string(list.Reason) + "|" + string(list.State)
	from, err := a.position(scope, list.After)
	if err != nil {
		return nil, "", fmt.Errorf("gaps: %w", err)
	}
	all, err := a.selected(ctx, list)
	if err != nil {
		return nil, "", fmt.Errorf("gaps: %w", err)
	}
	page := all[min(from, len(all)):]
	if limit := clamp(list.Limit, 50, 200); len(page) > limit {
		return page[:limit], a.tokens.Seal(scope, strconv.Itoa(from+limit)), nil
	}
	return page, "", nil
}

// position returns how many gaps were on the pages before.
func (a *Analyst) position(scope, token string) (int, error) {
	text, err := a.tokens.Open(scope, token)
	if err != nil || text == "" {
		return 0, err
	}
	return strconv.Atoi(text)
}

func clamp(n, otherwise, most int) int {
	if n <= 0 {
		return otherwise
	}
	return min(n, most)
}

// selected returns the gaps that a list selects, what weighs most first.
func (a *Analyst) selected(ctx context.Context, list GapList) ([]Gap, error) {
	all, err := a.failures(ctx, list.Locale)
	if err != nil {
		return nil, err
	}
	var out []Gap
	for _, g := range all {
		if list.Reason == "" || slices.Contains(g.Reasons, list.Reason) {
			out = append(out, g)
		}
	}
	if err := a.mark(ctx, out); err != nil {
		return nil, err
	}
	state := cmp.Or(list.State, GapOpen)
	return slices.DeleteFunc(out, func(g Gap) bool { return g.State != state }), nil
}

// mark puts down to gaps what was decided about them.
func (a *Analyst) mark(ctx context.Context, gaps []Gap) error {
	for chunk := range slices.Chunk(gaps, 100) {
		keys := make([]string, len(chunk))
		for i, g := range chunk {
			keys[i] = g.Key()
		}
		marks, _, err := a.store.Items(ctx, ItemQuery{Kind: itemMark, IDs: keys, Limit: len(keys)})
		if err != nil {
			return err
		}
		for i := range chunk {
			chunk[i].State = GapOpen
			if at := slices.IndexFunc(marks, func(m Item) bool { return m.ID == keys[i] }); at >= 0 {
				chunk[i].State, chunk[i].By, chunk[i].At = GapState(marks[at].State), marks[at].By, marks[at].At
			}
		}
	}
	return nil
}

// Gap returns one, to those who work on articles, or ErrNotFound.
func (a *Analyst) Gap(ctx context.Context, by profile.Actor, q Query) (Gap, error) {
	g, err := a.gap(ctx, by, q)
	if err != nil {
		return Gap{}, fmt.Errorf("gap: %w", err)
	}
	return g, nil
}

func (a *Analyst) gap(ctx context.Context, by profile.Actor, q Query) (Gap, error) {
	if err := a.mayWork(by); err != nil {
		return Gap{}, err
	}
	known, err := a.asked(ctx, q)
	if err != nil {
		return Gap{}, err
	}
	one := []Gap{{Question: known[q.Folded().Key()]}}
	if one[0].Reasons = gapReasons(one[0].Counts.Reasons()); len(one[0].Reasons) == 0 {
		return Gap{}, ErrNotFound
	}
	return one[0], a.mark(ctx, one)
}

// MarkGap says what becomes of a gap. It lasts until somebody says otherwise.
func (a *Analyst) MarkGap(ctx context.Context, by profile.Actor, q Query, state GapState) (Gap, error) {
	g, err := a.gap(ctx, by, q)
	if err == nil && !slices.Contains(GapStates(), state) {
		err = errs.Field("state", "error.field.choice", map[string]any{"choices": ""})
	}
	if err != nil {
		return Gap{}, fmt.Errorf("mark gap: %w", err)
	}
	if g.State == state {
		return g, nil
	}
	g.State, g.By, g.At = state, by.ID, a.clock()
	if err := a.store.SaveItems(ctx, Item{Kind: itemMark, ID: g.Key(), Locale: g.Locale, State: string(state), By: g.By, At: g.At}); err != nil {
		return Gap{}, fmt.Errorf("mark gap: %w", err)
	}
	return g, nil
}

// GapsAbout returns open gaps that have a word in common with a text, and without
// words those that weigh most.
func (a *Analyst) GapsAbout(ctx context.Context, by profile.Actor, locale, text string, limit int) ([]Gap, error) {
	about := words(text)
	list, _, err := a.Gaps(ctx, by, GapList{Locale: locale, Limit: 200})
	if err != nil || len(about) == 0 {
		return list[:min(len(list), limit)], err
	}
	var out []Gap
	for _, g := range list {
		if len(out) < limit && slices.ContainsFunc(about, func(w string) bool { return strings.Contains(g.Text, w) }) {
			out = append(out, g)
		}
	}
	return out, nil
}

// A Lead is a search that showed an article.
type Lead struct {
	Query
	Shown  int // how often it was among the first results
	Clicks int // how often it was followed
}

// mostLeads is how many searches of an article are looked at.
const mostLeads = 1000

// Leads returns the searches that showed an article, those that led to it most
// often first, to those who work on it. Searches of too few people are left out.
func (a *Analyst) Leads(ctx context.Context, by profile.Actor, article string, limit int) ([]Lead, error) {
	if _, err := a.library.Manuscript(ctx, by, article); err != nil {
		return nil, fmt.Errorf("leads: %w", err)
	}
	page, _, err := a.store.Sums(ctx, SumQuery{Series: SeriesLeads, Subjects: []string{article}, From: a.since(), Limit: mostLeads})
	if err != nil {
		return nil, fmt.Errorf("leads: %w", err)
	}
	var out []Lead
	for chunk := range slices.Chunk(page, 100) {
		queries := make([]Query, len(chunk))
		for i, r := range chunk {
			queries[i] = report.QueryOf(r.Detail)
		}
		known, err := a.asked(ctx, queries...)
		if err != nil {
			return nil, fmt.Errorf("leads: %w", err)
		}
		for _, r := range chunk {
			if q, ok := known[r.Detail]; ok {
				out = append(out, Lead{Query{Locale: q.Locale, Text: q.Text}, r.Shown, r.Clicks})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Lead) int { return cmp.Or(b.Clicks-a.Clicks, b.Shown-a.Shown) })
	return out[:min(len(out), limit)], nil
}
