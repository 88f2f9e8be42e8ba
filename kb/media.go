package kb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// MaxMedia is how large a picture may be, in bytes.
const MaxMedia = 5 << 20

var mediaName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,119}$`)

// PutMedia keeps a picture under a name that articles show it by:
// ![alt](media:NAME). Its type is found from its content and must be that of a
// picture.
func (l *Library) PutMedia(ctx context.Context, by profile.Actor, name string, data []byte) (Media, error) {
	if !l.policy.May(by, profile.PermissionContentWrite) {
		return Media{}, fmt.Errorf("media %s: %w", name, ErrForbidden)
	}
	m, err := newMedia(name, data)
	if err != nil {
		return Media{}, fmt.Errorf("media %s: %w", name, err)
	}
	old, err := l.store.Media(ctx, name)
	if err == nil && old.Hash == m.Hash {
		return old, nil
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Media{}, fmt.Errorf("media %s: %w", name, err)
	}
	if err == nil && !l.policy.May(by, profile.PermissionContentPublish) {
		return Media{}, fmt.Errorf("media %s: %w", name, ErrForbidden)
	}
	m.At = l.clock()
	if err := l.store.PutMedia(ctx, m); err != nil {
		return Media{}, fmt.Errorf("media %s: %w", name, err)
	}
	return m, nil
}

func newMedia(name string, data []byte) (Media, error) {
	f := errs.Fields{}
	if !mediaName.MatchString(name) || strings.Contains(name, "..") {
		f.Add("name", "error.field.bad_slug", nil)
	}
	if len(data) == 0 {
		f.Add("data", "error.field.required", nil)
	}
	if len(data) > MaxMedia {
		f.Add("data", "error.too_large", map[string]any{"max": MaxMedia})
	}
	kind := pictureType(name, data)
	if kind == "" {
		f.Add("data", "error.media.not_a_picture", nil)
	}
	if err := f.Err(); err != nil {
		return Media{}, err
	}
	sum := sha256.Sum256(data)
	return Media{Name: name, Type: kind, Data: data, Hash: hex.EncodeToString(sum[:])}, nil
}

// pictureType returns the MIME type of a picture, or "" for anything else.
// Drawings (SVG) are taken by their first element; they are only ever served in
// a sandbox, where nothing in them can run.
func pictureType(name string, data []byte) string {
	switch t := http.DetectContentType(data); t {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return t
	}
	head := strings.ToLower(string(data[:min(len(data), 1024)]))
	if strings.EqualFold(path.Ext(name), ".svg") && strings.Contains(head, "<svg") && !strings.Contains(head, "<html") {
		return "image/svg+xml"
	}
	return ""
}

// Media returns a picture if by may read an article that shows it.
func (l *Library) Media(ctx context.Context, by profile.Actor, name string) (Media, error) {
	if !mediaName.MatchString(name) {
		return Media{}, fmt.Errorf("media %q: %w", name, ErrNotFound)
	}
	uses, err := l.store.MediaUses(ctx, name)
	if err != nil {
		return Media{}, fmt.Errorf("media %s: %w", name, err)
	}
	shown, err := l.Entries(ctx, by, uses[:min(len(uses), 200)], "")
	if err != nil {
		return Media{}, fmt.Errorf("media %s: %w", name, err)
	}
	if len(shown) == 0 && !l.policy.May(by, profile.PermissionContentWrite) {
		return Media{}, fmt.Errorf("media %s: %w", name, ErrNotFound)
	}
	m, err := l.store.Media(ctx, name)
	if err != nil {
		return Media{}, fmt.Errorf("media %s: %w", name, err)
	}
	return m, nil
}
