package importkb

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode"

	"github.com/stoa-go/stoa/internal/docfile"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// A line is an article as a line of articles.jsonl spells it. Fields that are
// not here are ignored: such files are other systems' exports.
type line struct {
	ID            string            `json:"id"`
	Lang          string            `json:"lang"`
	Category      string            `json:"category"`
	Kind          string            `json:"kind"`
	Title         string            `json:"title"`
	Slug          string            `json:"slug"`
	Summary       string            `json:"summary"`
	Body          string            `json:"body_markdown"`
	Audience      []string          `json:"audience"`
	Products      []string          `json:"products"`
	Tags          []string          `json:"tags"`
	Related       []string          `json:"related"`
	Fields        map[string]string `json:"fields"`
	Order         int               `json:"order"`
	Author        string            `json:"author"`
	RedirectFrom  []string          `json:"redirect_from"`
	Created       string            `json:"created"`
	Updated       string            `json:"updated"`
	Translated    string            `json:"translated"`      // when the text was translated
	SourceUpdated string            `json:"translated_from"` // date of the text it was translated from, if that is known better
	Status        string            `json:"status"`
	Draft         *bool             `json:"draft"`
	Archived      *bool             `json:"archived"`
	Published     *bool             `json:"published"`
	SourcePath    string            `json:"source_path"`
	SourceURL     string            `json:"source_url"`
}

// maxLine bounds one article, in bytes.
const maxLine = 4 << 20

// JSONLines reads one article in one language from each line of r. file names r
// in reports; name is the bundle's.
func JSONLines(r io.Reader, file, name string) (kb.Bundle, error) {
	b := kb.Bundle{Name: name}
	in := bufio.NewReaderSize(r, 1<<16)
	for number := 1; ; number++ {
		text, err := readLine(in)
		if errors.Is(err, io.EOF) && len(text) == 0 {
			return b, nil
		}
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, errLongLine) {
			return b, fmt.Errorf("%s:%d: %w", file, number, err)
		}
		if errors.Is(err, errLongLine) {
			b.Problems = append(b.Problems, kb.NewProblem(file, number, err))
			continue
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		item, err := parseLine(text)
		if err != nil {
			b.Problems = append(b.Problems, kb.NewProblem(file, number, err))
			continue
		}
		item.File, item.Line = file, number
		b.Items = append(b.Items, item)
	}
}

var errLongLine = faulty("too_long", map[string]any{"max": maxLine}, "the line is longer than %d bytes", maxLine)

// readLine returns the next line without its end. A line over the limit is
// passed over whole.
func readLine(in *bufio.Reader) ([]byte, error) {
	var text []byte
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if !long {
			text = append(text, part...)
		}
		if len(text) > maxLine {
			text, long = nil, true
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if long {
			return nil, errLongLine
		}
		return bytes.TrimSuffix(text, []byte("\n")), err
	}
}

func parseLine(text []byte) (kb.Item, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return kb.Item{}, faulty("not_json", nil, "not an article as JSON: %v", err)
	}
	if err := writtenOnce(text); err != nil {
		return kb.Item{}, err
	}
	switch {
	case l.ID == "":
		return kb.Item{}, errors.New("id is missing")
	case l.Lang == "":
		return kb.Item{}, errors.New("lang is missing")
	case l.Title == "":
		return kb.Item{}, errors.New("title is missing")
	}
	return l.item()
}

// writtenOnce returns an error if a field is there twice, in whatever letters:
// the one that counted would be the last.
func writtenOnce(text []byte) error {
	in := json.NewDecoder(bytes.NewReader(text))
	in.Token() //nolint:errcheck // all of it was read before
	seen := map[string]bool{}
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return err
		}
		name := strings.ToLower(fmt.Sprint(key))
		if seen[name] {
			return fmt.Errorf("%q is written twice", key)
		}
		seen[name] = true
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return err
		}
	}
	return nil
}

func (l line) item() (kb.Item, error) {
	item := kb.Item{
		External: l.ID, Locale: l.Lang, Category: l.Category, Kind: kb.Kind(l.Kind), Title: oneLine(l.Title), Slug: l.Slug,
		Summary: oneLine(l.Summary), Body: tidy(l.Body), Products: l.Products, Tags: l.Tags, Related: l.Related, Fields: l.Fields,
		Order: l.Order, Owner: l.Author, Path: l.SourcePath, RedirectFrom: l.RedirectFrom,
	}
	if p := urlPath(l.SourceURL); p != "" {
		item.RedirectFrom = append(item.RedirectFrom, p)
	}
	if item.Slug == "" {
		item.Slug = slugOf(l.ID)
	}
	var err error
	if item.Status, err = status(l.Status, l.Draft, l.Archived, l.Published); err != nil {
		return kb.Item{}, err
	}
	if l.Audience != nil && len(l.Audience) == 0 {
		return kb.Item{}, docfile.ErrNobody
	}
	if len(l.Audience) > 0 {
		audience, err := profile.ParseAudience(l.Audience)
		if err != nil {
			return kb.Item{}, err
		}
		item.Audience = audience
	}
	return item, l.dates(&item)
}

func (l line) dates(item *kb.Item) error {
	var err [3]error
	item.Created, err[0] = docfile.ParseDate(l.Created)
	item.Updated, err[1] = docfile.ParseDate(l.Updated)
	from := l.SourceUpdated
	if from == "" {
		from = l.Translated
	}
	item.SourceUpdated, err[2] = docfile.ParseDate(from)
	return errors.Join(err[:]...)
}

// urlPath returns the path of an address, by which the article was known.
func urlPath(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Path == "/" {
		return ""
	}
	return u.Path
}

// slugOf returns the last part of an ID that looks like a path, the same in all
// languages, or "" to have one made from the title.
func slugOf(id string) string {
	last := id[strings.LastIndexByte(id, '/')+1:]
	return kb.Slugify(last)
}

// oneLine joins the lines of a text, and drops the marks that turn around what
// follows them.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= '\u202a' && r <= '\u202e' {
			return -1
		}
		return r
	}, tidy(s))
	return strings.Join(strings.Fields(s), " ")
}

// tidy drops what no text is about: control characters and broken UTF-8.
func tidy(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\r' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}
