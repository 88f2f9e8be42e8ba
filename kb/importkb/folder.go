package importkb

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/stoa-go/stoa/internal/docfile"
	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/kb"
)

// front is the front matter of a Markdown file, in our own words and in those
// that other systems use for the same.
type front struct {
	ID            docfile.Text   `yaml:"id"`
	Lang          docfile.Text   `yaml:"lang"`
	Title         docfile.Text   `yaml:"title"`
	Slug          docfile.Text   `yaml:"slug"`
	Summary       docfile.Text   `yaml:"summary"`
	Description   docfile.Text   `yaml:"description"`
	SEOTitle      docfile.Text   `yaml:"seo_title"`
	SEODescribed  docfile.Text   `yaml:"seo_description"`
	Category      docfile.List   `yaml:"category"`
	Categories    docfile.List   `yaml:"categories"`
	Kind          docfile.Text   `yaml:"kind"`
	Audience      yaml.Node      `yaml:"audience"`
	Products      docfile.List   `yaml:"products"`
	Tags          docfile.List   `yaml:"tags"`
	Related       docfile.List   `yaml:"related"`
	Fields        docfile.Pairs  `yaml:"fields"`
	Order         docfile.Number `yaml:"order"`
	Author        docfile.Text   `yaml:"author"`
	Date          docfile.Text   `yaml:"date"`
	Created       docfile.Text   `yaml:"created"`
	Updated       docfile.Text   `yaml:"updated"`
	MsDate        docfile.Text   `yaml:"ms.date"`
	SourceUpdated docfile.Text   `yaml:"source_updated"`
	RedirectFrom  docfile.List   `yaml:"redirect_from"`
	DraftOf       docfile.Text   `yaml:"draft_of"`
	RevisionOf    docfile.Text   `yaml:"revision_of"`
	Permalink     docfile.Text   `yaml:"permalink"`
	Status        docfile.Text   `yaml:"status"`
	Draft         *bool          `yaml:"draft"`
	Archived      *bool          `yaml:"archived"`
	Published     *bool          `yaml:"published"`
}

// Folder reads every article below fsys: Markdown, HTML and DOCX, each a file. It
// reads categories.yaml, the pictures in folders named media, and others that an
// article shows. name is the bundle's. A page of a space that was exported from
// Confluence is known by its number there; pages with others below them are
// categories too.
//
// The language of a file is its front matter's lang, the ending of its name
// ("reset.de.md", "reset._de.md"), or a folder named for a language. Its
// category is its front matter's, or the folder it is in. Its ID is its front
// matter's, or its path without language and ending.
func Folder(fsys fs.FS, name string) (kb.Bundle, error) {
	b, spaces := kb.Bundle{Name: name}, wiki{}
	err := fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			b.Problems = append(b.Problems, kb.Problem{File: file, Reason: err.Error()})
			return nil
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && file != "." {
			return fs.SkipDir
		}
		if d.IsDir() || !d.Type().IsRegular() {
			return nil
		}
		readFile(&b, fsys, file, spaces)
		return nil
	})
	if err != nil {
		return b, fmt.Errorf("read %s: %w", name, err)
	}
	spaces.place(&b)
	joinDrafts(&b)
	addPictures(&b, fsys)
	return b, nil
}

// readFile reads one file into b.
func readFile(b *kb.Bundle, fsys fs.FS, file string, spaces wiki) {
	switch ext := strings.ToLower(path.Ext(file)); {
	case path.Base(file) == "categories.yaml":
		readCategories(b, fsys, file)
	case slices.Contains(strings.Split(path.Dir(file), "/"), "media"):
		data, err := readWhole(fsys, file, kb.MaxMedia)
		if err != nil {
			b.Problems = append(b.Problems, kb.NewProblem(file, 0, err))
			return
		}
		b.Media = append(b.Media, kb.MediaItem{Name: path.Base(file), Path: file, Data: data})
	case (ext == ".md" || ext == ".markdown") && !ourOwn[path.Base(file)]:
		item, line, err := readMarkdown(fsys, file)
		if errors.Is(err, errEarlier) {
			return
		}
		if err != nil {
			b.Problems = append(b.Problems, problem(file, line, err))
			return
		}
		b.Items = append(b.Items, item)
	case ext == ".html" || ext == ".htm" || ext == ".xhtml":
		item, ok, err := readHTML(fsys, file, spaces)
		if err != nil {
			b.Problems = append(b.Problems, problem(file, 0, err))
		} else if ok {
			b.Items = append(b.Items, item)
		}
	case ext == ".docx" && !strings.HasPrefix(path.Base(file), "~$"): // Word's own note of who has it open
		readDOCX(b, fsys, file)
	}
}

// readWhole returns what is in a file of at most limit bytes.
func readWhole(fsys fs.FS, file string, limit int64) ([]byte, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = faulty("too_long", map[string]any{"max": limit}, "the file is longer than %d bytes", limit)
	}
	return data, err
}

// ourOwn are files about the folder, not articles of it.
var ourOwn = map[string]bool{"WORLD.md": true}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func problem(file string, line int, err error) kb.Problem {
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		in, _ := strconv.Atoi(m[1])
		line += in - 1
	}
	return kb.NewProblem(file, line, err)
}

// Limits of files, in bytes.
const (
	maxFile       = 4 << 20 // one Markdown file
	maxCategories = 1 << 20 // categories.yaml
)

// errEarlier says that a file is a text as it once was, from an export with them.
var errEarlier = errors.New("it is an earlier text")

// brokenLine returns the first line of a text that is not in UTF-8; 0 if all are.
func brokenLine(data []byte) int {
	number := 0
	for line := range bytes.Lines(data) {
		if number++; !utf8.Valid(line) {
			return number
		}
	}
	return 0
}

// readMarkdown reads one article. line is where its front matter, or what is
// wrong with it, begins.
func readMarkdown(fsys fs.FS, file string) (kb.Item, int, error) {
	data, err := readWhole(fsys, file, maxFile)
	if err != nil {
		return kb.Item{}, 0, err
	}
	if line := brokenLine(data); line > 0 {
		return kb.Item{}, line, faulty("encoding", nil, "the file is not in UTF-8: save it as that")
	}
	source := tidy(strings.TrimPrefix(string(data), "\ufeff"))
	matter, body, line, err := markdown.SplitFrontMatter(source)
	if err != nil {
		return kb.Item{}, max(line, 1), err
	}
	var f front
	if err := docfile.Decode(matter, &f); err != nil {
		return kb.Item{}, 2, err
	}
	if f.RevisionOf != "" {
		return kb.Item{}, 1, errEarlier
	}
	item, err := f.item(file, body)
	if err != nil {
		return kb.Item{}, 2, err
	}
	item.File, item.Line, item.Path = file, 1, file
	if f.DraftOf != "" {
		item.Draft = &kb.Text{Title: item.Title, Summary: item.Summary, Body: item.Body, SEOTitle: item.SEOTitle, Description: item.Description}
	}
	return item, 1, nil
}

// joinDrafts puts the texts that are drafts of others beside them.
func joinDrafts(b *kb.Bundle) {
	at := map[string]int{}
	var kept []kb.Item
	for _, item := range b.Items {
		if item.Draft == nil {
			at[item.External+" "+item.Locale] = len(kept)
			kept = append(kept, item)
		}
	}
	for _, item := range b.Items {
		if item.Draft == nil {
			continue
		}
		if i, ok := at[item.External+" "+item.Locale]; ok {
			kept[i].Draft = item.Draft
			continue
		}
		b.Problems = append(b.Problems, kb.Problem{File: item.File, Line: 1, Reason: "the text that it is a draft of is not there"})
	}
	b.Items = kept
}

func (f front) item(file, body string) (kb.Item, error) {
	place := placeOf(file)
	item := kb.Item{
		External: first(string(f.ID), place.ID), Locale: first(string(f.Lang), place.Lang),
		Category: first(f.Category.First(), f.Categories.First(), place.Folder), Kind: kb.Kind(f.Kind),
		Title: oneLine(string(f.Title)), Slug: string(f.Slug),
		Summary: oneLine(first(string(f.Summary), string(f.Description))), Body: body,
		SEOTitle: oneLine(string(f.SEOTitle)), Description: oneLine(string(f.SEODescribed)),
		Products: f.Products, Tags: f.Tags, Related: f.Related, Fields: f.Fields, Order: int(f.Order), Owner: string(f.Author),
		RedirectFrom: f.RedirectFrom,
	}
	if item.Title == "" {
		item.Title = first(titleOf(body), place.Title())
	}
	if f.Permalink != "" {
		item.RedirectFrom = append(item.RedirectFrom, string(f.Permalink))
	}
	if item.Slug == "" {
		item.Slug = kb.Slugify(place.Name)
	}
	var err error
	if item.Status, err = status(string(f.Status), f.Draft, f.Archived, f.Published); err != nil {
		return kb.Item{}, err
	}
	if item.Audience, err = audienceOf(f.Audience); err != nil {
		return kb.Item{}, err
	}
	var faults [3]error
	item.Created, faults[0] = docfile.ParseDate(first(string(f.Created), string(f.Date)))
	item.Updated, faults[1] = docfile.ParseDate(first(string(f.Updated), string(f.MsDate), string(f.Date)))
	item.SourceUpdated, faults[2] = docfile.ParseDate(string(f.SourceUpdated))
	return item, errors.Join(faults[:]...)
}

func first(values ...string) string {
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
	}
	return ""
}

// titleOf returns the first heading of a text.
func titleOf(body string) string {
	d, err := markdown.New(nil).Render(body)
	if err == nil && d.Title == "" && len(d.Headings) > 0 {
		return oneLine(d.Headings[0].Text)
	}
	return oneLine(d.Title)
}
