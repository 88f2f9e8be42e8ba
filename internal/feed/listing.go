package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Listing tells a reader of all things of a topic and then of those that
// change. Somebody new goes through all of them by ID first, and follows the log
// from where its end was when they began. So the log may be pruned.
type Listing struct {
	Log   *Log
	Topic string // whose changes are told
	Lost  error  // what the error of a cursor that leads nowhere matches, besides ErrRebuild

	// All returns the IDs of the things there are, in order, above one.
	All func(ctx context.Context, above string, limit int) ([]string, error)
}

// A place has two forms as text: "all ID FEED", where FEED is the end of the
// log when the reader began, and "log FEED".
type place struct {
	all  bool
	id   string // last of those gone through
	feed Cursor
}

// String returns the text that Listing.place reads.
func (p place) String() string {
	if p.all {
		return "all " + p.id + " " + p.feed.String()
	}
	return "log " + p.feed.String()
}

func (l Listing) place(cursor string) (place, error) {
	kind, rest, _ := strings.Cut(cursor, " ")
	p := place{all: kind == "all"}
	if p.all {
		p.id, rest, _ = strings.Cut(rest, " ")
	}
	var err error
	p.feed, err = ParseCursor(rest)
	if err != nil || (kind != "all" && kind != "log") {
		return p, fmt.Errorf("cursor %q: %w", cursor, l.lost(ErrRebuild))
	}
	return p, nil
}

// Changes returns the IDs of things after the cursor, each at least once, and
// the cursor to go on from. The empty cursor begins anew.
func (l Listing) Changes(ctx context.Context, after string, limit int) (ids []string, next string, err error) {
	p := place{all: true}
	if after == "" {
		p.feed, err = l.Log.Head(ctx)
	} else {
		p, err = l.place(after)
	}
	if err != nil {
		return nil, "", err
	}
	if p.all {
		return l.goThrough(ctx, p, max(limit, 1))
	}
	return l.follow(ctx, p, max(limit, 1))
}

func (l Listing) goThrough(ctx context.Context, p place, limit int) ([]string, string, error) {
	ids, err := l.All(ctx, p.id, limit)
	if err != nil {
		return nil, "", err
	}
	if len(ids) < limit {
		return ids, place{feed: p.feed}.String(), nil
	}
	p.id = ids[len(ids)-1]
	return ids, p.String(), nil
}

func (l Listing) follow(ctx context.Context, p place, limit int) ([]string, string, error) {
	entries, next, err := l.Log.Read(ctx, p.feed, []string{l.Topic}, limit)
	if err != nil {
		return nil, "", l.lost(err)
	}
	var ids []string
	seen := map[string]bool{}
	for _, e := range slices.Backward(entries) { // each is told of where it changed last
		if !seen[e.Ref] {
			seen[e.Ref] = true
			ids = append(ids, e.Ref)
		}
	}
	slices.Reverse(ids)
	return ids, place{feed: next}.String(), nil
}

// lost says in the words of the reader that a cursor leads nowhere.
func (l Listing) lost(err error) error {
	if l.Lost != nil && errors.Is(err, ErrRebuild) {
		return fmt.Errorf("%w: %w", l.Lost, err)
	}
	return err
}

// Wait returns when there may be changes after the cursor, or when ctx is done.
func (l Listing) Wait(ctx context.Context, after string) error {
	if after == "" {
		return nil
	}
	p, err := l.place(after)
	if err != nil || p.all {
		return err
	}
	return l.lost(l.Log.Wait(ctx, p.feed))
}
