package opensearchsearch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/search"
)

// state says how far an index has come. It is a document of the index itself, so
// that an index and its cursors are swapped together.
type state struct {
	Form    string            `json:"form"`    // of its documents
	Turn    int64             `json:"turn"`    // how often somebody has begun to write
	Owner   string            `json:"owner"`   // who did last
	Until   int64             `json:"until"`   // when that counts as given up, in microseconds since 1970; 0 if it has ended
	Torn    bool              `json:"torn"`    // it has ended half-done: documents are there that nobody has seen
	Cursors map[string]string `json:"cursors"` // by source
	Retired int64             `json:"retired"` // since when another index is in its place; 0 if none is
	Touched int64             `json:"touched"` // when this was written
}

// A version says which of the states of an index somebody has read.
type version struct {
	Index string `json:"_index"`
	Seq   int64  `json:"_seq_no"`
	Term  int64  `json:"_primary_term"`
}

const stateID = "state"

// readState returns the state of an index, which may be given by an alias. Of one
// in which nothing was ever written it is empty and its version has no term.
func (x *Index) readState(ctx context.Context, index string) (state, version, error) {
	var got struct {
		version

		Found  bool `json:"found"`
		Source struct {
			State *state `json:"state"`
		} `json:"_source"`
	}
	err := x.client.call(ctx, http.MethodGet, "/"+index+"/_doc/"+stateID, nil, nil, &got)
	if r := refused(err); r != nil && r.status == http.StatusNotFound && !r.missing() {
		return x.emptyState(ctx, index)
	}
	switch {
	case err != nil:
		return state{}, version{}, err
	case !got.Found || got.Source.State == nil || got.Index == "" || got.Term == 0:
		return state{}, version{}, fmt.Errorf("%w: a state that is not understood", search.ErrUnavailable)
	case got.Source.State.Form != x.form:
		return state{}, version{}, fmt.Errorf("documents of form %q, this version makes %q: %w", got.Source.State.Form, x.form, search.ErrRebuild)
	}
	return *got.Source.State, got.version, nil
}

// emptyState is the state of an index that was only made. One that has documents
// all the same is damaged.
func (x *Index) emptyState(ctx context.Context, index string) (state, version, error) {
	n, err := x.count(ctx, index)
	if err == nil && n > 0 {
		err = fmt.Errorf("the index %s does not say how far it has come: %w", index, search.ErrRebuild)
	}
	if err != nil {
		return state{}, version{}, err
	}
	holders, err := x.holders(ctx, index)
	if err != nil {
		return state{}, version{}, err
	}
	if len(holders) != 1 {
		return state{}, version{}, fmt.Errorf("the alias %s is of %d indexes: %w", index, len(holders), search.ErrRebuild)
	}
	return state{Form: x.form}, version{Index: holders[0]}, nil
}

// writeState puts a state in the place of the one that was read. If somebody else
// was faster it returns an error that matches [search.ErrConflict].
func (x *Index) writeState(ctx context.Context, s state, at version) (version, error) {
	s.Touched = x.micros()
	path, query := "/"+at.Index+"/_doc/"+stateID, url.Values{}
	if at.Term == 0 {
		path = "/" + at.Index + "/_create/" + stateID
	} else {
		query.Set("if_seq_no", strconv.FormatInt(at.Seq, 10))
		query.Set("if_primary_term", strconv.FormatInt(at.Term, 10))
	}
	var now version
	if err := x.client.send(ctx, http.MethodPut, path, query, object{fieldState: s}, &now); err != nil {
		return version{}, err
	}
	if now.Term == 0 {
		return version{}, fmt.Errorf("%w: an answer to a write that says nothing", search.ErrUnavailable)
	}
	return version{Index: at.Index, Seq: now.Seq, Term: now.Term}, nil
}

func (x *Index) micros() int64 { return x.opts.Now().UnixMicro() }

// A turn is the right to write to an index, which one instance has at a time.
type turn struct {
	state
	at   version
	was  state // before it
	torn bool  // whether whoever wrote before has not ended
}

// pauses between looks at an index that somebody else writes to.
const firstPause, longestPause = 20 * time.Millisecond, time.Second

// begin waits until nobody writes and takes a turn. What is written in it is
// numbered, so that the server refuses what comes late of an earlier one.
func (x *Index) begin(ctx context.Context) (turn, error) {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		s, at, err := x.readState(ctx, x.name)
		if err != nil {
			return turn{}, err
		}
		if s.Owner == x.owner || s.Until <= x.micros() {
			t := turn{state: s, was: s, torn: s.Torn || s.Until != 0}
			t.Turn, t.Owner, t.Until = s.Turn+1, x.owner, x.opts.Now().Add(x.opts.Lease).UnixMicro()
			if t.at, err = x.writeState(ctx, t.state, at); !errors.Is(err, search.ErrConflict) {
				return t, err
			}
		}
		if err := rest(ctx, pause); err != nil {
			return turn{}, err
		}
	}
}

func rest(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for another instance that writes to the index: %w", ctx.Err())
	}
}

// end gives a turn back, with the cursors that what was written in it is up to.
func (x *Index) end(ctx context.Context, t turn, cursors map[string]string) error {
	s := t.state
	s.Until, s.Torn, s.Cursors = 0, false, maps.Clone(s.Cursors)
	if s.Cursors == nil {
		s.Cursors = map[string]string{}
	}
	maps.Copy(s.Cursors, cursors)
	_, err := x.writeState(ctx, s, t.at)
	return err
}

// giveUp gives a turn back as if it had never been, but that documents may have
// been written in it. If that fails too, others wait until the turn runs out.
func (x *Index) giveUp(ctx context.Context, t turn, torn bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	s := t.was
	s.Turn, s.Until, s.Torn = t.Turn, 0, torn || t.torn
	if _, err := x.writeState(ctx, s, t.at); err != nil {
		x.opts.Logger.WarnContext(ctx, "search index is left in the middle of a batch, which is repeated", "err", err)
	}
}
