package smsprofile

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// A text is an SMS in a folder.
type text struct {
	To     string    `json:"to"`
	Text   string    `json:"text"`
	Person string    `json:"person"`
	At     time.Time `json:"at"`
}

// Folder returns an SMSFunc that writes texts into a folder, KEY.json, so that
// they can be looked at without a service. It makes the folder. One that comes
// again takes its own place.
func Folder(dir string) SMSFunc {
	return func(_ context.Context, s SMS) error {
		content, err := json.MarshalIndent(text{s.To, s.Text, s.Person, time.Now().UTC().Truncate(time.Second)}, "", "  ")
		if err != nil {
			return err
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return err
		}
		defer func() { _ = root.Close() }()
		name := fileName(s.Key) + ".json"
		err = root.WriteFile(name+".part", append(content, '\n'), 0o600)
		if err == nil {
			err = root.Rename(name+".part", name)
		}
		return err
	}
}

// fileName keeps a key from being a path.
func fileName(key string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '_'
	}, key)
}

// FolderKeeper returns the [profile.Keeper], named "texts", of what [Folder]
// wrote to people. What really went out is its recipient's; what lies in a
// folder is nobody's but the portal's.
func FolderKeeper(dir string) profile.Keeper {
	return profile.NewKeeper("texts",
		func(ctx context.Context, person string) iter.Seq2[any, error] {
			return func(yield func(any, error) bool) {
				err := each(ctx, dir, person, func(_ string, t text) error {
					if !yield(written{t.To, t.Text, t.At}, nil) {
						return fs.SkipAll
					}
					return nil
				})
				if err != nil && !errors.Is(err, fs.SkipAll) {
					yield(nil, err)
				}
			}
		},
		func(ctx context.Context, person string, _ profile.Erasure) (done profile.Erased, err error) {
			err = each(ctx, dir, person, func(path string, _ text) error {
				gone := os.Remove(path)
				if gone == nil {
					done.Removed++
				}
				if errors.Is(gone, fs.ErrNotExist) {
					return nil
				}
				return gone
			})
			return done, err
		})
}

// A written is what is told of a text in a folder.
type written struct {
	To   string    `json:"to"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// each does something with the texts to a person.
func each(ctx context.Context, dir, person string, do func(path string, t text) error) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err = errors.Join(err, ctx.Err()); err != nil {
		return err
	}
	for _, path := range paths {
		content, failed := os.ReadFile(path)
		if errors.Is(failed, fs.ErrNotExist) {
			continue
		}
		if failed != nil {
			return failed
		}
		var t text
		if json.Unmarshal(content, &t) != nil || t.Person != person || t.To == "" {
			continue // somebody else's
		}
		if err := do(path, t); err != nil {
			return err
		}
	}
	return nil
}
