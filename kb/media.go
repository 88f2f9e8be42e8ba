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
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// MaxMedia is how large a picture may be, in bytes.
const MaxMedia = 5 << 20

var mediaName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,119}$`)

// mediumName returns the one form of a name that can be typed in several.
func mediumName(name string) string { return norm.NFC.String(name) }

// PutMedia keeps a picture under a name that articles show it by:
// ![alt](media:NAME). Its type is found from its content and must be that of a
// picture. Only who may publish can replace one.
func (l *Library) PutMedia(ctx context.Context, by profile.Actor, name string, data []byte) (Media, error) {
	if !l.policy.May(by, profile.PermissionContentWrite) {
		return Media{}, fmt.Errorf("media %s: %w", name, ErrForbidden)
	}
	m, _, err := l.putMedia(ctx, name, data, l.policy.May(by, profile.PermissionContentPublish))
	if err != nil {
		return Media{}, fmt.Errorf("media %s: %w", name, err)
	}
	return m, nil
}

// putMedia reports whether it changed anything.
func (l *Library) putMedia(ctx context.Context, name string, data []byte, replace bool) (m Media, put bool, err error) {
	m, err = newMedia(mediumName(name), data)
	if err != nil {
		return Media{}, false, err
	}
	old, err := l.store.Media(ctx, m.Name)
	switch {
	case err == nil && old.Hash == m.Hash:
		return old, false, nil
	case err == nil && !replace:
		return Media{}, false, ErrForbidden
	case err != nil && !errors.Is(err, ErrNotFound):
		return Media{}, false, err
	}
	m.At = l.clock()
	return m, true, l.store.PutMedia(ctx, m)
}

func newMedia(name string, data []byte) (Media, error) {
	f := errs.Fields{}
	if !mediaName.MatchString(name) || strings.Contains(name, "..") {
		f.Add("name", "error.field.format", nil)
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
	return Media{Name: name, Type: kind, Data: slices.Clone(data), Hash: hex.EncodeToString(sum[:])}, nil
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

// Media returns a picture if by may read an article that shows it, or works on
// one that does in any revision. A picture that no article shows yet is for
// those who write.
func (l *Library) Media(ctx context.Context, by profile.Actor, name string) (Media, error) {
	name = mediumName(name)
	if !mediaName.MatchString(name) {
		return Media{}, fmt.Errorf("media %q: %w", name, ErrNotFound)
	}
	uses, err := l.store.MediaUses(ctx, name)
	if err != nil {
		return Media{}, fmt.Errorf("media %s: %w", name, err)
	}
	ok, err := l.showsMedia(ctx, by, uses)
	if err == nil && !ok {
		err = ErrNotFound
	}
	if err != nil {
		return Media{}, fmt.Errorf("media %s: %w", name, err)
	}
	m, err := l.store.Media(ctx, name)
	if err != nil {
		return Media{}, fmt.Errorf("media %s: %w", name, err)
	}
	return m, nil
}

// showsMedia reports whether one of the uses lets by see what is used.
func (l *Library) showsMedia(ctx context.Context, by profile.Actor, uses []MediaUse) (bool, error) {
	var live []string
	for _, u := range uses {
		if u.Live {
			live = append(live, u.Article)
		}
	}
	for chunk := range slices.Chunk(live, maxEntries) {
		if shown, err := l.Entries(ctx, by, chunk, ""); err != nil || len(shown) > 0 {
			return err == nil, err
		}
	}
	if len(uses) == 0 {
		return l.policy.May(by, profile.PermissionContentWrite), nil
	}
	for _, u := range uses {
		if _, err := l.manuscript(ctx, by, u.Article); !errors.Is(err, ErrNotFound) {
			return err == nil, err
		}
	}
	return false, nil
}
