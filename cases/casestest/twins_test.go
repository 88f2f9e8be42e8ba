package casestest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/profile"
)

// A twin is a store of which the suite must say that it breaks one promise.
type twin struct {
	breaks string // the promise's name
	fault  func(s cases.Store, f *faulty)
}

func twins() map[string]twin {
	return map[string]twin{
		"forgets a field":        {"RoundTrip", saving(func(c *cases.Case) { c.Channel = "" })},
		"keeps seconds":          {"RoundTrip", saving(func(c *cases.Case) { c.CreatedAt = c.CreatedAt.Truncate(time.Second) })},
		"takes any version":      {"Versions", takesAnyVersion},
		"takes any reference":    {"Reference", saving(func(c *cases.Case) { c.Reference += c.ID })},
		"saves one by one":       {"Batch", savesOneByOne},
		"opens compound terms":   {"Impossible", saving(func(c *cases.Case) { c.Audience = parted(c.Audience) })},
		"shows what is internal": {"Entries", saying(func(internal *bool, _, _ *int) { *internal = true })},
		"begins anew":            {"Entries", saying(func(_ *bool, after, _ *int) { *after = 0 })},
		"says it all":            {"Entries", saying(func(_ *bool, _, limit *int) { *limit = 1000 })},
		"numbers anew":           {"Gapless", numbersAnew},
		"lets two win":           {"Race", letsTwoWin},
		"loses who was slower":   {"NothingLost", losesWhoWasSlower},
		"takes IDs as any":       {"Filters", asking(func(q *cases.Query) { q.IDs = nil })},
		"takes nobody as any":    {"Filters", asking(func(q *cases.Query) { q.Assignee = nil })},
		"ignores followers":      {"Filters", asking(func(q *cases.Query) { q.Follower = "" })},
		"ignores tags":           {"Filters", asking(func(q *cases.Query) { q.Tag = "" })},
		"ignores states":         {"Filters", asking(func(q *cases.Query) { q.States = nil })},
		"ignores statuses":       {"Filters", asking(func(q *cases.Query) { q.Statuses = nil })},
		"includes the end":       {"Filters", asking(func(q *cases.Query) { q.Until = soonAfter(q.Until) })},
		"excludes the beginning": {"Filters", asking(func(q *cases.Query) { q.Since = soonAfter(q.Since) })},
		"shows everybody all":    {"Sight", asking(func(q *cases.Query) { q.Sight = nil })},
		"shows named cases":      {"Sight", asking(func(q *cases.Query) { q.Sight = unless(q.IDs != nil, q.Sight) })},
		"shows requesters":       {"Sight", asking(func(q *cases.Query) { q.Sight = unless(q.Requester != "", q.Sight) })},
		"shows it twice":         {"Sight", listing(twice)},
		"keeps who saw it":       {"Moved", keepsWhoSawIt},
		"has another order":      {"Orders", asking(func(q *cases.Query) { q.Order = lessUrgent(q.Order) })},
		"leaves out the last":    {"Pages", listing(func(_ cases.Query, page []cases.Case) []cases.Case { return page[:min(len(page), 2)] })},
		"has pages of its own":   {"Pages", asking(func(q *cases.Query) { q.Limit = 3 })},
		"takes any token":        {"Token", asking(func(q *cases.Query) { q.After = strings.TrimPrefix(q.After, "x") })},
		"counts on":              {"Count", countsOn},
		"does not say what went": {"Changes", doesNotSayWhatWent},
		"tells only newcomers":   {"Changes", tellsOnlyNewcomers},
		"waits for nobody":       {"Wait", func(_ cases.Store, f *faulty) { f.wait = func(context.Context, string) error { return nil } }},
		"goes on from anywhere":  {"BadCursor", goesOnFromAnywhere},
		"renames nobody": {"Forget", func(_ cases.Store, f *faulty) {
			f.forget = func(ctx context.Context, _, _ string) (int, error) { return 0, ctx.Err() }
		}},
		"keeps the words":    {"Forget", keepsTheWords},
		"names too few":      {"Naming", namesTooFew},
		"purges any version": {"Purge", purgesAnyVersion},
		"leaves links":       {"Purge", saving(func(c *cases.Case) { c.Links = slices.Clone(c.Links[:min(len(c.Links), 1)]) })},
		"trims text":         {"OddText", saving(func(c *cases.Case) { c.Product = strings.TrimSpace(c.Product) })},
		"mends text":         {"BadText", saving(func(c *cases.Case) { c.Subject = strings.ToValidUTF8(strings.ReplaceAll(c.Subject, "\x00", ""), "") })},
		"drops odd times":    {"BadTimes", saving(dropsOddTimes)},
		"shares what it has": {"NoAliasing", sharesWhatItHas},
		"does not listen": {"Cancelled", func(s cases.Store, f *faulty) {
			f.read = func(ctx context.Context, id string) (cases.Case, error) {
				return s.Case(context.WithoutCancel(ctx), id)
			}
		}},
	}
}

// saving changes cases on their way into a store.
func saving(edit func(*cases.Case)) func(cases.Store, *faulty) {
	return func(s cases.Store, f *faulty) {
		f.save = func(ctx context.Context, list []cases.Case, entries []cases.Entry) error {
			list = slices.Clone(list)
			for i := range list {
				edit(&list[i])
			}
			return s.Save(ctx, list, entries)
		}
	}
}

// asking changes what is asked for, of lists and counts.
func asking(edit func(*cases.Query)) func(cases.Store, *faulty) {
	return func(s cases.Store, f *faulty) {
		f.list = func(ctx context.Context, q cases.Query) ([]cases.Case, string, error) {
			edit(&q)
			return s.Cases(ctx, q)
		}
		f.count = func(ctx context.Context, q cases.Query, most int) (int, error) {
			edit(&q)
			return s.Count(ctx, q, most)
		}
	}
}

// listing changes the pages that come back.
func listing(edit func(q cases.Query, page []cases.Case) []cases.Case) func(cases.Store, *faulty) {
	return func(s cases.Store, f *faulty) {
		f.list = func(ctx context.Context, q cases.Query) ([]cases.Case, string, error) {
			page, next, err := s.Cases(ctx, q)
			return edit(q, page), next, err
		}
	}
}

// saying changes which entries are asked for.
func saying(edit func(internal *bool, after, limit *int)) func(cases.Store, *faulty) {
	return func(s cases.Store, f *faulty) {
		f.said = func(ctx context.Context, of string, internal bool, after, limit int) ([]cases.Entry, error) {
			edit(&internal, &after, &limit)
			return s.Entries(ctx, of, internal, after, limit)
		}
	}
}

// takesAnyVersion saves on top of what others did meanwhile.
func takesAnyVersion(s cases.Store, f *faulty) {
	f.save = func(ctx context.Context, list []cases.Case, entries []cases.Entry) error {
		list = slices.Clone(list)
		for i, c := range list {
			if old, err := s.Case(ctx, c.ID); err == nil && c.Version > 1 {
				list[i].Version = old.Version + 1
			}
		}
		return s.Save(ctx, list, entries)
	}
}

func savesOneByOne(s cases.Store, f *faulty) {
	f.save = func(ctx context.Context, list []cases.Case, entries []cases.Entry) error {
		for _, c := range list {
			own := slices.DeleteFunc(slices.Clone(entries), func(e cases.Entry) bool { return e.Case != c.ID })
			if err := s.Save(ctx, []cases.Case{c}, own); err != nil {
				return err
			}
		}
		return nil
	}
}

// numbersAnew gives entries the numbers that follow, whatever they have.
func numbersAnew(s cases.Store, f *faulty) {
	f.save = func(ctx context.Context, list []cases.Case, entries []cases.Entry) error {
		list, entries = slices.Clone(list), slices.Clone(entries)
		for i := range list {
			old, _ := s.Case(ctx, list[i].ID)
			list[i].Last = old.Last + len(entries)
			for n := range entries {
				entries[n].Number = old.Last + 1 + n
			}
		}
		return s.Save(ctx, list, entries)
	}
}

// letsTwoWin tells the second who tried that it won.
func letsTwoWin(s cases.Store, f *faulty) {
	f.save = func(ctx context.Context, list []cases.Case, entries []cases.Entry) error {
		if err := s.Save(ctx, list, entries); !errors.Is(err, cases.ErrConflict) {
			return err
		}
		return nil
	}
}

// losesWhoWasSlower says of one save that it was done.
func losesWhoWasSlower(s cases.Store, f *faulty) {
	var saves atomic.Int64
	f.save = func(ctx context.Context, list []cases.Case, entries []cases.Entry) error {
		if saves.Add(1) == 5 {
			return nil
		}
		return s.Save(ctx, list, entries)
	}
}

func unless(open bool, s *profile.Sight) *profile.Sight {
	if open {
		return nil
	}
	return s
}

func soonAfter(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(time.Microsecond)
}

func parted(a profile.Audience) (out profile.Audience) {
	for _, term := range a {
		out = append(out, strings.Split(term, "+")...)
	}
	return out
}

func twice(q cases.Query, page []cases.Case) []cases.Case {
	if q.Limit == 1 || len(page) == 0 {
		return page
	}
	return append(page, page[0])
}

// keepsWhoSawIt adds former audiences to what cases say.
func keepsWhoSawIt(s cases.Store, f *faulty) {
	f.save = func(ctx context.Context, list []cases.Case, entries []cases.Entry) error {
		list = slices.Clone(list)
		for i, c := range list {
			if old, err := s.Case(ctx, c.ID); err == nil {
				list[i].Audience = append(slices.Clone(c.Audience), old.Audience...)
			}
		}
		return s.Save(ctx, list, entries)
	}
}

func lessUrgent(o cases.Order) cases.Order {
	if o == cases.OrderUrgent {
		return cases.OrderOldest
	}
	return o
}

func countsOn(s cases.Store, f *faulty) {
	f.count = func(ctx context.Context, q cases.Query, _ int) (int, error) { return s.Count(ctx, q, 1000) }
}

func doesNotSayWhatWent(s cases.Store, f *faulty) {
	f.changes = func(ctx context.Context, after string, limit int) ([]string, string, error) {
		ids, next, err := s.Changes(ctx, after, limit)
		return slices.DeleteFunc(ids, func(id string) bool { _, e := s.Case(ctx, id); return e != nil }), next, err
	}
}

func tellsOnlyNewcomers(s cases.Store, f *faulty) {
	f.changes = func(ctx context.Context, after string, limit int) ([]string, string, error) {
		ids, next, err := s.Changes(ctx, after, limit)
		if after != "" {
			ids = nil
		}
		return ids, next, err
	}
}

func goesOnFromAnywhere(s cases.Store, f *faulty) {
	f.changes = func(ctx context.Context, after string, limit int) ([]string, string, error) {
		if strings.Contains(after, " ") {
			after = ""
		}
		return s.Changes(ctx, after, limit)
	}
}

// keepsTheWords forgets who wrote something, and not what.
func keepsTheWords(s cases.Store, f *faulty) {
	f.forget = func(ctx context.Context, person, pseudonym string) (int, error) {
		list, _, err := s.Cases(ctx, cases.Query{Requester: person})
		n, forgot := s.Forget(ctx, person, pseudonym)
		err = errors.Join(err, forgot)
		for _, old := range list {
			c, readErr := s.Case(ctx, old.ID)
			c.Subject = old.Subject
			c.Version++
			err = errors.Join(err, readErr, s.Save(ctx, []cases.Case{c}, nil))
		}
		return n, err
	}
}

// namesTooFew finds only those whose case it is.
func namesTooFew(s cases.Store, f *faulty) {
	f.naming = func(ctx context.Context, person, _ string, _ int) (ids []string, err error) {
		list, _, err := s.Cases(ctx, cases.Query{Requester: person})
		for _, c := range list {
			ids = append(ids, c.ID)
		}
		return ids, err
	}
}

func purgesAnyVersion(s cases.Store, f *faulty) {
	f.purge = func(ctx context.Context, versions map[string]int) (int, error) {
		now := map[string]int{}
		for id := range versions {
			if c, err := s.Case(ctx, id); err == nil {
				now[id] = c.Version
			}
		}
		return s.Purge(ctx, now)
	}
}

func dropsOddTimes(c *cases.Case) {
	if y := c.WaitingAt.Year(); y < 1 || y > 9999 {
		c.WaitingAt = time.Time{}
	}
}

// sharesWhatItHas gives the same case to everybody.
func sharesWhatItHas(s cases.Store, f *faulty) {
	kept := map[string]cases.Case{}
	f.read = func(ctx context.Context, id string) (cases.Case, error) {
		if c, ok := kept[id]; ok {
			return c, nil
		}
		c, err := s.Case(ctx, id)
		kept[id] = c
		return c, err
	}
}
