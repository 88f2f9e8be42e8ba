package kb

import (
	"context"
	"errors"
	"html/template"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
)

// A film is a video or a sound that a text shows as it shows a picture,
// ![alt](media:film.webm), or that a field names as media:film.webm. What goes
// with it is found by its name: film.de.vtt has its captions in German, and
// film.png is what it shows before it begins. Who sees the film sees these.

// A Film is a video or a sound as a page shows it.
type Film struct {
	Name   string
	Field  string // that names it; empty if the text shows it
	Type   string
	About  string
	Path   string
	Poster string // address of what it shows before it begins, or empty
	Tracks []Track
	Said   []string // what is said in it by its captions, in paragraphs
	SaidIn string   // language of Said
	At     bool     // captions in the language of the page are shown unless the reader hides them
}

// A Track is the captions of a film in a language.
type Track struct {
	Name   string // of the medium
	Locale string
	Path   string
}

// Codes of findings about videos.
const (
	CodeCaptionsMissing  = "captions_missing"  // there are none
	CodeCaptionsLanguage = "captions_language" // there are none in the language of the text
)

// filmScheme comes before the name of a medium where an address could be.
const filmScheme = "media:"

var captionsName = regexp.MustCompile(`^(.+)\.([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.vtt$`)

var filmEndings = []string{".webm", ".mp4", ".m4v", ".mp3", ".m4a", ".ogg", ".wav"}

// isFilm reports whether a medium of that name is to be watched or listened to.
func isFilm(name string) bool { return slices.Contains(filmEndings, ending(name)) }

func isVideo(name string) bool { return strings.HasPrefix(fileTypes[ending(name)].mime, "video/") }

// stemOf returns what the name of a film, or of what may go with one, has in
// common with those, and "" for all else.
func stemOf(name string) string {
	if m := captionsName.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	if isFilm(name) || fileTypes[ending(name)].mime == picture.mime {
		return strings.TrimSuffix(name, path.Ext(name))
	}
	return ""
}

// filmsOf returns the names of the films that a medium would go with.
func filmsOf(name string) []string {
	stem := stemOf(name)
	if stem == "" || isFilm(name) {
		return nil
	}
	var out []string
	for _, end := range filmEndings {
		out = append(out, stem+end)
	}
	return out
}

// withFilms returns the films that there are among those that a medium would go
// with.
func (l *Library) withFilms(ctx context.Context, name string) ([]Media, error) {
	var out []Media
	for _, film := range filmsOf(name) {
		m, err := l.store.Media(ctx, film)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		if err == nil {
			out = append(out, m)
		}
	}
	return out, nil
}

// usedFilms returns the films that a medium goes with and that are used now.
func (l *Library) usedFilms(ctx context.Context, name string, set *blockSet) ([]string, error) {
	films, err := l.withFilms(ctx, name)
	var out []string
	for _, film := range films {
		used := set.shows(film.Name)
		if !used {
			if used, err = l.usedNow(ctx, film.Name); err != nil {
				return nil, err
			}
		}
		if used {
			out = append(out, film.Name)
		}
	}
	return out, err
}

// usedNow reports whether an article uses a medium now.
func (l *Library) usedNow(ctx context.Context, name string) (bool, error) {
	uses, err := l.store.MediaUses(ctx, name)
	for _, u := range uses {
		if now, err := l.nowIn(ctx, u.Article, name); err != nil || now {
			return now, err
		}
	}
	return false, err
}

// withCompany adds to names what goes with the films among them.
func (l *Library) withCompany(ctx context.Context, names []string) ([]string, error) {
	out := names
	for _, name := range names {
		if !isFilm(name) {
			continue
		}
		with, err := l.company(ctx, name)
		if err != nil {
			return nil, err
		}
		for _, m := range with {
			out = append(out, m.Name)
		}
	}
	return out, nil
}

// seesWithFilm reports whether by sees a medium because it goes with a film. At
// the desk the uses of the film count as if they were of the medium itself: to
// name a film after captions opens them to nobody.
func (l *Library) seesWithFilm(ctx context.Context, by profile.Actor, m Media) (bool, error) {
	films, err := l.withFilms(ctx, m.Name)
	for _, film := range films {
		uses, err := l.store.MediaUses(ctx, film.Name)
		if err != nil {
			return false, err
		}
		ok, err := l.readsMedia(ctx, by, film.Name, uses)
		if err == nil && !ok {
			ok, err = l.readsBlockMedia(ctx, by, film.Name)
		}
		if err == nil && !ok {
			ok, err = l.worksWithMedia(ctx, by, m, uses)
		}
		if err != nil || ok {
			return ok, err
		}
	}
	return false, err
}

// mayJoin checks that by may put a medium beside the films it would go with: what
// readers see of them changes with it.
func (l *Library) mayJoin(ctx context.Context, by profile.Actor, name string) error {
	if l.policy.May(by, profile.PermissionContentPublish) {
		return nil
	}
	films, err := l.withFilms(ctx, name)
	if err != nil {
		return err
	}
	for _, film := range films {
		uses, err := l.store.MediaUses(ctx, film.Name)
		if err != nil {
			return err
		}
		live := slices.ContainsFunc(uses, func(u MediaUse) bool { return u.Live })
		if live || film.Owner == "" || film.Owner != by.ID {
			return ErrForbidden
		}
	}
	return nil
}

// joined has the words of the films that a medium goes with looked for again.
func (l *Library) joined(ctx context.Context, name string) error {
	if captionsName.FindStringSubmatch(name) == nil {
		return nil
	}
	films, err := l.withFilms(ctx, name)
	for _, film := range films {
		old, err := l.store.MediaTexts(ctx, []string{film.Name})
		if err == nil {
			err = l.keepWords(ctx, film, MediaText{State: TextWaiting, Text: old[film.Name]})
		}
		if err != nil {
			return err
		}
	}
	return err
}

// company returns what goes with a film, captions by language and then pictures,
// without their content.
func (l *Library) company(ctx context.Context, film string) ([]Media, error) {
	stem := strings.TrimSuffix(film, path.Ext(film))
	var out []Media
	q := MediaQuery{Name: strings.ToLower(stem) + ".", Types: []string{captionsType, picture.mime}, Limit: maxEntries}
	for {
		page, next, err := l.store.ListMedia(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, m := range page {
			if slices.Contains(filmsOf(m.Name), film) {
				out = append(out, m)
			}
		}
		if q.After = next; next == "" {
			slices.SortFunc(out, func(a, b Media) int { return strings.Compare(a.Name, b.Name) })
			return out, nil
		}
	}
}

// film returns a film as by sees it, for a reader of locale.
func (l *Library) film(ctx context.Context, by profile.Actor, name, locale string) (Film, error) {
	m, err := l.store.Media(ctx, name)
	if err != nil {
		return Film{}, err
	}
	f := Film{Name: name, Type: m.Type, About: m.About, Path: l.path(Ref{Kind: "media", Slug: name})}
	with, err := l.company(ctx, name)
	if err != nil {
		return Film{}, err
	}
	said := map[string][]byte{}
	for _, one := range with {
		kept, err := l.Media(ctx, by, one.Name)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return Film{}, err
		}
		address := l.path(Ref{Kind: "media", Slug: one.Name})
		if m := captionsName.FindStringSubmatch(one.Name); m != nil {
			tongue := canonical(m[2])
			f.Tracks = append(f.Tracks, Track{Name: one.Name, Locale: tongue, Path: address})
			said[tongue] = kept.Data
			continue
		}
		f.Poster = address
	}
	f.SaidIn, f.At = f.tongue(locale)
	f.Said = cueText(said[f.SaidIn])
	return f, nil
}

// tongue returns the language of the captions that suit a reader best, and
// whether it is theirs.
func (f Film) tongue(locale string) (string, bool) {
	for tag := locale; tag != ""; tag = parent(tag) {
		for _, t := range f.Tracks {
			if t.Locale == tag {
				return tag, true
			}
		}
	}
	for _, t := range f.Tracks {
		if t.Locale == "en" {
			return t.Locale, false
		}
	}
	if len(f.Tracks) > 0 {
		return f.Tracks[0].Locale, false
	}
	return "", false
}

// films returns those of the media that are films and there, by name.
func (l *Library) films(ctx context.Context, by profile.Actor, names []string, locale string) (map[string]Film, error) {
	out := map[string]Film{}
	for _, name := range names {
		if !isFilm(name) {
			continue
		}
		f, err := l.film(ctx, by, name, locale)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		if err == nil {
			out[name] = f
		}
	}
	return out, nil
}

// filmOf returns the medium that a value of a field names, if it does.
func filmOf(value string) (string, bool) {
	name, ok := strings.CutPrefix(value, filmScheme)
	return mediumName(name), ok
}

// film returns the name of the film that a value names, or "".
func (f Field) film(value string) string {
	name, ok := filmOf(value)
	switch {
	case f.Kind == FieldEmbed && ok:
		return name
	case f.Kind == FieldMedia && isFilm(value):
		return value
	}
	return ""
}

// parseFilm checks the name of a film in a field.
func parseFilm(value string) (string, string) {
	name, _ := filmOf(value)
	return filmScheme + name, unless(mediaName.MatchString(name) && !strings.Contains(name, "..") && isFilm(name), "error.field.format")
}

// fieldFilms returns the films that fields name.
func (l *Library) fieldFilms(ctx context.Context, by profile.Actor, t Type, fields map[string]string, locale string) ([]Film, error) {
	var out []Film
	for _, f := range t.Fields {
		name := f.film(fields[f.Key])
		if name == "" {
			continue
		}
		found, err := l.films(ctx, by, []string{name}, locale)
		if err != nil {
			return nil, err
		}
		if film, ok := found[name]; ok {
			film.Field = f.Key
			out = append(out, film)
		}
	}
	return out, nil
}

// shownFilms returns the films that an article shows: those that its fields name,
// then those in its text.
func (l *Library) shownFilms(ctx context.Context, by profile.Actor, t Type, d *document, fields map[string]string, locale string) ([]Film, error) {
	out, err := l.fieldFilms(ctx, by, t, fields, locale)
	if err != nil {
		return nil, err
	}
	found, err := l.films(ctx, by, d.shown, locale)
	for _, name := range d.shown {
		if f, ok := found[name]; ok {
			out = append(out, f)
		}
	}
	return out, err
}

// filmFindings returns which videos of a text in locale, and of fields, have no
// captions, or none that its readers understand. Languages are named in spoken.
func (l *Library) filmFindings(ctx context.Context, t Type, d *document, fields map[string]string, locale, spoken string) ([]Finding, error) {
	var out []Finding
	look := func(place, name string) error {
		if !isVideo(name) {
			return nil
		}
		with, err := l.company(ctx, name)
		if err == nil && !slices.ContainsFunc(with, func(m Media) bool { return m.captionsFor(locale) }) {
			out = append(out, captionsMissing(place, name, with, i18n.Locale(locale).Name(i18n.Locale(spoken))))
		}
		return err
	}
	for _, name := range d.shown {
		if err := look("body", name); err != nil {
			return nil, err
		}
	}
	for _, f := range t.Fields {
		if err := look("fields."+f.Key, f.film(fields[f.Key])); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// hasTranscript reports whether a text has a section with what is said.
func (t Type) hasTranscript(d *document) bool {
	return slices.ContainsFunc(d.parts, func(p Part) bool {
		s, ok := t.Section(p.Title)
		return ok && p.ID != "" && s.Key == SectionTranscript && !p.bare
	})
}

// SectionTranscript is the key of the section with what is said in a film.
const SectionTranscript = "transcript"

// loneFilm is a paragraph of one picture.
var loneFilm = regexp.MustCompile(`<p(?: dir="[a-z]+")?>(<img [^<>]*src="/-/media/([^"#<>]*)"[^<>]*/?>)</p>`)

// stages puts paragraphs that are one film where there is room below it for what
// is said in it.
func stages(text template.HTML) template.HTML {
	if !strings.Contains(string(text), refPrefix+"media/") {
		return text
	}
	return template.HTML(loneFilm.ReplaceAllStringFunc(string(text), func(p string) string {
		m := loneFilm.FindStringSubmatch(p)
		if !isFilm(m[2]) {
			return p
		}
		return stage + m[1] + "</div>"
	}))
}
