package kb

import (
	"context"
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
// picture. Only who may publish can replace one. It is by's from then on.
func (l *Library) PutMedia(ctx context.Context, by profile.Actor, name string, data []byte) (Media, error) {
	if !l.policy.May(by, profile.PermissionContentWrite) {
		return Media{}, fmt.Errorf("media %s: %w", name, ErrForbidden)
	}
	m, err := l.putMedia(ctx, by, name, data)
	if err != nil {
		return Media{}, fmt.Errorf("media %s: %w", name, err)
	}
	return m, nil
}

func (l *Library) putMedia(ctx context.Context, by profile.Actor, name string, data []byte) (Media, error) {
	m, err := newMedia(mediumName(name), data)
	if err != nil {
		return Media{}, err
	}
	return l.keepMedia(ctx, by, m, true, nil)
}

func newMedia(name string, data []byte) (Media, error) {
	f := errs.Fields{}
	if !mediaName.MatchString(name) || strings.Contains(name, "..") {
		f.Add("name", "error.field.format", nil)
	}
	m, err := filled(Media{Name: name}, picture, slices.Clone(data))
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		f.Add("data", wrong["data"].Key, wrong["data"].Args)
	}
	return m, f.Err()
}

// pictureType returns the MIME type of a picture, or "" for anything else.
func pictureType(name string, data []byte) string {
	switch t := http.DetectContentType(data); t {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return t
	}
	if strings.EqualFold(path.Ext(name), ".svg") && isDrawing(content{head: data}) {
		return "image/svg+xml"
	}
	return ""
}

// Media returns a picture if by may read an article that shows it. Before there
// is one, it is for whoever put it there, for those who see a text at the desk in
// which they show it, and for those who publish: naming a picture in a draft
// opens it to nobody.
func (l *Library) Media(ctx context.Context, by profile.Actor, name string) (Media, error) {
	name = mediumName(name)
	if !mediaName.MatchString(name) {
		return Media{}, fmt.Errorf("media %q: %w", name, ErrNotFound)
	}
	m, err := l.store.Media(ctx, name)
	if err != nil {
		return Media{}, fmt.Errorf("media %s: %w", name, absent(err))
	}
	uses, err := l.store.MediaUses(ctx, name)
	if err != nil {
		return Media{}, fmt.Errorf("media %s: %w", name, err)
	}
	ok, err := l.readsMedia(ctx, by, name, uses)
	if err == nil && !ok {
		ok, err = l.readsBlockMedia(ctx, by, name)
	}
	if err == nil && !ok {
		ok, err = l.worksWithMedia(ctx, by, m, uses)
	}
	if err == nil && !ok {
		ok, err = l.seesWithFilm(ctx, by, m)
	}
	if err == nil && !ok {
		err = ErrNotFound
	}
	if err != nil {
		return Media{}, fmt.Errorf("media %s: %w", name, err)
	}
	return m, nil
}

// readsMedia reports whether by may read one of the articles that use a medium,
// with the part that shows it.
func (l *Library) readsMedia(ctx context.Context, by profile.Actor, name string, uses []MediaUse) (bool, error) {
	var live []string
	for _, u := range uses {
		if u.Live && !slices.Contains(live, u.Article) {
			live = append(live, u.Article)
		}
	}
	for chunk := range slices.Chunk(live, maxEntries) {
		shown, err := l.Entries(ctx, by, chunk, "")
		if err != nil {
			return false, err
		}
		for _, e := range shown {
			if ok, err := l.showsMedium(ctx, by, e.Article, name); err != nil || ok {
				return ok, err
			}
		}
	}
	return false, nil
}

// readsBlockMedia reports whether by may read an article that shows a medium in a
// block.
func (l *Library) readsBlockMedia(ctx context.Context, by profile.Actor, name string) (bool, error) {
	set, err := l.blockSet(ctx)
	if err != nil {
		return false, err
	}
	names := set.showing(name)
	if len(names) == 0 {
		return false, nil
	}
	uses, err := l.store.BlockUses(ctx, names)
	if err != nil {
		return false, err
	}
	var live []MediaUse
	for _, u := range uses {
		live = append(live, MediaUse{Article: u.Article, Live: u.Live})
	}
	return l.readsMedia(ctx, by, name, live)
}

// showsMedium reports whether an article shows by a medium, in any language or in
// its fields.
func (l *Library) showsMedium(ctx context.Context, by profile.Actor, id, name string) (bool, error) {
	a, err := l.store.Article(ctx, id)
	if err != nil {
		return false, absent(err)
	}
	if slices.Contains(a.Media, name) {
		return true, nil
	}
	for _, t := range a.Translations {
		if a.Binned() || !t.Visible() {
			continue
		}
		rev, err := l.store.Revision(ctx, id, t.Locale, t.Live)
		if err != nil {
			return false, err
		}
		d, err := l.document(ctx, rev, viewerOf(by))
		if err != nil || slices.Contains(d.media, name) {
			return err == nil, err
		}
	}
	return false, nil
}

// worksWithMedia reports whether by sees a medium at the desk. Texts count that
// readers are shown, since somebody who may see the medium published them, and
// texts by who put it there. All others may have been written to get at it.
func (l *Library) worksWithMedia(ctx context.Context, by profile.Actor, m Media, uses []MediaUse) (bool, error) {
	if l.policy.May(by, profile.PermissionContentPublish) {
		return true, nil
	}
	if !l.worksHere(by) {
		return false, nil
	}
	if m.Owner != "" && m.Owner == by.ID {
		return true, nil
	}
	for _, u := range uses {
		if !u.Live && (m.Owner == "" || u.Author != m.Owner) {
			continue
		}
		if _, err := l.manuscript(ctx, by, u.Article); !errors.Is(err, ErrNotFound) {
			return err == nil, err
		}
	}
	return false, nil
}
