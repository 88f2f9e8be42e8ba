package semantic

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// Options adjust a [Store].
type Options struct {
	Sources []search.Source // what is read, each with a cursor of the store's own
	Path    string          // of the file that vectors are kept in; empty means in memory only
	Most    int             // passages; 0 means 100,000; what comes later is found by words alone
	Batch   int             // passages embedded at once; 0 means 32
	Poll    time.Duration   // how often sources are looked at; 0 means 5 seconds
	Retry   time.Duration   // pause after a failure, in which searches do not ask the embedder either; 0 means 10 seconds
	Logger  *slog.Logger    // nil means none
	Now     func() time.Time
}

// A Store keeps the vectors of documents. It is safe for concurrent use.
type Store struct {
	embedder search.Embedder
	opts     Options
	asked    *lru.Cache[string, vector] // of questions

	mu      sync.RWMutex
	state   state
	words   map[key]int                // how many documents say a passage
	stale   map[string]map[string]bool // groups of sources that are read from their beginning, until they come again
	tabled  *table                     // nil after a change
	unsaved bool
	status  search.SemanticStatus
	resting time.Time // until when the embedder is not asked by searches
}

var (
	_ search.Neighbours     = (*Store)(nil)
	_ search.SemanticTeller = (*Store)(nil)
)

// A state is what is kept in the file.
type state struct {
	Model     string
	Dimension int
	Cursors   map[string]string
	Missing   map[string]bool // sources of which texts have no vector
	Vectors   map[key]vector
	Groups    map[string]group // by source and group
}

type group struct {
	Name string
	Docs []doc
}

// A doc is what is known of a document: who may see it, and what it says.
type doc struct {
	Audience profile.Audience
	Serves   []string
	Keys     []key
}

// maxAsked is how many questions are remembered.
const maxAsked = 1024

// Open returns a store with what its file has. A file that is missing, damaged or
// of another model is begun anew.
func Open(e search.Embedder, o *Options) *Store {
	s := &Store{embedder: e, asked: lru.New[string, vector](maxAsked)}
	if o != nil {
		s.opts = *o
	}
	s.opts.Most, s.opts.Batch = cmp.Or(s.opts.Most, 100_000), cmp.Or(s.opts.Batch, 32)
	s.opts.Poll, s.opts.Retry = cmp.Or(s.opts.Poll, 5*time.Second), cmp.Or(s.opts.Retry, 10*time.Second)
	if s.opts.Logger == nil {
		s.opts.Logger = slog.New(slog.DiscardHandler)
	}
	if s.opts.Now == nil {
		s.opts.Now = time.Now
	}
	model, dimension := e.Model()
	loaded, err := load(s.opts.Path)
	if err != nil || loaded.Model != model || dimension != 0 && loaded.Dimension != 0 && loaded.Dimension != dimension {
		s.opts.Logger.Info("vectors are made anew", "model", model, "reason", err)
		loaded = state{Model: model, Dimension: dimension}
	}
	s.begin(loaded)
	return s
}

// begin takes a state as it is.
func (s *Store) begin(st state) {
	if st.Cursors == nil {
		st.Cursors = map[string]string{}
	}
	if st.Missing == nil {
		st.Missing = map[string]bool{}
	}
	if st.Vectors == nil {
		st.Vectors = map[key]vector{}
	}
	if st.Groups == nil {
		st.Groups = map[string]group{}
	}
	s.state, s.words, s.stale = st, map[key]int{}, map[string]map[string]bool{}
	for _, g := range st.Groups {
		for _, d := range g.Docs {
			for _, k := range d.Keys {
				s.words[k]++
			}
		}
	}
}

// SemanticStatus implements [search.SemanticTeller].
func (s *Store) SemanticStatus() search.SemanticStatus {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := s.status
	out.Model, out.Texts, out.Left = s.state.Model, len(s.state.Vectors), len(s.words)-len(s.state.Vectors)
	return out
}

// Neighbours implements [search.Neighbours]: the groups whose best passage is
// nearest to the text, nearest first, of what the sight admits and the language
// is served by.
func (s *Store) Neighbours(ctx context.Context, text string, sight profile.Sight, locale string, limit int) ([]search.Neighbour, error) {
	q, err := s.question(ctx, text)
	if err != nil {
		return nil, err
	}
	if limit <= 0 {
		return nil, nil
	}
	t := s.table()
	if len(t.rows) > 0 && len(q.Numbers) != len(t.rows[0].vector.Numbers) {
		return nil, fmt.Errorf("a question with %d numbers, texts with %d: %w", len(q.Numbers), len(t.rows[0].vector.Numbers), errVector)
	}
	return t.nearest(ctx, q, sight, locale, limit)
}

// nearer orders the nearest first.
func nearer(a, b search.Neighbour) int {
	return cmp.Or(cmp.Compare(b.Likeness, a.Likeness), cmp.Compare(a.Group, b.Group))
}

// question returns the vector of a question. For some time after a failure the
// embedder is not asked, so that searches do not wait for nothing.
func (s *Store) question(ctx context.Context, text string) (vector, error) {
	if v, ok := s.asked.Load(text); ok {
		return v, nil
	}
	s.mu.RLock()
	resting := s.opts.Now().Before(s.resting)
	s.mu.RUnlock()
	if resting {
		return vector{}, fmt.Errorf("the embedder has failed a moment ago: %w", errs.Unavailable)
	}
	list, err := s.embed(ctx, []string{text})
	if err != nil {
		s.mu.Lock()
		s.resting = s.opts.Now().Add(s.opts.Retry)
		s.mu.Unlock()
		return vector{}, err
	}
	s.asked.Store(text, list[0])
	return list[0], nil
}

// embed returns vectors as they are kept.
func (s *Store) embed(ctx context.Context, texts []string) (out []vector, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("embed: panic: %v", p)
		}
	}()
	list, err := s.embedder.Embed(ctx, texts)
	if err != nil {
		return nil, fmt.Errorf("embed: %w", err)
	}
	if len(list) != len(texts) {
		return nil, fmt.Errorf("embed: %d vectors for %d texts: %w", len(list), len(texts), errVector)
	}
	for _, numbers := range list {
		if len(numbers) != len(list[0]) {
			return nil, fmt.Errorf("embed: dimensions %d and %d: %w", len(list[0]), len(numbers), errVector)
		}
		v, err := newVector(numbers)
		if err != nil {
			return nil, fmt.Errorf("embed: %w", err)
		}
		out = append(out, v)
	}
	return out, nil
}
