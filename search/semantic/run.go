package semantic

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/stoa-go/stoa/search"
)

// maxChanges is how many changes of a source are read at once.
const maxChanges = 200

// Run keeps vectors up to date with the sources until ctx ends, and then returns
// nil. What fails is tried again. Call it once.
func (s *Store) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		pause := s.opts.Poll
		err := s.Refresh(ctx)
		if err != nil && ctx.Err() == nil {
			s.opts.Logger.WarnContext(ctx, "texts are not embedded", "err", err)
			pause = s.opts.Retry
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
	return nil
}

// Refresh reads all sources to their ends, embeds what is new and saves. It is
// for [Store.Run], and for programs that do not call that; no two at once.
func (s *Store) Refresh(ctx context.Context) error {
	err := s.refresh(ctx)
	if failed := s.save(); err == nil {
		err = failed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status.Error = ""; err != nil {
		s.status.Error = err.Error()
	}
	s.status.Waiting = err != nil
	return err
}

func (s *Store) refresh(ctx context.Context) error {
	failed := s.again(ctx)
	for _, source := range s.opts.Sources {
		for more := true; more; {
			var err error
			if more, err = s.step(ctx, source, &failed); err != nil {
				return fmt.Errorf("source %s: %w", source.Name(), err)
			}
		}
	}
	return failed
}

// again has sources read once more of which texts have no vector, if the embedder
// answers again.
func (s *Store) again(ctx context.Context) error {
	s.mu.RLock()
	missing := len(s.state.Missing) > 0
	s.mu.RUnlock()
	if !missing {
		return nil
	}
	if _, err := s.embed(ctx, []string{"?"}); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.state.Missing {
		delete(s.state.Cursors, name)
	}
	clear(s.state.Missing)
	s.changed()
	return nil
}

// step reads some changes of a source. What is gone is forgotten whether or not
// the embedder answers; once it has failed, texts wait for the next time.
func (s *Store) step(ctx context.Context, source search.Source, failed *error) (more bool, err error) {
	name := source.Name()
	after := s.from(name)
	changes, next, err := source.Changes(ctx, after, maxChanges)
	switch {
	case errors.Is(err, search.ErrRebuild) && after != "":
		next = ""
	case err != nil:
		return false, err
	case len(changes) == 0 && next == after:
		s.sweep(name)
		return false, nil
	}
	texts := map[key]string{}
	for _, c := range changes {
		s.take(name, c, texts)
	}
	if *failed == nil {
		*failed = s.add(ctx, texts)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Cursors[name] = next; *failed != nil && s.lacks(texts) {
		s.state.Missing[name] = true
	}
	s.changed()
	return true, ctx.Err()
}

// from returns where a source is read on from. What was known of one that is read
// from its beginning is stale until it comes again.
func (s *Store) from(source string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	after := s.state.Cursors[source]
	if after == "" && s.stale[source] == nil {
		s.stale[source] = map[string]bool{}
		for id, g := range s.state.Groups {
			if idOf(source, g.Name) == id {
				s.stale[source][id] = true
			}
		}
	}
	return after
}

// sweep forgets what a source no longer has, once it was read to its end.
func (s *Store) sweep(source string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.stale[source] {
		s.release(s.state.Groups[id])
		delete(s.state.Groups, id)
		s.changed()
	}
	delete(s.stale, source)
}

// lacks reports whether any of the texts has no vector.
func (s *Store) lacks(texts map[key]string) bool {
	for k := range texts {
		if _, ok := s.state.Vectors[k]; !ok {
			return true
		}
	}
	return false
}

// add embeds texts that have no vector, as far as there is room.
func (s *Store) add(ctx context.Context, texts map[key]string) error {
	var keys []key
	s.mu.Lock()
	for k := range texts {
		if _, ok := s.state.Vectors[k]; !ok && s.words[k] > 0 {
			keys = append(keys, k)
		}
	}
	if room := max(0, s.opts.Most-len(s.state.Vectors)); len(keys) > room {
		keys = keys[:room]
	}
	s.mu.Unlock()
	for some := range slices.Chunk(keys, s.opts.Batch) {
		var list []string
		for _, k := range some {
			list = append(list, texts[k])
		}
		vectors, err := s.embed(ctx, list)
		if err != nil {
			return err
		}
		if err := s.keep(some, vectors); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) keep(keys []key, vectors []vector) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, k := range keys {
		n := len(vectors[i].Numbers)
		if s.state.Dimension == 0 {
			s.state.Dimension = n
		}
		if n != s.state.Dimension {
			return fmt.Errorf("dimension %d and not %d: %w", n, s.state.Dimension, errVector)
		}
		s.state.Vectors[k] = vectors[i]
	}
	s.changed()
	return nil
}

// changed notes that the state is another one.
func (s *Store) changed() { s.unsaved, s.tabled = true, nil }

func idOf(source, group string) string { return source + "\x00" + group }

// take replaces a group, and notes the texts that have no vector.
func (s *Store) take(source string, c search.Change, texts map[key]string) {
	g := group{Name: c.Group}
	for _, d := range c.Documents {
		kept := doc{Audience: slices.Clone(d.Audience), Serves: slices.Clone(d.Serves)}
		for _, text := range passages(d) {
			k := key(sha256.Sum256([]byte(text)))
			kept.Keys = append(kept.Keys, k)
			texts[k] = text
		}
		g.Docs = append(g.Docs, kept)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := idOf(source, c.Group)
	delete(s.stale[source], id)
	old, had := s.state.Groups[id]
	for _, d := range g.Docs {
		for _, k := range d.Keys {
			s.words[k]++
		}
	}
	if len(g.Docs) > 0 {
		s.state.Groups[id] = g
	} else {
		delete(s.state.Groups, id)
	}
	if had {
		s.release(old)
	}
	s.changed()
}

// release forgets the vectors of what nobody says any more.
func (s *Store) release(g group) {
	for _, d := range g.Docs {
		for _, k := range d.Keys {
			if s.words[k]--; s.words[k] <= 0 {
				delete(s.words, k)
				delete(s.state.Vectors, k)
			}
		}
	}
}
