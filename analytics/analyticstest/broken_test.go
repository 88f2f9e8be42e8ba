package analyticstest_test

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/analyticstest"
	"github.com/stoa-go/stoa/analytics/memanalytics"
	"github.com/stoa-go/stoa/internal/suitetest"
)

// faulty is a good store with one fault: whatever is set replaces it.
type faulty struct {
	*memanalytics.Store
	append func(ctx context.Context, events []analytics.Event) error
	scan   func(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error]
	erase  func(ctx context.Context, who analytics.Who) (int, error)
	prune  func(ctx context.Context, before time.Time) (int, error)
	top    func(ctx context.Context, q analytics.TopQuery) ([]analytics.Count, error)
	latest func(ctx context.Context, q analytics.LatestQuery) ([]analytics.Event, error)
}

func (f faulty) Latest(ctx context.Context, q analytics.LatestQuery) ([]analytics.Event, error) {
	if f.latest != nil {
		return f.latest(ctx, q)
	}
	return f.Store.Latest(ctx, q)
}

func (f faulty) Append(ctx context.Context, events []analytics.Event) error {
	if f.append != nil {
		return f.append(ctx, events)
	}
	return f.Store.Append(ctx, events)
}

func (f faulty) Scan(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error] {
	if f.scan != nil {
		return f.scan(ctx, r)
	}
	return f.Store.Scan(ctx, r)
}

func (f faulty) Erase(ctx context.Context, who analytics.Who) (int, error) {
	if f.erase != nil {
		return f.erase(ctx, who)
	}
	return f.Store.Erase(ctx, who)
}

func (f faulty) Prune(ctx context.Context, before time.Time) (int, error) {
	if f.prune != nil {
		return f.prune(ctx, before)
	}
	return f.Store.Prune(ctx, before)
}

func (f faulty) Top(ctx context.Context, q analytics.TopQuery) ([]analytics.Count, error) {
	if f.top != nil {
		return f.top(ctx, q)
	}
	return f.Store.Top(ctx, q)
}

type fault = func(*memanalytics.Store) faulty

// remembered returns a store that changes what is asked of the latest events.
func remembered(change func(*analytics.LatestQuery)) fault {
	return func(s *memanalytics.Store) faulty {
		return faulty{latest: func(ctx context.Context, q analytics.LatestQuery) ([]analytics.Event, error) {
			change(&q)
			return s.Latest(ctx, q)
		}}
	}
}

// kept returns a store that changes events before it keeps them.
func kept(change func(*analytics.Event)) fault {
	return func(s *memanalytics.Store) faulty {
		return faulty{append: func(ctx context.Context, events []analytics.Event) error {
			events = slices.Clone(events)
			for i := range events {
				change(&events[i])
			}
			return s.Append(ctx, events)
		}}
	}
}

// told returns a store that changes what a scan returns.
func told(change func([]analytics.Event) []analytics.Event) fault {
	return func(s *memanalytics.Store) faulty {
		return faulty{scan: func(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error] {
			return func(yield func(analytics.Event, error) bool) {
				var all []analytics.Event
				for e, err := range s.Scan(ctx, r) {
					if err != nil {
						yield(e, err)
						return
					}
					all = append(all, e)
				}
				for _, e := range change(all) {
					if !yield(e, nil) {
						return
					}
				}
			}
		}}
	}
}

// asked returns a store that changes what a scan is asked.
func asked(change func(*analytics.Range)) fault {
	return func(s *memanalytics.Store) faulty {
		return faulty{scan: func(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error] {
			change(&r)
			return s.Scan(ctx, r)
		}}
	}
}

// erased returns a store that changes who is erased.
func erased(change func(*analytics.Who)) fault {
	return func(s *memanalytics.Store) faulty {
		return faulty{erase: func(ctx context.Context, who analytics.Who) (int, error) {
			change(&who)
			return s.Erase(ctx, who)
		}}
	}
}

// counted returns a store that changes what is asked of its counts, and its answer.
func counted(ask func(*analytics.TopQuery), answer func([]analytics.Count) []analytics.Count) fault {
	return func(s *memanalytics.Store) faulty {
		return faulty{top: func(ctx context.Context, q analytics.TopQuery) ([]analytics.Count, error) {
			if ask != nil {
				ask(&q)
			}
			list, err := s.Top(ctx, q)
			if answer != nil {
				list = answer(list)
			}
			return list, err
		}}
	}
}

// broken lists the faults that the suite must catch.
var broken = map[string]fault{
	"remembers everybody as one": remembered(func(q *analytics.LatestQuery) { q.User = strings.ToLower(q.User) }),
	"remembers from the first":   remembered(func(q *analytics.LatestQuery) { q.From = time.Time{} }),
	"remembers to the last":      remembered(func(q *analytics.LatestQuery) { q.To = time.Time{} }),
	"remembers no limit":         remembered(func(q *analytics.LatestQuery) { q.Limit = 1000 }),
	"remembers the end as well":  remembered(func(q *analytics.LatestQuery) { q.To = later(q.To) }),
	"tells the earliest first": func(s *memanalytics.Store) faulty {
		return faulty{latest: func(ctx context.Context, q analytics.LatestQuery) ([]analytics.Event, error) {
			list, err := s.Latest(ctx, q)
			slices.Reverse(list)
			return list, err
		}}
	},
	"drops the search":         kept(func(e *analytics.Event) { e.Search = "" }),
	"drops the rank":           kept(func(e *analytics.Event) { e.Rank = 0 }),
	"drops the arms":           kept(func(e *analytics.Event) { e.Arms = nil }),
	"drops the props":          kept(func(e *analytics.Event) { e.Props = nil }),
	"sorts the arms":           kept(func(e *analytics.Event) { e.Arms = slices.Sorted(slices.Values(append(e.Arms, "")))[1:] }),
	"joins the arms":           kept(func(e *analytics.Event) { e.Arms = strings.Split(strings.Join(e.Arms, ","), "=") }),
	"swaps the times":          kept(func(e *analytics.Event) { e.At, e.Received = e.Received, e.At }),
	"cuts times to seconds":    kept(func(e *analytics.Event) { e.At = e.At.Truncate(time.Second) }),
	"trims text":               kept(func(e *analytics.Event) { e.Text = strings.TrimSpace(e.Text) }),
	"cuts text at a NUL":       kept(func(e *analytics.Event) { e.Path, _, _ = strings.Cut(e.Path, "\x00") }),
	"repairs broken UTF-8":     kept(func(e *analytics.Event) { e.Referrer = strings.ToValidUTF8(e.Referrer, "?") }),
	"takes anybody for nobody": kept(func(e *analytics.Event) { e.User = strings.ToLower(e.User) }),
	"answers in local time": told(func(all []analytics.Event) []analytics.Event {
		for i := range all {
			all[i].At = all[i].At.In(time.FixedZone("X", 3600))
		}
		return all
	}),
	"sorts by time alone": told(func(all []analytics.Event) []analytics.Event {
		slices.SortStableFunc(all, func(a, b analytics.Event) int { return a.At.Compare(b.At) })
		return all
	}),
	"sorts by session and ID": told(func(all []analytics.Event) []analytics.Event {
		slices.SortStableFunc(all, func(a, b analytics.Event) int {
			return strings.Compare(a.Session+"\x00"+a.ID, b.Session+"\x00"+b.ID)
		})
		return all
	}),
	"sorts by the rules of a language": told(func(all []analytics.Event) []analytics.Event {
		slices.SortStableFunc(all, func(a, b analytics.Event) int {
			return strings.Compare(strings.ToLower(a.Session), strings.ToLower(b.Session))
		})
		return all
	}),
	"loses what is beyond a page": told(func(all []analytics.Event) []analytics.Event { return all[:min(len(all), 1_000)] }),
	"includes the end":            asked(func(r *analytics.Range) { r.To = later(r.To) }),
	"excludes the beginning":      asked(func(r *analytics.Range) { r.From = later(r.From) }),
	"ignores names":               asked(func(r *analytics.Range) { r.Names = nil }),
	"knows one name": asked(func(r *analytics.Range) {
		if len(r.Names) > 0 {
			r.Names = r.Names[:1]
		}
	}),
	"ignores the person": asked(func(r *analytics.Range) { r.User = "" }),
	"the last one wins": func(s *memanalytics.Store) faulty {
		var mu sync.Mutex
		all := map[string]analytics.Event{}
		return faulty{
			append: func(ctx context.Context, events []analytics.Event) error {
				if err := s.Append(ctx, events); err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				for _, e := range events {
					all[e.ID] = e
				}
				return nil
			},
			scan: func(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error] {
				return func(yield func(analytics.Event, error) bool) {
					for e, err := range s.Scan(ctx, r) {
						if err == nil {
							mu.Lock()
							e.Text = all[e.ID].Text
							mu.Unlock()
						}
						if !yield(e, err) {
							return
						}
					}
				}
			},
		}
	},
	"keeps a part": func(s *memanalytics.Store) faulty {
		return faulty{append: func(ctx context.Context, events []analytics.Event) error {
			for _, e := range events {
				if err := s.Append(ctx, []analytics.Event{e}); err != nil {
					return err
				}
			}
			return nil
		}}
	},
	"refuses an empty batch": func(s *memanalytics.Store) faulty {
		return faulty{append: func(ctx context.Context, events []analytics.Event) error {
			if len(events) == 0 {
				return analytics.ErrInvalid
			}
			return s.Append(ctx, events)
		}}
	},
	"does not notice a cancelled context": func(s *memanalytics.Store) faulty {
		return faulty{append: func(ctx context.Context, events []analytics.Event) error {
			return s.Append(context.WithoutCancel(ctx), events)
		}}
	},
	"scans on when it is cancelled": func(s *memanalytics.Store) faulty {
		return faulty{scan: func(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error] {
			return s.Scan(context.WithoutCancel(ctx), r)
		}}
	},
	"hides the error of a scan": func(s *memanalytics.Store) faulty {
		return faulty{scan: func(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error] {
			return func(yield func(analytics.Event, error) bool) {
				for e, err := range s.Scan(ctx, r) {
					if err != nil || !yield(e, nil) {
						return
					}
				}
			}
		}}
	},
	"erases nobody":  erased(func(who *analytics.Who) { *who = analytics.Who{} }),
	"erases no user": erased(func(who *analytics.Who) { who.User = "" }),
	"erases no browser": erased(func(who *analytics.Who) {
		who.Visitor = ""
	}),
	"erases either": erased(func(who *analytics.Who) {
		if who.User != "" {
			who.Visitor = ""
		}
	}),
	"erases only what they did": func(s *memanalytics.Store) faulty {
		return forgetting(s, func(who analytics.Who, e analytics.Event) bool { return e.User == who.User && who.User != "" })
	},
	"erases whole sessions": func(s *memanalytics.Store) faulty {
		return forgetting(s, func(who analytics.Who, e analytics.Event) bool {
			return who.User != "" && (e.User == who.User || e.Subject == "person/"+who.User || e.Session == "s1")
		})
	},
	"erases by prefix": func(s *memanalytics.Store) faulty {
		return forgetting(s, func(who analytics.Who, e analytics.Event) bool {
			return who.User != "" && (e.User == who.User || strings.HasPrefix(e.Subject, "person/"+who.User) || e.User == "" && e.Session == "s1")
		})
	},
	"says one too many": func(s *memanalytics.Store) faulty {
		return faulty{erase: func(ctx context.Context, who analytics.Who) (int, error) {
			n, err := s.Erase(ctx, who)
			return n + 1, err
		}}
	},
	"prunes by when it was received": func(s *memanalytics.Store) faulty {
		return faulty{prune: func(ctx context.Context, before time.Time) (int, error) {
			return s.Prune(ctx, before.Add(-time.Minute))
		}}
	},
	"prunes one too many": func(s *memanalytics.Store) faulty {
		return faulty{prune: func(ctx context.Context, before time.Time) (int, error) { return s.Prune(ctx, later(before)) }}
	},
	"prunes nothing": func(*memanalytics.Store) faulty {
		return faulty{prune: func(ctx context.Context, _ time.Time) (int, error) { return 0, ctx.Err() }}
	},
	"counts what was there": func(s *memanalytics.Store) faulty {
		appended := 0
		var mu sync.Mutex
		return faulty{
			append: func(ctx context.Context, events []analytics.Event) error {
				mu.Lock()
				appended += len(events)
				mu.Unlock()
				return s.Append(ctx, events)
			},
			top: func(ctx context.Context, q analytics.TopQuery) ([]analytics.Count, error) {
				list, err := s.Top(ctx, q)
				if len(list) == 1 {
					list[0].N = appended
				}
				return list, err
			},
		}
	},
	"counts bots": func(s *memanalytics.Store) faulty {
		shadow := memanalytics.New()
		return faulty{
			append: func(ctx context.Context, events []analytics.Event) error {
				people := slices.Clone(events)
				for i := range people {
					people[i].Device = ""
				}
				_ = shadow.Append(ctx, people)
				return s.Append(ctx, events)
			},
			top: shadow.Top,
		}
	},
	"counts days in another zone": func(s *memanalytics.Store) faulty {
		shadow := memanalytics.New()
		return faulty{
			append: func(ctx context.Context, events []analytics.Event) error {
				moved := slices.Clone(events)
				for i := range moved {
					moved[i].At = moved[i].At.Add(5 * time.Hour)
				}
				_ = shadow.Append(ctx, moved)
				return s.Append(ctx, events)
			},
			top: shadow.Top,
		}
	},
	"counts any kind":     counted(func(q *analytics.TopQuery) { q.Kind = "" }, nil),
	"counts from ever":    counted(func(q *analytics.TopQuery) { q.From = time.Time{} }, nil),
	"counts to now":       counted(func(q *analytics.TopQuery) { q.To = time.Time{} }, nil),
	"counts without end":  counted(func(q *analytics.TopQuery) { q.Limit = 1_000 }, nil),
	"counts the last day": counted(func(q *analytics.TopQuery) { q.To = q.To.AddDate(0, 0, -1) }, nil),
	"counts upside down":  counted(nil, func(list []analytics.Count) []analytics.Count { slices.Reverse(list); return list }),
	"counts ties by chance": counted(nil, func(list []analytics.Count) []analytics.Count {
		slices.Reverse(list)
		slices.SortStableFunc(list, func(a, b analytics.Count) int { return b.N - a.N })
		return list
	}),
	"counts the erased": func(s *memanalytics.Store) faulty {
		shadow := memanalytics.New()
		return faulty{
			append: func(ctx context.Context, events []analytics.Event) error {
				_ = shadow.Append(ctx, events)
				return s.Append(ctx, events)
			},
			top: shadow.Top,
		}
	},
	"forgets counts": func(s *memanalytics.Store) faulty {
		return faulty{top: func(ctx context.Context, q analytics.TopQuery) ([]analytics.Count, error) {
			return analytics.TopOf(ctx, s, q)
		}}
	},
}

// later returns the next time that a store can tell from t, and leaves none alone.
func later(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(time.Microsecond)
}

// forgetting returns a store that erases by a rule of its own.
func forgetting(s *memanalytics.Store, gone func(analytics.Who, analytics.Event) bool) faulty {
	var erased []analytics.Who
	hidden := func(e analytics.Event) bool {
		return slices.ContainsFunc(erased, func(who analytics.Who) bool { return gone(who, e) })
	}
	return faulty{
		erase: func(ctx context.Context, who analytics.Who) (int, error) {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			n := 0
			for e, err := range s.Scan(ctx, analytics.Range{}) {
				if err == nil && gone(who, e) && !hidden(e) {
					n++
				}
			}
			erased = append(erased, who)
			return n, nil
		},
		scan: func(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error] {
			return func(yield func(analytics.Event, error) bool) {
				for e, err := range s.Scan(ctx, r) {
					if err == nil && hidden(e) {
						continue
					}
					if !yield(e, err) {
						return
					}
				}
			}
		},
	}
}

// TestSuiteCatches runs the suite on every broken store and wants it to fail.
func TestSuiteCatches(t *testing.T) {
	suitetest.Catches(t, broken, func(t *testing.T, fault fault) {
		analyticstest.TestStore(t, func(*testing.T) analytics.Store {
			good := memanalytics.New()
			f := fault(good)
			f.Store = good
			return f
		})
	})
}
