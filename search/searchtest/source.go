package searchtest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// A Fixture changes what a source yields.
type Fixture struct {
	// Put makes something new under the key, or changes it if it is there, such
	// that the text is in the title or body of at least one of its documents. It
	// returns the group. It must be safe for concurrent use with other keys.
	Put func(key, text string) (group string, err error)

	// Remove takes away what was put under the key.
	Remove func(key string) error

	// Reopen returns the source over the same content as after a restart. nil
	// means that content and cursors end with the process.
	Reopen func() search.Source

	// Restore puts back the content as it was when the fixture was made, as from
	// a backup. nil means that this cannot happen to the source.
	Restore func() error

	// Patience is how long a change may take to be yielded. 0 means 20 seconds.
	Patience time.Duration
}

// TestSource runs the contract of [search.Source] as subtests. open must return
// a source without content each time it is called.
func TestSource(t *testing.T, open func(*testing.T) (search.Source, Fixture)) {
	for _, c := range sourceContract {
		t.Run(c.name, func(t *testing.T) {
			t.Logf("contract: %s", c.says)
			s, f := open(t)
			c.check(t, s, f)
		})
	}
}

type sourcePromise struct {
	name, says string
	check      func(testing.TB, search.Source, Fixture)
}

var sourceContract = []sourcePromise{
	{"Name", "the name is fixed and not empty", checkName},
	{"EmptyStart", "a source without content yields nothing and soon the same cursor again", checkEmptyStart},
	{"Documents", "documents are complete: ID, group, title, path, language, audience", checkDocuments},
	{"Incremental", "after a cursor there is only what has changed since", checkIncremental},
	{"Limit", "no more changes than the limit, and all of them in the end", checkLimit},
	{"Latest", "the last change for a group is its content now", checkLatest},
	{"Removal", "what was removed is yielded without documents, and a reader from the start does not keep it", checkRemoval},
	{"Repeat", "a cursor may be used again and yields the same again", checkRepeat},
	{"Restart", "a cursor is valid after a restart", checkRestart},
	{"BadCursor", "a cursor that the source did not give is ErrRebuild", checkBadCursor},
	{"Restored", "after a restore, cursors from before it are ErrRebuild or miss nothing", checkRestored},
	{"WaitReady", "Wait returns at once if there is something after the cursor", checkWaitReady},
	{"WaitChange", "Wait returns after a change", checkWaitChange},
	{"WaitContext", "Wait returns when the context is done", checkWaitContext},
	{"Canceled", "a canceled context stops a call", checkSourceCanceled},
	{"Writers", "nothing is skipped while many write at once", checkWriters},
}

// A reader follows a source as an engine does.
type reader struct {
	source search.Source
	cursor string
	groups map[string][]search.Document
}

func newReader(s search.Source) *reader {
	return &reader{source: s, groups: map[string][]search.Document{}}
}

// patience is how long a test waits for what must happen, brief for what must
// not.
func (f Fixture) patience() time.Duration { return cmp.Or(f.Patience, 20*time.Second) }

const brief = 50 * time.Millisecond

// batch reads one batch and returns its size and whether the end is reached.
func (r *reader) batch(ctx context.Context, limit int) (n int, end bool, err error) {
	changes, next, err := r.source.Changes(ctx, r.cursor, limit)
	if err != nil {
		return 0, false, err
	}
	if len(changes) > limit {
		return 0, false, fmt.Errorf("%d changes where at most %d were asked for", len(changes), limit)
	}
	for _, c := range changes {
		if r.groups[c.Group] = c.Documents; len(c.Documents) == 0 {
			delete(r.groups, c.Group)
		}
	}
	end = len(changes) == 0 && next == r.cursor
	r.cursor = next
	return len(changes), end, nil
}

// catchUp reads to the end and returns the number of changes.
func (r *reader) catchUp(t testing.TB, limit int) int {
	t.Helper()
	total := 0
	for range 10_000 {
		n, end, err := r.batch(t.Context(), limit)
		require.NoError(t, err)
		if total += n; end {
			return total
		}
	}
	require.Fail(t, "the source never says that the reader has caught up")
	return 0
}

// has reports whether a document of the group has the text.
func (r *reader) has(group, text string) bool {
	return slices.ContainsFunc(r.groups[group], func(d search.Document) bool {
		return strings.Contains(d.Title+"\n"+d.Body, text)
	})
}

func (r *reader) hasAll(texts map[string]string) bool {
	for group, text := range texts {
		if !r.has(group, text) {
			return false
		}
	}
	return true
}

func put(t testing.TB, f Fixture, key, text string) string {
	t.Helper()
	group, err := f.Put(key, text)
	require.NoError(t, err)
	require.NotEmpty(t, group)
	return group
}

func checkName(t testing.TB, s search.Source, _ Fixture) {
	require.NotEmpty(t, s.Name())
	require.Equal(t, s.Name(), s.Name())
}

func checkEmptyStart(t testing.TB, s search.Source, f Fixture) {
	r := newReader(s)
	require.Zero(t, r.catchUp(t, 10))
	group := put(t, f, "one", "lighthouse")
	require.Positive(t, r.catchUp(t, 10), "a change after the cursor of an empty source")
	require.True(t, r.has(group, "lighthouse"))
}

func checkDocuments(t testing.TB, s search.Source, f Fixture) {
	put(t, f, "one", "lighthouse")
	put(t, f, "two", "harbour")
	r := newReader(s)
	r.catchUp(t, 10)
	require.Len(t, r.groups, 2)
	ids := map[string]bool{}
	for group, docs := range r.groups {
		require.NotEmpty(t, docs)
		for _, d := range docs {
			require.False(t, ids[d.ID], "document %s twice", d.ID)
			ids[d.ID] = true
			require.NotEmpty(t, d.ID)
			require.Equal(t, group, d.Group)
			require.NotEmpty(t, d.Title)
			require.NotEmpty(t, d.Kind)
			_, err := valid.SafeURL(d.Path)
			require.NoError(t, err, "path %q is neither relative to the portal nor an address elsewhere", d.Path)
			_, err = language.Parse(d.Locale)
			require.NoError(t, err, "language %q", d.Locale)
			require.Contains(t, d.Serves, d.Locale)
			canonical, err := profile.ParseAudience(d.Audience)
			require.NoError(t, err)
			require.Equal(t, canonical, d.Audience)
			require.Equal(t, d.UpdatedAt.UTC().Truncate(time.Microsecond), d.UpdatedAt)
			require.False(t, d.UpdatedAt.IsZero())
		}
		require.NoError(t, servedOnce(docs))
	}
}

// servedOnce returns an error if a reader would be shown two versions.
func servedOnce(docs []search.Document) error {
	seen := map[string]string{}
	for _, d := range docs {
		for _, tag := range d.Serves {
			if seen[tag] != "" {
				return fmt.Errorf("%s and %s both serve %s", seen[tag], d.ID, tag)
			}
			seen[tag] = d.ID
		}
	}
	return nil
}

func checkIncremental(t testing.TB, s search.Source, f Fixture) {
	one, two := put(t, f, "one", "lighthouse"), put(t, f, "two", "harbour")
	require.NotEqual(t, one, two)
	r := newReader(s)
	r.catchUp(t, 10)
	require.True(t, r.has(one, "lighthouse"))
	require.True(t, r.has(two, "harbour"))
	require.Equal(t, two, put(t, f, "two", "pier"))
	clear(r.groups)
	require.Positive(t, r.catchUp(t, 10))
	require.Equal(t, []string{two}, slices.Collect(maps.Keys(r.groups)))
	require.True(t, r.has(two, "pier"))
	require.Zero(t, r.catchUp(t, 10))
}

func checkLimit(t testing.TB, s search.Source, f Fixture) {
	want := map[string]string{}
	for i := range 25 {
		text := fmt.Sprintf("text-%d-", i)
		want[put(t, f, fmt.Sprint("key", i), text)] = text
	}
	for _, limit := range []int{1, 7, 1000} {
		r := newReader(s)
		r.catchUp(t, limit)
		require.Len(t, r.groups, len(want))
		for group, text := range want {
			require.True(t, r.has(group, text), "limit %d, group %s", limit, group)
		}
	}
}

func checkLatest(t testing.TB, s search.Source, f Fixture) {
	r := newReader(s)
	var group string
	for i := range 5 {
		group = put(t, f, "one", fmt.Sprintf("text-%d-", i))
		if i%2 == 0 {
			r.catchUp(t, 1)
			require.True(t, r.has(group, fmt.Sprintf("text-%d-", i)))
		}
	}
	late := newReader(s)
	late.catchUp(t, 1)
	require.True(t, late.has(group, "text-4-"))
	require.Len(t, late.groups, 1)
}

func checkRemoval(t testing.TB, s search.Source, f Fixture) {
	one, two := put(t, f, "one", "lighthouse"), put(t, f, "two", "harbour")
	r := newReader(s)
	r.catchUp(t, 10)
	require.NoError(t, f.Remove("one"))
	require.Positive(t, r.catchUp(t, 10))
	require.NotContains(t, r.groups, one)
	require.Contains(t, r.groups, two)
	late := newReader(s)
	late.catchUp(t, 1)
	require.NotContains(t, late.groups, one)
	require.True(t, late.has(two, "harbour"))
}

func checkRepeat(t testing.TB, s search.Source, f Fixture) {
	put(t, f, "one", "lighthouse")
	r := newReader(s)
	r.catchUp(t, 10)
	before := r.cursor
	group := put(t, f, "two", "harbour")
	for range 3 {
		again := &reader{source: s, cursor: before, groups: map[string][]search.Document{}}
		again.catchUp(t, 10)
		require.True(t, again.has(group, "harbour"))
	}
}

func checkRestart(t testing.TB, s search.Source, f Fixture) {
	if f.Reopen == nil {
		return
	}
	put(t, f, "one", "lighthouse")
	r := newReader(s)
	r.catchUp(t, 10)
	r.source = f.Reopen()
	require.Zero(t, r.catchUp(t, 10), "nothing has changed over the restart")
	group := put(t, f, "two", "harbour")
	require.Positive(t, r.catchUp(t, 10))
	require.True(t, r.has(group, "harbour"))
}

func checkBadCursor(t testing.TB, s search.Source, f Fixture) {
	put(t, f, "one", "lighthouse")
	r := newReader(s)
	r.catchUp(t, 10)
	for _, cursor := range []string{"nonsense", r.cursor + "0", "x" + r.cursor, "\x00", strings.Repeat("9", 100)} {
		_, _, err := s.Changes(t.Context(), cursor, 10)
		require.ErrorIs(t, err, search.ErrRebuild, "cursor %q", cursor)
	}
}

func checkRestored(t testing.TB, s search.Source, f Fixture) {
	if f.Restore == nil {
		return
	}
	old := put(t, f, "one", "lighthouse")
	r := newReader(s)
	r.catchUp(t, 10)
	require.NoError(t, f.Restore())
	other := put(t, f, "two", "harbour")
	for {
		_, end, err := r.batch(t.Context(), 10)
		if err != nil {
			require.ErrorIs(t, err, search.ErrRebuild)
			r = newReader(s)
			r.catchUp(t, 10)
			break
		}
		if end {
			break
		}
	}
	require.False(t, r.has(old, "lighthouse"), "what the backup did not have is still there")
	require.True(t, r.has(other, "harbour"))
}

// wait calls Wait and returns its result, or an error if there is none in time.
func (f Fixture) wait(ctx context.Context, s search.Source, after string, during func() error) error {
	done := make(chan error, 1)
	go func() { done <- s.Wait(ctx, after) }()
	if during != nil {
		if err := during(); err != nil {
			return err
		}
	}
	select {
	case err := <-done:
		return err
	case <-time.After(f.patience()):
		return fmt.Errorf("Wait has not returned after %s", f.patience())
	}
}

func checkWaitReady(t testing.TB, s search.Source, f Fixture) {
	require.NoError(t, err2(f.Put("one", "lighthouse")))
	require.NoError(t, f.wait(t.Context(), s, "", nil))
}

func err2[T any](_ T, err error) error { return err }

func checkWaitChange(t testing.TB, s search.Source, f Fixture) {
	r := newReader(s)
	r.catchUp(t, 10)
	for i := range 3 {
		var group string
		err := f.wait(t.Context(), s, r.cursor, func() (err error) {
			group, err = f.Put("one", fmt.Sprintf("text-%d-", i))
			return err
		})
		require.NoError(t, err)
		// Returning early is allowed, so the change may take another wait.
		for deadline := time.Now().Add(f.patience()); !r.has(group, fmt.Sprintf("text-%d-", i)); {
			require.True(t, time.Now().Before(deadline), "the change never came")
			r.catchUp(t, 10)
		}
	}
}

func checkWaitContext(t testing.TB, s search.Source, f Fixture) {
	put(t, f, "one", "lighthouse")
	r := newReader(s)
	r.catchUp(t, 10)
	ctx, cancel := context.WithTimeout(t.Context(), brief)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Wait(ctx, r.cursor) // early or because of ctx, with an error or without
	}()
	select {
	case <-done:
	case <-time.After(f.patience()):
		require.Fail(t, "Wait does not heed its context")
	}
}

func checkSourceCanceled(t testing.TB, s search.Source, f Fixture) {
	put(t, f, "one", "lighthouse")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := s.Changes(ctx, "", 10)
	require.ErrorIs(t, err, context.Canceled)
}

// checkWriters reads while others write, which is where cursors over sequences
// that are not in the order of commits lose changes.
func checkWriters(t testing.TB, s search.Source, f Fixture) {
	const writers, rounds = 4, 10
	r := newReader(s)
	var mu sync.Mutex
	want := map[string]string{}
	write := func(w int) error {
		for i := range rounds {
			text := fmt.Sprintf("text-%d-%d-", w, i)
			group, err := f.Put(fmt.Sprintf("key-%d-%d", w, i%3), text)
			if err != nil {
				return err
			}
			mu.Lock()
			want[group] = text
			mu.Unlock()
		}
		return nil
	}
	faults := make(chan error, writers)
	for w := range writers {
		go func() { faults <- write(w) }()
	}
	for ended := 0; ended < writers; {
		select {
		case err := <-faults:
			require.NoError(t, err)
			ended++
		default:
			_, _, err := r.batch(t.Context(), 3)
			require.NoError(t, err)
		}
	}
	for deadline := time.Now().Add(f.patience()); !r.hasAll(want) && time.Now().Before(deadline); {
		r.catchUp(t, 3)
	}
	require.True(t, r.hasAll(want), "a change was skipped")
	require.Len(t, r.groups, len(want))
}
