package kb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A MediaGroup is a kind of media, to choose from in lists.
type MediaGroup string

// The groups of media.
const (
	MediaPictures  MediaGroup = "pictures"
	MediaVideos    MediaGroup = "videos" // and sound
	MediaCaptions  MediaGroup = "captions"
	MediaDocuments MediaGroup = "documents" // everything else
)

// MediaGroups returns the groups in the order in which they are offered.
func MediaGroups() []MediaGroup {
	return []MediaGroup{MediaPictures, MediaVideos, MediaCaptions, MediaDocuments}
}

// types returns the types of the media in a group, for queries.
func (g MediaGroup) types() []string {
	switch g {
	case MediaPictures:
		return []string{"image/"}
	case MediaVideos:
		return []string{"video/", "audio/"}
	case MediaCaptions:
		return []string{captionsType}
	}
	var out []string
	for _, kind := range fileTypes {
		if (Media{Type: kind.mime}).Group() == MediaDocuments {
			out = append(out, kind.mime)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Group returns which group a medium belongs to.
func (m Media) Group() MediaGroup {
	family, _, _ := strings.Cut(m.Type, "/")
	switch {
	case family == "image":
		return MediaPictures
	case family == "video" || family == "audio":
		return MediaVideos
	case m.Type == captionsType:
		return MediaCaptions
	}
	return MediaDocuments
}

// A MediaList selects media that somebody sees at the desk.
type MediaList struct {
	Name   string     // with this in the name
	Group  MediaGroup // of this group; empty means of any
	Unused bool       // that nothing uses now
	After  string     // page token from an earlier answer to the same list
	Limit  int        // 0 means 50, at most 200
}

// ListMedia returns media without their Data, the newest first: to those who
// publish all of them, to others who write what they put there and what articles
// show that they see at the desk. The token is for the next page, empty on the last.
func (l *Library) ListMedia(ctx context.Context, by profile.Actor, list MediaList) (page []Media, next string, err error) {
	q, err := l.mediaQuery(ctx, by, list)
	if err != nil {
		return nil, "", fmt.Errorf("media: %w", err)
	}
	scope := fmt.Sprintf("media|%s|%q|%s|%t", by.ID, list.Name, list.Group, list.Unused)
	if q.After, err = l.tokens.Open(scope, list.After); err != nil {
		return nil, "", fmt.Errorf("media: %w", err)
	}
	if page, next, err = l.mediaAtDesk(ctx, by, q); err != nil {
		return nil, "", fmt.Errorf("media: %w", err)
	}
	return page, l.tokens.Seal(scope, next), nil
}

// mediaAtDesk returns a page of those of the media that by sees at the desk.
func (l *Library) mediaAtDesk(ctx context.Context, by profile.Actor, q MediaQuery) (page []Media, next string, err error) {
	for most := q.Limit; ; q.Limit = most - len(page) {
		some, more, err := l.store.ListMedia(ctx, q)
		if err != nil {
			return nil, "", err
		}
		for _, m := range some {
			ok, err := l.hasAtDesk(ctx, by, m)
			if err != nil {
				return nil, "", err
			}
			if ok {
				page = append(page, m)
			}
		}
		if q.After = more; more == "" || len(page) >= most {
			return page, more, nil
		}
	}
}

// hasAtDesk reports whether by, who writes, sees a medium at the desk.
func (l *Library) hasAtDesk(ctx context.Context, by profile.Actor, m Media) (bool, error) {
	if l.MayChangeMedia(by, m) {
		return true, nil
	}
	uses, err := l.store.MediaUses(ctx, m.Name)
	if err != nil {
		return false, err
	}
	return l.worksWithMedia(ctx, by, m, uses)
}

// MayChangeMedia reports whether a medium is by's to describe and remove: it is for
// who put it there, and who publishes.
func (l *Library) MayChangeMedia(by profile.Actor, m Media) bool {
	return l.policy.May(by, profile.PermissionContentPublish) || m.Owner != "" && m.Owner == by.ID
}

func (l *Library) mediaQuery(ctx context.Context, by profile.Actor, list MediaList) (MediaQuery, error) {
	if !l.policy.May(by, profile.PermissionContentWrite) && !l.policy.May(by, profile.PermissionContentPublish) {
		return MediaQuery{}, ErrForbidden
	}
	f := errs.Fields{}
	if text(f, "name", list.Name, 0, 120); list.Group != "" && !slices.Contains(MediaGroups(), list.Group) {
		f.Add("group", "error.field.choice", map[string]any{"choices": listed(MediaGroups())})
	}
	if err := f.Err(); err != nil {
		return MediaQuery{}, err
	}
	q := MediaQuery{Name: strings.ToLower(mediumName(strings.TrimSpace(list.Name))), Unused: list.Unused, Limit: clamp(list.Limit, 50, maxEntries)}
	if list.Group != "" {
		q.Types = list.Group.types()
	}
	if list.Unused && !l.policy.May(by, profile.PermissionContentPublish) {
		q.Owner = by.ID // no article shows them that they could see
	}
	if list.Unused {
		set, err := l.blockSet(ctx)
		if err != nil {
			return MediaQuery{}, err
		}
		if q.Except, err = l.withCompany(ctx, set.media()); err != nil {
			return MediaQuery{}, err
		}
	}
	return q, nil
}

// media returns the names of the media that blocks show.
func (s *blockSet) media() []string {
	found := map[string]bool{}
	for _, b := range s.byName {
		for _, text := range b.Texts {
			for _, m := range mediaNames.FindAllStringSubmatch(text, -1) {
				found[mediumName(m[1])] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// MediaUsers says what uses a medium now, as far as by sees it at the desk:
// articles by ID, and blocks by name.
type MediaUsers struct {
	Articles []string
	Blocks   []string
	Films    []string // that it goes with and that are used
	Others   bool     // there is more that by does not see
}

// MediaUsers returns what uses a medium, for those who see it at the desk.
func (l *Library) MediaUsers(ctx context.Context, by profile.Actor, name string) (MediaUsers, error) {
	m, err := l.atMediaDesk(ctx, by, name)
	if err != nil {
		return MediaUsers{}, fmt.Errorf("media %s: %w", name, err)
	}
	uses, err := l.store.MediaUses(ctx, m.Name)
	if err != nil {
		return MediaUsers{}, fmt.Errorf("media %s: %w", name, err)
	}
	var out MediaUsers
	for _, u := range uses {
		now, seen, err := l.usesNow(ctx, by, u.Article, m.Name)
		if err != nil {
			return MediaUsers{}, fmt.Errorf("media %s: %w", name, err)
		}
		if now && seen && !slices.Contains(out.Articles, u.Article) {
			out.Articles = append(out.Articles, u.Article)
		}
		out.Others = out.Others || now && !seen
	}
	set, err := l.blockSet(ctx)
	if err == nil {
		out.Films, err = l.usedFilms(ctx, m.Name, set)
	}
	if err != nil {
		return MediaUsers{}, fmt.Errorf("media %s: %w", name, err)
	}
	for name, b := range set.byName {
		if (&blockSet{byName: map[string]*loadedBlock{name: b}}).shows(m.Name) {
			out.Blocks = append(out.Blocks, name)
		}
	}
	slices.Sort(out.Blocks)
	return out, nil
}

// MediaCompany returns what goes with a film, without content, for those who see
// the film at the desk: captions, and then what it shows before it begins. Other
// media have none.
func (l *Library) MediaCompany(ctx context.Context, by profile.Actor, name string) ([]Media, error) {
	m, err := l.atMediaDesk(ctx, by, name)
	if err != nil || !isFilm(m.Name) {
		if err != nil {
			err = fmt.Errorf("media %s: %w", name, err)
		}
		return nil, err
	}
	with, err := l.company(ctx, m.Name)
	if err != nil {
		return nil, fmt.Errorf("media %s: %w", name, err)
	}
	return slices.DeleteFunc(with, func(one Media) bool { return !l.MayChangeMedia(by, one) }), nil
}

func (s *blockSet) shows(medium string) bool { return slices.Contains(s.media(), medium) }

// usesNow reports whether an article uses a medium in its fields, in the newest
// text of a language or in one that readers are shown, and whether by sees it at
// the desk.
func (l *Library) usesNow(ctx context.Context, by profile.Actor, id, name string) (now, seen bool, err error) {
	if now, err = l.nowIn(ctx, id, name); err != nil {
		return false, false, err
	}
	_, err = l.manuscript(ctx, by, id)
	if errors.Is(err, ErrNotFound) {
		return now, false, nil
	}
	return now, err == nil, err
}

// nowIn reports whether an article uses a medium now.
func (l *Library) nowIn(ctx context.Context, id, name string) (bool, error) {
	a, err := l.store.Article(ctx, id)
	if err != nil {
		return false, absent(err)
	}
	if slices.Contains(a.Media, name) {
		return true, nil
	}
	for _, t := range a.Translations {
		for _, number := range []int{t.Head, t.Live} {
			if number == 0 || number == t.Live && !t.Visible() {
				continue
			}
			rev, err := l.store.Revision(ctx, id, t.Locale, number)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return false, err
			}
			if slices.Contains(rev.Media, name) {
				return true, nil
			}
		}
	}
	return false, nil
}

// ownMedia returns a medium that is by's to change.
func (l *Library) ownMedia(ctx context.Context, by profile.Actor, name string) (Media, error) {
	m, err := l.atMediaDesk(ctx, by, name)
	if err == nil && !l.MayChangeMedia(by, m) {
		err = ErrForbidden
	}
	return m, err
}

// atMediaDesk returns a medium that by sees at the desk.
func (l *Library) atMediaDesk(ctx context.Context, by profile.Actor, name string) (Media, error) {
	name = mediumName(name)
	if !l.policy.May(by, profile.PermissionContentPublish) && !l.policy.May(by, profile.PermissionContentWrite) {
		return Media{}, ErrForbidden
	}
	if !mediaName.MatchString(name) {
		return Media{}, ErrNotFound
	}
	m, err := l.store.Media(ctx, name)
	if err != nil {
		return m, err
	}
	if ok, err := l.hasAtDesk(ctx, by, m); err != nil || !ok {
		return Media{}, cmp.Or(err, error(ErrNotFound))
	}
	return m, nil
}

// DescribeMedia changes what is said about a medium: of whoever put it there, and
// of all by those who publish.
func (l *Library) DescribeMedia(ctx context.Context, by profile.Actor, name, about string) (Media, error) {
	m, err := l.ownMedia(ctx, by, name)
	if err == nil {
		f := errs.Fields{}
		m.About = strings.TrimSpace(about)
		text(f, "about", m.About, 0, maxAbout)
		err = f.Err()
	}
	if err == nil {
		err = l.store.DescribeMedia(ctx, m.Name, m.About)
	}
	if err != nil {
		return Media{}, fmt.Errorf("describe media %s: %w", name, err)
	}
	l.record(ctx, by, analytics.Event{Name: "media.described", Subject: "media/" + m.Name})
	return m, nil
}

// RemoveMedia removes a medium that nothing uses now, and that goes with no film
// that is used. Older texts may still name it, and will show nothing there. Its
// content goes after a while.
func (l *Library) RemoveMedia(ctx context.Context, by profile.Actor, name string) error {
	m, err := l.ownMedia(ctx, by, name)
	if err == nil {
		err = l.removeMedia(ctx, by, m, false)
	}
	if err != nil {
		return fmt.Errorf("remove media %s: %w", name, err)
	}
	return nil
}

// RemoveFromFilm is RemoveMedia for captions and pictures that go with films which
// are used: these are shown without them from then on. It is for those who publish.
func (l *Library) RemoveFromFilm(ctx context.Context, by profile.Actor, name string) error {
	m, err := l.atMediaDesk(ctx, by, name)
	if err == nil && !l.policy.May(by, profile.PermissionContentPublish) {
		err = ErrForbidden
	}
	if err == nil {
		err = l.removeMedia(ctx, by, m, true)
	}
	if err != nil {
		return fmt.Errorf("remove media %s: %w", name, err)
	}
	return nil
}

func (l *Library) removeMedia(ctx context.Context, by profile.Actor, m Media, fromFilm bool) error {
	set, err := l.blockSet(ctx)
	if err != nil {
		return err
	}
	films, err := l.usedFilms(ctx, m.Name, set)
	switch {
	case err != nil:
		return err
	case len(films) > 0 && !fromFilm:
		return errs.Say(ErrConflict, "error.media.with_film", map[string]any{"name": films[0]})
	}
	if err = ErrConflict; !set.shows(m.Name) {
		err = l.store.RemoveMedia(ctx, m.Name)
	}
	if err == nil {
		err = l.joined(ctx, m.Name)
	}
	if errors.Is(err, ErrConflict) {
		err = errs.Say(ErrConflict, "error.media.used", nil)
	}
	if err == nil {
		l.record(ctx, by, analytics.Event{Name: "media.removed", Subject: "media/" + m.Name})
	}
	return err
}

// MediaTotal returns how many media there are and how many bytes they have, for
// those who publish.
func (l *Library) MediaTotal(ctx context.Context, by profile.Actor) (count int, bytes int64, err error) {
	if !l.policy.May(by, profile.PermissionContentPublish) {
		return 0, 0, fmt.Errorf("media total: %w", ErrForbidden)
	}
	if count, bytes, err = l.store.MediaTotal(ctx); err != nil {
		return 0, 0, fmt.Errorf("media total: %w", err)
	}
	return count, bytes, nil
}

// File returns a medium with its content, to those to whom [Library.Media] returns
// it. The caller closes it.
func (l *Library) File(ctx context.Context, by profile.Actor, name string) (Media, io.ReadSeekCloser, error) {
	m, err := l.Media(ctx, by, name)
	if err != nil {
		return Media{}, nil, err
	}
	r, err := l.opened(ctx, m)
	if err != nil {
		return Media{}, nil, fmt.Errorf("media %s: %w", name, err)
	}
	return m, r, nil
}

// opened returns the content of a medium.
func (l *Library) opened(ctx context.Context, m Media) (io.ReadSeekCloser, error) {
	if m.Data != nil {
		return inMemory(m.Data), nil
	}
	if l.files == nil {
		return nil, ErrNotFound
	}
	r, err := l.files.Open(ctx, m.Hash)
	if errors.Is(err, fs.ErrNotExist) {
		l.log.ErrorContext(ctx, "the content of a medium is not where files are kept", "media", m.Name, "hash", m.Hash)
		return nil, ErrNotFound
	}
	return r, err
}
