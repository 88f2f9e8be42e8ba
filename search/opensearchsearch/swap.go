package opensearchsearch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/stoa-go/stoa/search"
)

const (
	grace   = time.Minute    // after what time no search is in an index that another has replaced
	forlorn = 24 * time.Hour // after what time an index that nobody fills any more is removed
)

// A retired index is one that another has replaced.
type retired struct {
	name  string
	since time.Time
}

// Fresh implements [search.Index].
func (x *Index) Fresh(ctx context.Context) (search.Index, error) {
	if err := x.ready(ctx); err != nil {
		return nil, err
	}
	if err := x.tidy(ctx); err != nil {
		x.opts.Logger.WarnContext(ctx, "old search indexes are not removed", "err", err)
	}
	name := x.opts.Prefix + "-" + x.opts.Now().UTC().Format("20060102150405") + "-" + token()
	if err := x.create(ctx, name, schema()); err != nil {
		return nil, x.say(err)
	}
	return newIndex(&Index{opts: x.opts, client: x.client, library: x.library, form: x.form, name: name, owner: x.owner, parent: x}), nil
}

// Swap implements [search.Index]: the alias goes from one index to the other at
// once. The old one is removed a minute later, when no search is in it.
func (x *Index) Swap(ctx context.Context, fresh search.Index) (err error) {
	f, ok := fresh.(*Index)
	if !ok || f.parent != x {
		return fmt.Errorf("opensearchsearch: swap with an index that is not from Fresh: %w", search.ErrInvalid)
	}
	if err := f.enter(ctx); err != nil {
		return err
	}
	defer f.leave()
	if err := x.enter(ctx); err != nil {
		return errors.Join(err, f.Close())
	}
	defer x.leave()
	if err := x.swap(ctx, f); err != nil {
		return errors.Join(x.say(err), f.Close())
	}
	f.closed.Store(true)
	x.forget()
	return nil
}

func (x *Index) swap(ctx context.Context, f *Index) error {
	s, at, err := f.readState(ctx, f.name)
	if err != nil {
		return err
	}
	if at.Term == 0 { // nothing was written, which is worth a state all the same
		s.Owner = x.owner
		if _, err := f.writeState(ctx, s, at); err != nil {
			return err
		}
	}
	old, mine, err := x.hold(ctx)
	if err != nil {
		return err
	}
	actions := []object{{"add": object{"index": f.name, "alias": x.name}}}
	for _, name := range old {
		actions = append(actions, object{"remove": object{"index": name, "alias": x.name}})
	}
	var got struct {
		Acknowledged bool `json:"acknowledged"`
	}
	err = x.client.send(ctx, http.MethodPost, "/_aliases", nil, object{"actions": actions}, &got)
	if err == nil && !got.Acknowledged {
		err = fmt.Errorf("%w: the alias was not changed in time", search.ErrUnavailable)
	}
	if err != nil && !x.swappedAllTheSame(ctx, f.name) {
		if mine != nil {
			x.giveUp(ctx, *mine, false)
		}
		return err
	}
	x.known.swapped(f.name, s.Cursors)
	x.retire(ctx, old, mine)
	return nil
}

// hold returns the indexes that the alias is of, and takes a turn in it, so that
// nobody writes to what is about to be replaced. An index that is damaged has
// nobody who writes to it.
func (x *Index) hold(ctx context.Context) (old []string, mine *turn, err error) {
	t, err := x.begin(ctx)
	switch {
	case err == nil:
		return []string{t.at.Index}, &t, nil
	case !errors.Is(err, search.ErrRebuild):
		return nil, nil, err
	}
	old, err = x.holders(ctx, x.name)
	return old, nil, err
}

// swappedAllTheSame reports whether the alias is of an index, whatever the server
// had to say when it was to be.
func (x *Index) swappedAllTheSame(ctx context.Context, name string) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), x.opts.Timeout)
	defer cancel()
	holders, err := x.holders(ctx, x.name)
	return err == nil && slices.Equal(holders, []string{name})
}

// retire notes that other indexes are replaced.
func (x *Index) retire(ctx context.Context, old []string, mine *turn) {
	if mine != nil {
		s := mine.state
		s.Until, s.Retired = 0, x.micros()
		if _, err := x.writeState(ctx, s, mine.at); err != nil {
			x.opts.Logger.WarnContext(ctx, "replaced search index is not marked", "index", mine.at.Index, "err", err)
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, name := range old {
		x.retired = append(x.retired, retired{name, x.opts.Now()})
	}
}

// gone removes the indexes that were replaced some time ago.
func (x *Index) gone(ctx context.Context) {
	x.mu.Lock()
	var due []string
	x.retired = slices.DeleteFunc(x.retired, func(r retired) bool {
		over := x.opts.Now().Sub(r.since) > grace
		if over {
			due = append(due, r.name)
		}
		return over
	})
	x.mu.Unlock()
	for _, name := range due {
		if err := x.remove(ctx, name); err != nil {
			x.opts.Logger.WarnContext(ctx, "replaced search index is not removed yet", "index", name, "err", err)
		}
	}
}

// tidy removes indexes of this prefix that nobody searches or fills.
func (x *Index) tidy(ctx context.Context) error {
	var got map[string]struct {
		Aliases map[string]struct{} `json:"aliases"`
	}
	err := x.client.call(ctx, http.MethodGet, "/"+x.opts.Prefix+"-*/_alias", nil, nil, &got)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if len(got[name].Aliases) > 0 || !x.ours(name) {
			continue
		}
		over, err := x.over(ctx, name)
		if err == nil && over {
			err = x.remove(ctx, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// over reports whether an index that is not searched is of no use to anybody.
func (x *Index) over(ctx context.Context, name string) (bool, error) {
	s, at, err := x.readState(ctx, name)
	now := x.opts.Now()
	switch {
	case err == nil && s.Retired > 0:
		return now.Sub(time.UnixMicro(s.Retired)) > grace, nil
	case err == nil && at.Term > 0:
		return now.Sub(time.UnixMicro(s.Touched)) > forlorn, nil
	case err == nil, errors.Is(err, search.ErrRebuild):
		made, err := time.Parse("20060102150405", name[len(x.opts.Prefix)+1:][:min(14, len(name)-len(x.opts.Prefix)-1)])
		return err != nil || now.Sub(made) > forlorn, nil
	}
	return false, err
}
