package profiletest_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// faultyShelf is a good store with one fault: whatever is set replaces it.
type faultyShelf struct {
	profile.ShelfStore
	put       func(ctx context.Context, item profile.ShelfItem, most int, viewed bool) error
	items     func(ctx context.Context, q profile.ShelfQuery) ([]profile.ShelfItem, string, error)
	remove    func(ctx context.Context, q profile.ShelfQuery) (int, error)
	followers func(ctx context.Context, q profile.FollowerQuery) ([]profile.Follower, string, error)
}

func (f faultyShelf) PutItem(ctx context.Context, item profile.ShelfItem, most int, viewed bool) error {
	if f.put != nil {
		return f.put(ctx, item, most, viewed)
	}
	return f.ShelfStore.PutItem(ctx, item, most, viewed)
}

func (f faultyShelf) Items(ctx context.Context, q profile.ShelfQuery) ([]profile.ShelfItem, string, error) {
	if f.items != nil {
		return f.items(ctx, q)
	}
	return f.ShelfStore.Items(ctx, q)
}

func (f faultyShelf) RemoveItems(ctx context.Context, q profile.ShelfQuery) (int, error) {
	if f.remove != nil {
		return f.remove(ctx, q)
	}
	return f.ShelfStore.RemoveItems(ctx, q)
}

func (f faultyShelf) Followers(ctx context.Context, q profile.FollowerQuery) ([]profile.Follower, string, error) {
	if f.followers != nil {
		return f.followers(ctx, q)
	}
	return f.ShelfStore.Followers(ctx, q)
}

func shelving(change func(item *profile.ShelfItem, most *int, viewed *bool)) func(profile.ShelfStore) faultyShelf {
	return func(s profile.ShelfStore) faultyShelf {
		return faultyShelf{put: func(ctx context.Context, item profile.ShelfItem, most int, viewed bool) error {
			item = item.Clone()
			change(&item, &most, &viewed)
			return s.PutItem(ctx, item, most, viewed)
		}}
	}
}

func taking(change func(*profile.ShelfQuery)) func(profile.ShelfStore) faultyShelf {
	return func(s profile.ShelfStore) faultyShelf {
		return faultyShelf{remove: func(ctx context.Context, q profile.ShelfQuery) (int, error) {
			change(&q)
			return s.RemoveItems(ctx, q)
		}}
	}
}

func askingItems(change func(*profile.ShelfQuery)) func(profile.ShelfStore) faultyShelf {
	return func(s profile.ShelfStore) faultyShelf {
		return faultyShelf{items: func(ctx context.Context, q profile.ShelfQuery) ([]profile.ShelfItem, string, error) {
			change(&q)
			return s.Items(ctx, q)
		}}
	}
}

var brokenShelves = map[string]func(profile.ShelfStore) faultyShelf{
	"shelf: drops the title":        shelving(func(i *profile.ShelfItem, _ *int, _ *bool) { i.Title = "" }),
	"shelf: drops the level":        shelving(func(i *profile.ShelfItem, _ *int, _ *bool) { i.Level = "" }),
	"shelf: drops the data":         shelving(func(i *profile.ShelfItem, _ *int, _ *bool) { i.Data = nil }),
	"shelf: cuts the time":          shelving(func(i *profile.ShelfItem, _ *int, _ *bool) { i.At = i.At.Truncate(time.Second) }),
	"shelf: lower-cases references": shelving(func(i *profile.ShelfItem, _ *int, _ *bool) { i.Ref = strings.ToLower(i.Ref) }),
	"shelf: has no end":             shelving(func(_ *profile.ShelfItem, most *int, _ *bool) { *most = 1000 }),
	"shelf: holds one more":         shelving(func(_ *profile.ShelfItem, most *int, _ *bool) { *most++ }),
	"shelf: always moves":           shelving(func(_ *profile.ShelfItem, _ *int, viewed *bool) { *viewed = true }),
	"shelf: never moves":            shelving(func(_ *profile.ShelfItem, _ *int, viewed *bool) { *viewed = false }),
	"shelf: moves back": func(s profile.ShelfStore) faultyShelf {
		return faultyShelf{put: func(ctx context.Context, item profile.ShelfItem, most int, viewed bool) error {
			if viewed {
				_, _ = s.RemoveItems(ctx, profile.ShelfQuery{Person: item.Person, List: item.List, Ref: item.Ref})
			}
			return s.PutItem(ctx, item, most, viewed)
		}}
	},
	"shelf: nothing changes when full": func(s profile.ShelfStore) faultyShelf {
		return faultyShelf{put: func(ctx context.Context, item profile.ShelfItem, most int, viewed bool) error {
			page, _, _ := s.Items(ctx, profile.ShelfQuery{Person: item.Person, List: item.List, Limit: 1000})
			if len(page) >= most && !viewed {
				return errs.TooMany
			}
			return s.PutItem(ctx, item, most, viewed)
		}}
	},
	"shelf: counts, then puts": func(s profile.ShelfStore) faultyShelf {
		return faultyShelf{put: func(ctx context.Context, item profile.ShelfItem, most int, viewed bool) error {
			page, _, _ := s.Items(ctx, profile.ShelfQuery{Person: item.Person, List: item.List, Limit: 1000})
			there := slices.ContainsFunc(page, func(i profile.ShelfItem) bool { return i.Ref == item.Ref })
			if len(page) >= most && !viewed && !there {
				return errs.TooMany
			}
			time.Sleep(time.Millisecond)
			if viewed {
				return s.PutItem(ctx, item, most, true)
			}
			return s.PutItem(ctx, item, 1000, false)
		}}
	},
	"shelf: drops from every list": func(s profile.ShelfStore) faultyShelf {
		return faultyShelf{put: func(ctx context.Context, item profile.ShelfItem, most int, viewed bool) error {
			if err := s.PutItem(ctx, item, most, viewed); err != nil || !viewed {
				return err
			}
			page, _, err := s.Items(ctx, profile.ShelfQuery{Person: item.Person, Limit: 1000})
			for _, gone := range page[min(most, len(page)):] {
				_, err = s.RemoveItems(ctx, profile.ShelfQuery{Person: gone.Person, List: gone.List, Ref: gone.Ref})
			}
			return err
		}}
	},
	"shelf: ignores the list":       askingItems(func(q *profile.ShelfQuery) { q.List = "" }),
	"shelf: ignores the reference":  askingItems(func(q *profile.ShelfQuery) { q.Ref = "" }),
	"shelf: ignores the limit":      askingItems(func(q *profile.ShelfQuery) { q.Limit = 1000 }),
	"shelf: minds no letter case":   askingItems(func(q *profile.ShelfQuery) { q.Person = strings.ToLower(q.Person) }),
	"shelf: removes from all lists": taking(func(q *profile.ShelfQuery) { q.List = "" }),
	"shelf: removes the whole list": taking(func(q *profile.ShelfQuery) { q.Ref = "" }),
	"shelf: somebody is everybody":  taking(func(q *profile.ShelfQuery) { q.Person = "ann" }),
	"shelf: cancels nothing":        uncancelled,
	"shelf: tells those who want none": following(func(list []profile.Follower) []profile.Follower {
		return append(list, profile.Follower{Person: "bob", Level: "none"})
	}),
	"shelf: followers have no level":   following(levelless),
	"shelf: the last follower is lost": following(func(list []profile.Follower) []profile.Follower { return list[:max(len(list)-1, 0)] }),
	"shelf: followers in reverse":      following(func(list []profile.Follower) []profile.Follower { slices.Reverse(list); return list }),
	"shelf: favourites are followed":   onOtherLists,
	"shelf: shares its maps":           sharing,
	"shelf: takes any text": shelving(func(i *profile.ShelfItem, _ *int, _ *bool) {
		i.Title = strings.ToValidUTF8(strings.ReplaceAll(i.Title, "\x00", ""), "")
	}),
	"shelf: forgets followers' letters": lowerFollowers,
}

func uncancelled(s profile.ShelfStore) faultyShelf {
	return faultyShelf{remove: func(ctx context.Context, q profile.ShelfQuery) (int, error) {
		return s.RemoveItems(context.WithoutCancel(ctx), q)
	}}
}

func following(change func([]profile.Follower) []profile.Follower) func(profile.ShelfStore) faultyShelf {
	return func(s profile.ShelfStore) faultyShelf {
		return faultyShelf{followers: func(ctx context.Context, q profile.FollowerQuery) ([]profile.Follower, string, error) {
			page, next, err := s.Followers(ctx, q)
			if err == nil {
				page = change(page)
			}
			return page, next, err
		}}
	}
}

func levelless(list []profile.Follower) []profile.Follower {
	for i := range list {
		list[i].Level = "all"
	}
	return list
}

func onOtherLists(s profile.ShelfStore) faultyShelf {
	return faultyShelf{followers: func(ctx context.Context, q profile.FollowerQuery) ([]profile.Follower, string, error) {
		page, next, err := s.Followers(ctx, q)
		if next == "" && err == nil {
			q.List, q.After = "favourites", ""
			more, _, _ := s.Followers(ctx, q)
			page = append(page, more...)
		}
		return page, next, err
	}}
}

func lowerFollowers(s profile.ShelfStore) faultyShelf {
	return following(func(list []profile.Follower) []profile.Follower {
		for i := range list {
			list[i].Person = strings.ToLower(list[i].Person)
		}
		return list
	})(s)
}

func sharing(s profile.ShelfStore) faultyShelf {
	kept := map[string]map[string]string{}
	return faultyShelf{put: func(ctx context.Context, item profile.ShelfItem, most int, viewed bool) error {
		err := s.PutItem(ctx, item, most, viewed)
		kept[item.Ref] = item.Data
		return err
	}, items: func(ctx context.Context, q profile.ShelfQuery) ([]profile.ShelfItem, string, error) {
		page, next, err := s.Items(ctx, q)
		for i := range page {
			page[i].Data = kept[page[i].Ref]
		}
		return page, next, err
	}}
}
