package insight

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/report"
)

// The kinds of items.
const (
	itemQuery  = "query" // a search that enough people made
	itemGap    = "gap"   // one that led nowhere
	itemMark   = "mark"  // what somebody decided about a gap
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
	Query
	Counts
	People  int // different ones who are certain to have searched for it; there may have been more
	Reasons []Reason
	State   GapState
	By      string // who decided
	At      time.Time
}

// A queryBody is what is kept of a query.
type queryBody struct {
	Counts  Counts
	People  int
	Reasons []Reason
}

// reviewQueries makes the lists of searches anew, page by page. Those of too few
// people are in none.
func (a *Analyst) reviewQueries(ctx context.Context) error {
	began := a.clock()
	q := SumQuery{Series: SeriesQueries, From: a.since(), Limit: 200}
	for {
		page, next, err := a.store.Sums(ctx, q)
		if err != nil {
			return err
		}
		if err := a.keepQueries(ctx, page, began); err != nil {
			return err
		}
		if q.After = next; next == "" {
			break
		}
	}
	for _, kind := range []string{itemQuery, itemGap} {
		if _, err := a.store.DropItems(ctx, kind, began); err != nil {
			return err
		}
	}
	return nil
}

func (a *Analyst) keepQueries(ctx context.Context, page []Row, at time.Time) error {
	keys := make([]string, len(page))
	for i, r := range page {
		keys[i] = r.Subject
	}
	people, err := a.store.People(ctx, keys, a.since())
	if err != nil {
		return err
	}
	marks, err := a.marks(ctx, keys)
	if err != nil {
		return err
	}
	var items []Item
	for _, r := range page {
		if people[r.Subject] < a.opts.People {
			continue
		}
		q, body := report.QueryOf(r.Subject), queryBody{r.Counts, people[r.Subject], reasonsOf(r.Counts)}
		item := Item{Kind: itemQuery, ID: r.Subject, Rank: r.Searches, Locale: q.Locale, At: at, Body: encode(body)}
		items = append(items, item)
		if len(body.Reasons) > 0 {
			item.Kind, item.Rank, item.State = itemGap, 4*r.Cases+3*r.Empty+2*r.Unclicked+r.Refined, string(GapOpen)
			for _, reason := range body.Reasons {
				item.Labels = append(item.Labels, string(reason))
			}
			slices.Sort(item.Labels)
			if m, ok := marks[r.Subject]; ok {
				item.State, item.By = m.State, m.By
			}
			items = append(items, item)
		}
	}
	return a.store.SaveItems(ctx, items...)
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("insight: " + err.Error()) // bodies are plain values
	}
	return text
}

// marks returns what was decided about queries, by key.
func (a *Analyst) marks(ctx context.Context, keys []string) (map[string]Item, error) {
	page, _, err := a.store.Items(ctx, ItemQuery{Kind: itemMark, IDs: keys, Limit: len(keys) + 1})
	out := map[string]Item{}
	for _, m := range page {
		out[m.ID] = m
	}
	return out, err
}

// reasonsOf says why a search is a gap.
func reasonsOf(c Counts) []Reason {
	return report.Counts{Searches: c.Searches, Empty: c.Empty, Unclicked: c.Unclicked, Refined: c.Refined, Cases: c.Cases}.Reasons()
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
	q := ItemQuery{Kind: itemGap, Locale: list.Locale, States: []string{string(cmp.Or(list.State, GapOpen))}, Limit: clamp(list.Limit, 50, 200)}
	if list.Reason != "" {
		q.Labels = []string{string(list.Reason)}
	}
	var err error
	if q.After, err = a.tokens.Open(scope, list.After); err != nil {
		return nil, "", fmt.Errorf("gaps: %w", err)
	}
	page, next, err := a.store.Items(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("gaps: %w", err)
	}
	return gapsOf(page), a.tokens.Seal(scope, next), nil
}

func clamp(n, otherwise, most int) int {
	if n <= 0 {
		return otherwise
	}
	return min(n, most)
}

func gapsOf(items []Item) (out []Gap) {
	for _, i := range items {
		var b queryBody
		_ = json.Unmarshal(i.Body, &b) // what cannot be read counts nothing
		out = append(out, Gap{Query: report.QueryOf(i.ID), Counts: b.Counts, People: b.People, Reasons: b.Reasons, State: GapState(i.State), By: i.By, At: i.At})
	}
	return out
}

// Gap returns one, to those who work on articles, or ErrNotFound.
func (a *Analyst) Gap(ctx context.Context, by profile.Actor, q Query) (Gap, error) {
	g, _, err := a.gap(ctx, by, q)
	if err != nil {
		return Gap{}, fmt.Errorf("gap: %w", err)
	}
	return g, nil
}

func (a *Analyst) gap(ctx context.Context, by profile.Actor, q Query) (Gap, Item, error) {
	if err := a.mayWork(by); err != nil {
		return Gap{}, Item{}, err
	}
	page, _, err := a.store.Items(ctx, ItemQuery{Kind: itemGap, IDs: []string{q.Key()}, Limit: 1})
	if err == nil && len(page) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Gap{}, Item{}, err
	}
	return gapsOf(page)[0], page[0], nil
}

// MarkGap says what becomes of a gap. It lasts until somebody says otherwise.
func (a *Analyst) MarkGap(ctx context.Context, by profile.Actor, q Query, state GapState) (Gap, error) {
	g, item, err := a.gap(ctx, by, q)
	if err == nil && !slices.Contains(GapStates(), state) {
		err = errs.Field("state", "error.field.choice", map[string]any{"choices": ""})
	}
	if err != nil {
		return Gap{}, fmt.Errorf("mark gap: %w", err)
	}
	if g.State == state {
		return g, nil
	}
	item.State, item.By = string(state), by.ID
	mark := Item{Kind: itemMark, ID: item.ID, Locale: item.Locale, State: item.State, By: by.ID, At: a.clock()}
	if err := a.store.SaveItems(ctx, item, mark); err != nil {
		return Gap{}, fmt.Errorf("mark gap: %w", err)
	}
	g.State, g.By = state, by.ID
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
		told, err := a.told(ctx, chunk)
		if err != nil {
			return nil, fmt.Errorf("leads: %w", err)
		}
		for _, r := range chunk {
			if told[r.Detail] {
				out = append(out, Lead{report.QueryOf(r.Detail), r.Shown, r.Clicks})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Lead) int { return cmp.Or(b.Clicks-a.Clicks, b.Shown-a.Shown) })
	return out[:min(len(out), limit)], nil
}

// told returns which queries enough people made.
func (a *Analyst) told(ctx context.Context, rows []Row) (map[string]bool, error) {
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.Detail
	}
	page, _, err := a.store.Items(ctx, ItemQuery{Kind: itemQuery, IDs: keys, Limit: len(keys)})
	out := map[string]bool{}
	for _, i := range page {
		out[i.ID] = true
	}
	return out, err
}

// Frequent returns the searches that were made most often, of those that enough
// people made, for programs that try something out on them.
func (a *Analyst) Frequent(ctx context.Context, limit int) ([]Query, error) {
	page, _, err := a.store.Items(ctx, ItemQuery{Kind: itemQuery, Limit: min(max(limit, 1), 100)})
	if err != nil {
		return nil, fmt.Errorf("frequent searches: %w", err)
	}
	out := make([]Query, len(page))
	for i, item := range page {
		out[i] = report.QueryOf(item.ID)
	}
	return out, nil
}
