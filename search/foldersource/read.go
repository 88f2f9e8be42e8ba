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
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/stoa-go/stoa/i18n"
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
	Title    string    `yaml:"title"`
	Lang     string    `yaml:"lang"`
	Locale   string    `yaml:"locale"`
	Summary  string    `yaml:"summary"`
	Describe string    `yaml:"description"`
	Tags     []string  `yaml:"tags"`
	Audience yaml.Node `yaml:"audience"`
	Updated  time.Time `yaml:"updated"`
	Draft    bool      `yaml:"draft"`
	Search   *bool     `yaml:"search"`
}

// document reads a file. Without an ID it is not to be found.
func (s *Source) document(ctx context.Context, root *os.Root, file string) (search.Document, error) {
	data, written, err := s.data(root, file)
	if err != nil {
		return search.Document{}, err
	}
	base, lang := languageOf(file)
	d := search.Document{Locale: lang, Path: s.link(file), Audience: s.opts.Audience}
	found, err := s.fill(ctx, &d, kinds[strings.ToLower(path.Ext(file))], data)
	if err != nil || !found {
		return search.Document{}, err
	}
	d.Title = cmp.Or(d.Title, strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(path.Base(base))))
	d.Locale = cmp.Or(d.Locale, s.opts.Locale)
	d.Group = s.mark(base)
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
		d.Locale = cmp.Or(d.Locale, locale(p.Lang))
		return !strings.Contains(p.Robots["robots"], "noindex"), err
	}
	text, err := s.opts.ReadText(ctx, kind, bytes.NewReader(data), int64(len(data)))
	d.Body = text
	return text != "", err
}

func fillMarkdown(d *search.Document, source string) (bool, error) {
	var m matter
	body, _, err := markdown.FrontMatter(source, &m)
	if err != nil {
		return false, err
	}
	if _, err := markdown.Segments(body); err != nil {
		return false, err
	}
	page, err := markdown.New(&markdown.Options{DropTitle: true}).Render(openTo(body))
	if err != nil {
		return false, err
	}
	d.Title, d.Summary, d.Body, d.Keywords = cmp.Or(m.Title, page.Title), cmp.Or(m.Summary, m.Describe), page.Text, m.Tags
	d.Locale = cmp.Or(locale(m.Lang), locale(m.Locale), d.Locale)
	if m.Updated.Year() >= 1970 {
		d.UpdatedAt = m.Updated.UTC().Truncate(time.Microsecond)
	}
	if !m.Audience.IsZero() {
		if d.Audience, err = audience(&m.Audience); err != nil {
			return false, err
		}
	}
	return !m.Draft && (m.Search == nil || *m.Search) && !d.Audience.Nobody(), nil
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

// audience reads whom a file is for. What is not understood is an error: it may
// have been meant to keep readers out.
func audience(n *yaml.Node) (profile.Audience, error) {
	var terms []string
	if n.Kind == yaml.ScalarNode {
		for part := range strings.SplitSeq(n.Value, ",") {
			terms = append(terms, strings.TrimSpace(part))
		}
	} else if err := n.Decode(&terms); err != nil {
		return nil, fmt.Errorf("audience: %w", err)
	}
	a, err := profile.ParseAudience(terms)
	if err == nil && len(a) == 0 {
		err = fmt.Errorf("audience names nobody: %w", ErrInvalid)
	}
	return a, err
}

var languageEnding = regexp.MustCompile(`^(.+)\.([a-z]{2,3}(?:-[A-Za-z]{2,4})?)$`)

// languageOf returns a file's path without ending and language, and the language.
func languageOf(file string) (base, lang string) {
	base = strings.TrimSuffix(file, path.Ext(file))
	if m := languageEnding.FindStringSubmatch(base); m != nil {
		if lang = locale(m[2]); lang != "" {
			return m[1], lang
		}
	}
	return base, ""
}

func locale(text string) string {
	l, err := i18n.ParseLocale(text)
	if err != nil {
		return ""
	}
	return string(l)
}

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
