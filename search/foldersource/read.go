package foldersource

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/docfile"
	"github.com/stoa-go/stoa/internal/filetext"
	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/gathered"
)

// kinds are the types of files by the endings of their names.
var kinds = map[string]string{
	".md": "text/markdown", ".markdown": "text/markdown", ".html": "text/html", ".htm": "text/html", ".txt": "text/plain", ".pdf": "application/pdf",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".odt": "application/vnd.oasis.opendocument.text",
}

// A matter is what is read of front matter.
type matter struct {
	Title       docfile.Text `yaml:"title"`
	Lang        docfile.Text `yaml:"lang"`
	Locale      docfile.Text `yaml:"locale"`
	Summary     docfile.Text `yaml:"summary"`
	Description docfile.Text `yaml:"description"`
	Tags        docfile.List `yaml:"tags"`
	Audience    yaml.Node    `yaml:"audience"`
	Updated     docfile.Text `yaml:"updated"`
	Status      docfile.Text `yaml:"status"`
	Draft       *bool        `yaml:"draft"`
	Archived    *bool        `yaml:"archived"`
	Published   *bool        `yaml:"published"`
	Search      *bool        `yaml:"search"`
}

// document reads a file. Without an ID it is not to be found.
func (s *Source) document(ctx context.Context, root *os.Root, file string) (search.Document, error) {
	data, written, err := s.data(root, file)
	if err != nil {
		return search.Document{}, err
	}
	place := docfile.PlaceOf(file, language)
	d := search.Document{Locale: place.Lang, Path: s.link(file), Audience: s.opts.Audience}
	found, err := s.fill(ctx, &d, kinds[strings.ToLower(path.Ext(file))], data)
	if err != nil || !found {
		return search.Document{}, err
	}
	d.Title = cmp.Or(d.Title, place.Title())
	d.Locale = cmp.Or(d.Locale, s.opts.Locale)
	d.Group = s.mark(place.ID)
	d.ID = s.mark(file) + "@" + d.Locale
	if d.UpdatedAt.IsZero() {
		d.UpdatedAt, err = s.changed(ctx, file, d, written)
	}
	return d, err
}

// data returns what is in a file, and when it was written.
func (s *Source) data(root *os.Root, file string) ([]byte, time.Time, error) {
	f, err := root.Open(file)
	if err != nil {
		return nil, time.Time{}, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return nil, time.Time{}, err
	}
	data, err := io.ReadAll(io.LimitReader(f, s.opts.MaxBytes+1))
	if err == nil && int64(len(data)) > s.opts.MaxBytes {
		err = fmt.Errorf("the file is longer than %d bytes", s.opts.MaxBytes)
	}
	return data, info.ModTime().UTC().Truncate(time.Microsecond), err
}

// changed returns when a file came to say what it does: a checkout writes files
// anew that say what they did.
func (s *Source) changed(ctx context.Context, file string, d search.Document, written time.Time) (time.Time, error) {
	old, err := s.log.Entry(ctx, file)
	if errors.Is(err, gathered.ErrNotFound) {
		return written, nil
	}
	if err != nil {
		return written, err
	}
	d.UpdatedAt = old.Document.UpdatedAt
	same, err := gathered.Alike(old.Document, d)
	if same {
		return d.UpdatedAt, nil
	}
	return written, err
}

// mark returns what a file is called in the index.
func (s *Source) mark(name string) string {
	sum := sha256.Sum256([]byte(s.name + "\n" + name))
	return "file/" + hex.EncodeToString(sum[:10])
}

// fill fills in what a file says, and reports whether it is to be found.
func (s *Source) fill(ctx context.Context, d *search.Document, kind string, data []byte) (bool, error) {
	switch kind {
	case "text/markdown":
		return fillMarkdown(d, strings.TrimPrefix(string(data), "\ufeff"))
	case "text/html":
		p, err := filetext.ReadPage(data, kind)
		d.Title, d.Summary, d.Body, d.Keywords = p.Title, p.Description, p.Text, p.Headings
		d.Locale = cmp.Or(d.Locale, language(p.Lang))
		return !strings.Contains(p.Robots["robots"], "noindex"), err
	}
	text, err := s.opts.ReadText(ctx, kind, bytes.NewReader(data), int64(len(data)))
	d.Body = text
	return text != "", err
}

func fillMarkdown(d *search.Document, source string) (bool, error) {
	front, body, _, err := markdown.SplitFrontMatter(source)
	if err != nil {
		return false, err
	}
	var m matter
	if err := docfile.Decode(front, &m); err != nil {
		return false, err
	}
	if open, err := m.open(d); err != nil || !open {
		return false, err
	}
	if _, err := markdown.Segments(body); err != nil {
		return false, err
	}
	page, err := markdown.New(&markdown.Options{DropTitle: true}).Render(openTo(body))
	if err != nil {
		return false, err
	}
	d.Title, d.Summary = cmp.Or(string(m.Title), page.Title), cmp.Or(string(m.Summary), string(m.Description))
	d.Body, d.Keywords = page.Text, m.Tags
	d.Locale = cmp.Or(language(string(m.Lang)), language(string(m.Locale)), d.Locale)
	d.UpdatedAt, err = docfile.ParseDate(string(m.Updated))
	return true, err
}

// open reads who a file is for, and reports whether it is to be found by anybody.
func (m *matter) open(d *search.Document) (bool, error) {
	state, err := docfile.ReadState(string(m.Status), m.Draft, m.Archived, m.Published)
	if err != nil || state == docfile.StateDraft || state == docfile.StateArchived || m.Search != nil && !*m.Search {
		return false, err
	}
	terms, err := docfile.ReadTerms(&m.Audience)
	if err != nil || terms == nil || terms.Nobody() {
		return err == nil && terms == nil, err
	}
	d.Audience, err = profile.ParseAudience(terms)
	return err == nil && !d.Audience.Nobody(), err
}

// openTo leaves out the parts of a text that are not for everybody who reads it.
func openTo(body string) string {
	segments, err := markdown.Segments(body)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, s := range segments {
		if !s.Part() {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func language(part string) string { return string(i18n.CodeLocale(part)) }

// matchesAny reports whether a path is one of some patterns, or in a folder that
// is. A pattern without a slash is of names; "**" is any number of folders.
func matchesAny(patterns []string, file string) bool {
	for _, pattern := range patterns {
		pattern = strings.TrimSuffix(pattern, "/")
		if !strings.Contains(pattern, "/") {
			if ok, _ := path.Match(pattern, path.Base(file)); ok {
				return true
			}
			continue
		}
		if globbed(strings.Split(strings.TrimPrefix(pattern, "/"), "/"), strings.Split(file, "/")) {
			return true
		}
	}
	return false
}

func globbed(pattern, file []string) bool {
	if len(pattern) == 0 {
		return len(file) == 0
	}
	if pattern[0] == "**" {
		return globbed(pattern[1:], file) || len(file) > 0 && globbed(pattern, file[1:])
	}
	if len(file) == 0 {
		return false
	}
	ok, _ := path.Match(pattern[0], file[0])
	return ok && globbed(pattern[1:], file[1:])
}
