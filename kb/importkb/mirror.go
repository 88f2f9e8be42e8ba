package importkb

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// A Mirror keeps articles as the files of a folder are, which may be a checkout
// of Git: what is new or changed there is taken, and what is gone is archived. A
// file that moves goes on being the same article, and its old address finds it.
//
// The folder wins. What somebody changes in the library lasts until the file next
// changes; then it is a revision among others, and a [MirrorConflict] says so.
// Nobody is told of any of it.
//
// A folder that is not there, or that has no article left, archives nothing: it
// is more likely a disk that is missing.
type Mirror struct {
	library *kb.Library
	store   MirrorStore
	opts    MirrorOptions
	seen    string // what the folder looked like when it was last taken
	before  string // and a moment ago
}

// A MirrorStore keeps one text for each mirror.
type MirrorStore interface {
	// MirrorState returns what was kept under a name, empty if nothing was.
	MirrorState(ctx context.Context, name string) (string, error)

	// SetMirrorState keeps a text under a name.
	SetMirrorState(ctx context.Context, name, state string) error
}

// MirrorOptions adjust a Mirror.
type MirrorOptions struct {
	Folder   string           // needed
	Name     string           // of the bundle; "" means the name of the folder, as with Path
	By       profile.Actor    // on whose behalf: somebody who may import and publish
	Audience profile.Audience // of what says nothing of that; nil means public
	Every    time.Duration    // how often Run looks; 0 means two seconds
	Logger   *slog.Logger     // nil means none
	Now      func() time.Time // nil means time.Now

	// Alone runs f while no other instance does, where there are several. Nil
	// means that there is one.
	Alone func(ctx context.Context, f func(context.Context) error) error
}

// A MirrorReport says how a mirror stands.
type MirrorReport struct {
	At        time.Time        `json:"at"` // when the folder was last taken; zero means never
	Files     int              `json:"files"`
	Created   int              `json:"created"` // articles, the last time something had changed
	Updated   int              `json:"updated"`
	Archived  int              `json:"archived"` // texts
	Problems  []kb.Problem     `json:"problems,omitempty"`
	Conflicts []MirrorConflict `json:"conflicts,omitempty"` // the newest first, at most 100
}

// A MirrorConflict is a change made in the library that a file has replaced.
type MirrorConflict struct {
	Article  string    `json:"article"`
	Title    string    `json:"title"`
	Locale   string    `json:"locale"`
	Revision int       `json:"revision"` // what it replaced
	File     string    `json:"file"`
	At       time.Time `json:"at"`
}

// mostConflicts is how many conflicts are remembered.
const mostConflicts = 100

// mirrorState is what is known of a folder from the last time.
type mirrorState struct {
	Files    map[string]mirrored `json:"files"`
	Names    map[string]string   `json:"names,omitempty"`    // external names by those that paths would give them
	Archived map[string]bool     `json:"archived,omitempty"` // "external language" of what was archived because it was gone
	Rest     string              `json:"rest"`               // hash of categories and pictures
	Report   MirrorReport        `json:"report"`
}

// A mirrored is a file as it was taken.
type mirrored struct {
	External string `json:"external"`
	Locale   string `json:"locale"`
	Hash     string `json:"hash"` // of everything in it; empty means that it could not be taken
	Body     string `json:"body"` // hash of its text, by which a file is known that has moved
}

// NewMirror returns a Mirror.
func NewMirror(l *kb.Library, store MirrorStore, opts MirrorOptions) (*Mirror, error) {
	full, err := filepath.Abs(opts.Folder)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(full); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is no folder: %w", opts.Folder, kb.ErrInvalid)
	}
	opts.Folder, opts.Name = full, cmp.Or(opts.Name, filepath.Base(full))
	opts.Every = cmp.Or(opts.Every, 2*time.Second)
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Alone == nil {
		opts.Alone = func(ctx context.Context, f func(context.Context) error) error { return f(ctx) }
	}
	return &Mirror{library: l, store: store, opts: opts}, nil
}

// Run takes what changes in the folder until ctx is done. Any number of instances
// that see the same files may run it.
func (m *Mirror) Run(ctx context.Context) error {
	tick := time.NewTicker(m.opts.Every)
	defer tick.Stop()
	for {
		if err := m.look(ctx); err != nil && ctx.Err() == nil {
			m.opts.Logger.ErrorContext(ctx, "folder not taken", "folder", m.opts.Folder, "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look takes the folder if it has changed and stood still since the last look: a
// checkout that is under way is not taken by halves.
func (m *Mirror) look(ctx context.Context) error {
	now, err := m.stamp()
	if err != nil {
		return err
	}
	still := now == m.before
	m.before = now
	if !still || now == m.seen {
		return nil
	}
	if _, err := m.Sync(ctx); err != nil {
		return err
	}
	m.seen = now
	return nil
}

// stamp returns what changes with any file in the folder.
func (m *Mirror) stamp() (string, error) {
	h := sha256.New()
	err := fs.WalkDir(os.DirFS(m.opts.Folder), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path == ".":
			return err
		case err != nil || d.IsDir() && path != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		if info, err := d.Info(); err == nil {
			fmt.Fprintln(h, path, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// Report returns how the mirror stands.
func (m *Mirror) Report(ctx context.Context) (MirrorReport, error) {
	st, err := m.load(ctx)
	return st.Report, err
}

// Files returns the files that articles come from, by the articles' IDs and
// languages: "ID LANGUAGE".
func (m *Mirror) Files(ctx context.Context) (map[string]string, error) {
	st, err := m.load(ctx)
	out := make(map[string]string, len(st.Files))
	for path, f := range st.Files {
		out[kb.ImportedID(m.opts.Name, f.External)+" "+f.Locale] = path
	}
	return out, err
}

func (m *Mirror) load(ctx context.Context) (st mirrorState, err error) {
	text, err := m.store.MirrorState(ctx, m.opts.Name)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &st)
	}
	if st.Names == nil {
		st.Names = map[string]string{}
	}
	if st.Files == nil {
		st.Files = map[string]mirrored{}
	}
	if st.Archived == nil {
		st.Archived = map[string]bool{}
	}
	return st, err
}

// Sync takes the folder as it is now. What was cut off is completed by the next.
func (m *Mirror) Sync(ctx context.Context) (report MirrorReport, err error) {
	err = m.opts.Alone(ctx, func(ctx context.Context) error {
		st, err := m.load(ctx)
		if err != nil {
			return err
		}
		changed, err := m.take(ctx, &st)
		if report = st.Report; err != nil || !changed {
			return err
		}
		text, err := json.Marshal(st)
		if err != nil {
			return err
		}
		return m.store.SetMirrorState(ctx, m.opts.Name, string(text))
	})
	if err != nil {
		return report, fmt.Errorf("sync %s: %w", m.opts.Folder, err)
	}
	return report, nil
}

// errEmpty is of a folder that has lost everything.
var errEmpty = errors.New("there is no article in the folder any more; nothing was archived")
