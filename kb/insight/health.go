package insight

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/odds"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// A Code is a reason for the score of an article.
type Code string

// The codes. The last is no fault: people read the article, find it helpful, and
// ask nobody afterwards.
const (
	CodeUnhelpful  Code = "unhelpful"           // readers say that it does not help
	CodeLapsed     Code = "lapsed"              // nobody vouches for it any more
	CodeStale      Code = "stale"               // it did not change for long
	CodeIncomplete Code = "incomplete"          // something is missing without which it could not be published
	CodeRough      Code = "rough"               // something to mend, such as an empty section or captions that are missing
	CodeUnread     Code = "unread"              // nobody read it, where others are read
	CodeUnfound    Code = "unfound"             // nobody found it by a search, where others are read, though some read it
	CodeMissing    Code = "translation_missing" // it is not there in a language that readers are offered
	CodeBehind     Code = "translation_behind"  // a translation is older than its source
	CodeDeflecting Code = "deflecting"
)

// Codes returns the codes in the order in which they are offered.
func Codes() []Code {
	return []Code{CodeUnhelpful, CodeLapsed, CodeIncomplete, CodeStale, CodeRough, CodeUnread, CodeUnfound, CodeBehind, CodeMissing, CodeDeflecting}
}

// points are what each code takes from the score, once for each place, and the
// most that it takes.
var points = map[Code]struct{ each, most int }{
	CodeUnhelpful: {30, 30}, CodeLapsed: {25, 25}, CodeIncomplete: {20, 30}, CodeStale: {15, 15}, CodeRough: {5, 15}, CodeUnread: {15, 15},
	CodeUnfound: {5, 5}, CodeBehind: {8, 16}, CodeMissing: {3, 9}, CodeDeflecting: {0, 0},
}

// A Cause is a reason for a score, with what it takes.
type Cause struct {
	Code   Code
	Locale string // text that it is about, or empty
	N      int    // how many places, or per cent, or days
	Points int
}

// A Health is how well an article does.
type Health struct {
	Article string
	Score   int // from 0 to 100, which is best
	Causes  []Cause
	Counts  Counts // in the window
	Rating  kb.Rating
	At      time.Time // when it was looked at

	Version  int // of the article, and of its verification
	Verified int
}

// reviewArticles looks at all articles again, page by page.
func (a *Analyst) reviewArticles(ctx context.Context) error {
	began := a.clock()
	s := summary{Codes: map[Code]int{}}
	q := kb.ManuscriptQuery{Order: kb.ManuscriptsOldest, Limit: 100}
	for {
		page, next, err := a.library.Manuscripts(ctx, a.opts.As, q)
		if err != nil {
			return err
		}
		list, err := a.look(ctx, page)
		if err != nil {
			return err
		}
		s.add(list)
		if q.After = next; next == "" {
			break
		}
	}
	if _, err := a.store.DropItems(ctx, itemHealth, began); err != nil {
		return err
	}
	today := analytics.Day(began)
	if err := a.store.SaveItems(ctx, Item{Kind: itemAll, ID: today, Rank: int(began.Unix()), At: began, Body: encode(s)}); err != nil {
		return err
	}
	_, err := a.store.DropItems(ctx, itemAll, began.Add(-a.opts.Keep))
	return err
}

// look looks at articles that readers are shown, and keeps how they do.
func (a *Analyst) look(ctx context.Context, articles []kb.Article) (map[string]Health, error) {
	out := map[string]Health{}
	articles = slices.DeleteFunc(slices.Clone(articles), func(m kb.Article) bool { return len(m.Live()) == 0 })
	if len(articles) == 0 {
		return out, nil
	}
	ids := make([]string, len(articles))
	for i, m := range articles {
		ids[i] = m.ID
	}
	verified, err := a.library.Verifications(ctx, a.opts.As, ids)
	if err != nil {
		return nil, err
	}
	ratings, err := a.library.RatingsAtDesk(ctx, a.opts.As, ids)
	if err != nil {
		return nil, err
	}
	sums, _, err := a.store.Sums(ctx, SumQuery{Series: SeriesArticles, Subjects: ids, From: a.since(), Limit: len(ids) + 1})
	if err != nil {
		return nil, err
	}
	counts := map[string]Counts{}
	for _, r := range sums {
		counts[r.Subject] = r.Counts
	}
	busy, err := a.busy(ctx)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, m := range articles {
		h := Health{Article: m.ID, Counts: counts[m.ID], Rating: ratings[m.ID], At: a.clock(), Version: m.Version, Verified: verified[m.ID].Version}
		if err := a.judge(ctx, m, verified[m.ID], busy, &h); err != nil {
			return nil, err
		}
		out[m.ID] = h
		items = append(items, itemOf(m, h))
	}
	return out, a.store.SaveItems(ctx, items...)
}

// itemOf puts an article into the worklist: the lower its score, the sooner, and
// of equal ones what is read most.
func itemOf(m kb.Article, h Health) Item {
	i := Item{
		Kind: itemHealth, ID: m.ID, Owner: m.Owner, Category: m.Category, Type: string(m.Kind), At: h.At, Body: encode(h),
		Rank: (100-h.Score)*1_000_000 + min(h.Counts.Views, 999_999),
	}
	for _, c := range h.Causes {
		i.Labels = append(i.Labels, string(c.Code))
		if c.Locale != "" {
			i.Labels = append(i.Labels, "lang:"+c.Locale)
		}
	}
	for _, t := range m.Translations {
		i.Labels = append(i.Labels, "has:"+t.Locale)
	}
	slices.Sort(i.Labels)
	i.Labels = slices.Compact(i.Labels)
	return i
}

func (a *Analyst) judge(ctx context.Context, m kb.Article, v kb.Verification, busy bool, h *Health) error {
	a.judgeReaders(m, busy, h)
	if v.Lapsed || v.Ran(a.clock()) {
		h.blame(CodeLapsed, "", 0)
	}
	source, _ := m.In(m.Source)
	if old := a.clock().Sub(latest(source.UpdatedAt, v.At)); old > a.opts.Old {
		h.blame(CodeStale, "", int(old/day))
	}
	for _, t := range m.Translations {
		if !t.Visible() {
			continue
		}
		if m.Stale(t) {
			h.blame(CodeBehind, t.Locale, 0)
		}
		if err := a.judgeText(ctx, m.ID, t.Locale, h); err != nil {
			return err
		}
	}
	for _, locale := range a.library.Locales() {
		if t, ok := m.In(locale); !ok || !t.Visible() {
			h.blame(CodeMissing, locale, 0)
		}
	}
	taken, each := 0, map[Code]int{}
	for i, c := range h.Causes {
		p := points[c.Code]
		h.Causes[i].Points = max(min(p.each, p.most-each[c.Code]), 0)
		each[c.Code] += h.Causes[i].Points
		taken += h.Causes[i].Points
	}
	h.Score = max(100-taken, 0)
	slices.SortStableFunc(h.Causes, func(a, b Cause) int { return b.Points - a.Points })
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (h *Health) blame(code Code, locale string, n int) {
	h.Causes = append(h.Causes, Cause{Code: code, Locale: locale, N: n})
}

// What readers say and do counts from these on.
const (
	helpsAtMost  = 0.6 // an article is unhelpful if it is certain that fewer find it helpful
	helpsAtLeast = 0.7 // and deflects if it is certain that more do
	deflectViews = 20  // and so many read it
	busyViews    = 5   // where articles are read so often on average, it says something that one is not
)

// busy reports whether so much is read that it is worth telling of what is not.
func (a *Analyst) busy(ctx context.Context) (bool, error) {
	sums, _, err := a.store.Sums(ctx, SumQuery{Series: SeriesAll, From: a.since(), Limit: 1})
	if err != nil || len(sums) == 0 {
		return false, err
	}
	live, err := a.live(ctx)
	return sums[0].Views >= busyViews*live, err
}

// live returns how many articles there were when all were looked at last.
func (a *Analyst) live(ctx context.Context) (int, error) {
	past, _, err := a.store.Items(ctx, ItemQuery{Kind: itemAll, Limit: 1})
	if err != nil {
		return 0, err
	}
	var s summary
	if len(past) > 0 && json.Unmarshal(past[0].Body, &s) == nil {
		return s.Articles, nil
	}
	return a.library.CountManuscripts(ctx, a.opts.As, kb.ManuscriptQuery{Status: kb.StatusPublished})
}

func (a *Analyst) judgeReaders(m kb.Article, busy bool, h *Health) {
	votes := h.Rating.Helpful + h.Rating.Unhelpful
	low, high := odds.Wilson(h.Rating.Helpful, votes)
	if votes > 0 && high < helpsAtMost {
		h.blame(CodeUnhelpful, "", 100*h.Rating.Helpful/votes)
	}
	if busy && m.ShownAt.Before(a.clock().Add(-a.opts.Window)) {
		switch {
		case h.Counts.Views == 0:
			h.blame(CodeUnread, "", 0)
		case h.Counts.Clicks == 0:
			h.blame(CodeUnfound, "", h.Counts.Views)
		}
	}
	if votes > 0 && low > helpsAtLeast && h.Counts.Views >= deflectViews && 50*h.Counts.Cases <= h.Counts.Views {
		h.blame(CodeDeflecting, "", h.Counts.Views)
	}
}

// judgeText counts what is to be mended in a text, as the editor says it.
func (a *Analyst) judgeText(ctx context.Context, id, locale string, h *Health) error {
	findings, err := a.library.Findings(ctx, a.opts.As, id, locale)
	if err != nil {
		return err
	}
	n := map[Code]int{}
	for _, f := range findings {
		if f.Severity == kb.SeverityError {
			n[CodeIncomplete]++
		} else {
			n[CodeRough]++
		}
	}
	for _, code := range []Code{CodeIncomplete, CodeRough} {
		if n[code] > 0 {
			h.blame(code, locale, n[code])
		}
	}
	return nil
}

// A Work is an article in the worklist.
type Work struct {
	Article kb.Article
	Health
}

// A WorkList selects articles.
type WorkList struct {
	Owner      string
	Categories []string // only in these; nil means in any
	Kind       kb.Kind
	Locale     string // only those with a text in this language, or that lack one
	Code       Code   // only those with this reason
	After      string // page token from an earlier call
	Limit      int    // 0 means 30
}

// Worklist returns articles that readers are shown and by sees at the desk, the
// worst first and of equal ones those that are read most, and a token for the
// next page. Those that changed since they were looked at are looked at again.
func (a *Analyst) Worklist(ctx context.Context, by profile.Actor, list WorkList) ([]Work, string, error) {
	if list.Code != "" && !slices.Contains(Codes(), list.Code) {
		return nil, "", fmt.Errorf("worklist: %w", errs.Field("code", "error.field.choice", map[string]any{"choices": ""}))
	}
	q := ItemQuery{Kind: itemHealth, Owner: list.Owner, Category: list.Categories, Type: string(list.Kind)}
	if list.Code != "" {
		q.Labels = append(q.Labels, string(list.Code))
	}
	if list.Locale != "" {
		q.Labels = append(q.Labels, "lang:"+list.Locale)
	}
	scope := fmt.Sprintf("work|%s|%q|%q|%s|%s|%s", by.ID, list.Owner, list.Categories, list.Kind, list.Locale, list.Code)
	var err error
	if q.After, err = a.tokens.Open(scope, list.After); err != nil {
		return nil, "", fmt.Errorf("worklist: %w", err)
	}
	var out []Work
	for limit := clamp(list.Limit, 30, 100); ; {
		q.Limit = limit - len(out)
		page, next, err := a.store.Items(ctx, q)
		if err != nil {
			return nil, "", fmt.Errorf("worklist: %w", err)
		}
		some, err := a.seen(ctx, by, page)
		if err != nil {
			return nil, "", fmt.Errorf("worklist: %w", err)
		}
		out = append(out, some...)
		if q.After = next; next == "" || len(out) == limit {
			return out, a.tokens.Seal(scope, next), nil
		}
	}
}

// seen returns those of the articles that by sees at the desk, as they are now.
func (a *Analyst) seen(ctx context.Context, by profile.Actor, items []Item) ([]Work, error) {
	if len(items) == 0 {
		_, err := a.library.CountManuscripts(ctx, by, kb.ManuscriptQuery{IDs: []string{}}) // who may not see any is told so
		return nil, err
	}
	ids := make([]string, len(items))
	for i, item := range items {
		ids[i] = item.ID
	}
	page, _, err := a.library.Manuscripts(ctx, by, kb.ManuscriptQuery{IDs: ids, Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	verified, err := a.library.Verifications(ctx, by, ids)
	if err != nil {
		return nil, err
	}
	now, changed := map[string]kb.Article{}, []kb.Article{}
	kept := map[string]Health{}
	for _, i := range items {
		var h Health
		_ = json.Unmarshal(i.Body, &h) // what cannot be read is looked at again
		kept[i.ID] = h
	}
	for _, m := range page {
		now[m.ID] = m
		if h := kept[m.ID]; h.Version != m.Version || h.Verified != verified[m.ID].Version {
			changed = append(changed, m)
		}
	}
	fresh, err := a.look(ctx, changed)
	if err != nil {
		return nil, err
	}
	var out []Work
	for _, i := range items {
		m, ok := now[i.ID]
		if !ok || len(m.Live()) == 0 {
			continue
		}
		h := kept[i.ID]
		if again, ok := fresh[i.ID]; ok {
			h = again
		}
		out = append(out, Work{m, h})
	}
	return out, nil
}

// HealthOf returns how well an article does that by sees at the desk, or
// ErrNotFound if readers are not shown it.
func (a *Analyst) HealthOf(ctx context.Context, by profile.Actor, id string) (Health, error) {
	m, err := a.library.Manuscript(ctx, by, id)
	if err != nil {
		return Health{}, fmt.Errorf("health: %w", err)
	}
	list, err := a.look(ctx, []kb.Article{m})
	if err != nil {
		return Health{}, fmt.Errorf("health: %w", err)
	}
	h, ok := list[id]
	if !ok {
		return Health{}, fmt.Errorf("health of article %s: %w", id, ErrNotFound)
	}
	return h, nil
}

// Trend returns what happened to an article day by day in the window, without the
// days on which nothing did, to those who see it at the desk.
func (a *Analyst) Trend(ctx context.Context, by profile.Actor, id string) ([]Row, error) {
	if _, err := a.library.Manuscript(ctx, by, id); err != nil {
		return nil, fmt.Errorf("trend: %w", err)
	}
	rows, err := a.store.Days(ctx, SeriesArticles, id, a.since(), analytics.Day(a.clock()))
	if err != nil {
		return nil, fmt.Errorf("trend: %w", err)
	}
	return rows, nil
}
