package importkb

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/docfile"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// An export of Zendesk Guide is what its API answers, kept as files: articles,
// sections, categories, translations and user segments, each in as many files as
// it took, by names that begin so. See [Archive].

// A zendeskPage is a file of such an export; which lists it has, is up to it.
type zendeskPage struct {
	Articles     []zendeskArticle     `json:"articles"`
	Sections     []zendeskPlace       `json:"sections"`
	Categories   []zendeskPlace       `json:"categories"`
	Translations []zendeskTranslation `json:"translations"`
	UserSegments []struct {
		ID   int64  `json:"id"`
		Type string `json:"user_type"`
		Tags []any  `json:"tags"`
		Or   []any  `json:"or_tags"`
		Orgs []any  `json:"organization_ids"`
		Grps []any  `json:"group_ids"`
	} `json:"user_segments"`
}

type zendeskArticle struct {
	ID           int64                `json:"id"`
	URL          string               `json:"html_url"`
	Locale       string               `json:"locale"`
	Source       string               `json:"source_locale"`
	Title        string               `json:"title"`
	Body         string               `json:"body"`
	Draft        bool                 `json:"draft"`
	Outdated     bool                 `json:"outdated"`
	Section      int64                `json:"section_id"`
	Segment      *int64               `json:"user_segment_id"`
	Segments     []int64              `json:"user_segment_ids"`
	Position     int                  `json:"position"`
	Labels       []string             `json:"label_names"`
	Created      string               `json:"created_at"`
	Updated      string               `json:"updated_at"`
	Edited       string               `json:"edited_at"`
	Translations []zendeskTranslation `json:"translations"`
}

type zendeskTranslation struct {
	SourceID   int64  `json:"source_id"`
	SourceType string `json:"source_type"`
	URL        string `json:"html_url"`
	Locale     string `json:"locale"`
	Title      string `json:"title"`
	Body       string `json:"body"`
	Draft      bool   `json:"draft"`
	Hidden     bool   `json:"hidden"`
	Outdated   bool   `json:"outdated"`
	Created    string `json:"created_at"`
	Updated    string `json:"updated_at"`
}

type zendeskPlace struct {
	ID           int64                `json:"id"`
	Name         string               `json:"name"`
	Description  string               `json:"description"`
	Locale       string               `json:"locale"`
	Position     int                  `json:"position"`
	Category     int64                `json:"category_id"`
	Parent       *int64               `json:"parent_section_id"`
	Translations []zendeskTranslation `json:"translations"`
}

// maxExport bounds one file of an export, in bytes.
const maxExport = 256 << 20

var zendeskName = regexp.MustCompile(`(?i)^(articles|sections|categories|translations|user_segments|help_center|zendesk).*\.json$`)

// zendeskFiles returns the files of an export, or none.
func zendeskFiles(fsys fs.FS) (out []string) {
	list, _ := fs.ReadDir(fsys, ".")
	isOne := false
	for _, d := range list {
		if !d.IsDir() && zendeskName.MatchString(d.Name()) {
			out = append(out, d.Name())
			isOne = isOne || !strings.HasPrefix(strings.ToLower(d.Name()), "translations")
		}
	}
	if !isOne {
		return nil
	}
	slices.Sort(out)
	return out
}

// A guide is an export under way.
type guide struct {
	b        *kb.Bundle
	fsys     fs.FS
	articles []zendeskArticle
	files    []string // in which each of the articles was
	texts    map[int64][]zendeskTranslation
	places   map[string][]zendeskTranslation // by "Section ID"
	segments map[int64]profile.Audience
	known    map[int64]bool
}

func zendesk(fsys fs.FS, files []string, name string) (kb.Bundle, error) {
	b := kb.Bundle{Name: name}
	g := &guide{b: &b, fsys: fsys, texts: map[int64][]zendeskTranslation{}, places: map[string][]zendeskTranslation{}, segments: map[int64]profile.Audience{}, known: map[int64]bool{}}
	var sections, categories []zendeskPlace
	for _, file := range files {
		page, err := zendeskFile(fsys, file)
		if err != nil {
			b.Problems = append(b.Problems, kb.NewProblem(file, 0, err))
			continue
		}
		g.learn(page, file)
		sections, categories = append(sections, page.Sections...), append(categories, page.Categories...)
	}
	for _, c := range categories {
		g.place("Category", "c", c, "")
	}
	for _, s := range sections {
		parent := ""
		switch {
		case s.Parent != nil:
			parent = "s" + strconv.FormatInt(*s.Parent, 10)
		case slices.ContainsFunc(categories, func(c zendeskPlace) bool { return c.ID == s.Category }):
			parent = "c" + strconv.FormatInt(s.Category, 10)
		}
		g.place("Section", "s", s, parent)
	}
	for i, a := range g.articles {
		g.article(a, g.files[i])
		if u, err := url.Parse(a.URL); err == nil && b.Name == "" && u.Host != "" {
			b.Name = "Zendesk Guide at " + u.Host
		}
	}
	addPictures(&b, fsys)
	return b, nil
}

func zendeskFile(fsys fs.FS, file string) (page zendeskPage, err error) {
	data, err := readWhole(fsys, file, maxExport)
	if err != nil {
		return page, err
	}
	if err := json.Unmarshal(data, &page); err != nil {
		if at, ok := errors.AsType[*json.SyntaxError](err); ok {
			return page, faulty("not_json", nil, "line %d: no JSON: %v", 1+strings.Count(string(data[:min(int(at.Offset), len(data))]), "\n"), err)
		}
		return page, faulty("not_zendesk", nil, "no export of Zendesk Guide: %v", err)
	}
	return page, nil
}

func (g *guide) learn(page zendeskPage, file string) {
	for _, a := range page.Articles {
		if g.known[a.ID] {
			g.b.Problems = append(g.b.Problems, kb.Problem{File: file, Reason: fmt.Sprintf("article %d is here a second time", a.ID)})
			continue
		}
		g.known[a.ID] = true
		g.articles, g.files = append(g.articles, a), append(g.files, file)
	}
	for _, t := range page.Translations {
		if t.SourceType == "Article" || t.SourceType == "" {
			g.texts[t.SourceID] = append(g.texts[t.SourceID], t)
			continue
		}
		key := t.SourceType + " " + strconv.FormatInt(t.SourceID, 10)
		g.places[key] = append(g.places[key], t)
	}
	for _, s := range page.UserSegments {
		if len(s.Tags)+len(s.Or)+len(s.Orgs)+len(s.Grps) > 0 {
			continue // narrower than any word of ours
		}
		switch s.Type {
		case "signed_in_users":
			g.segments[s.ID] = profile.NewAudience("signed-in")
		case "staff":
			g.segments[s.ID] = profile.NewAudience("staff")
		}
	}
}

// place adds a category or a section.
func (g *guide) place(kind, letter string, p zendeskPlace, parent string) {
	id := strconv.FormatInt(p.ID, 10)
	c := kb.CategoryItem{External: letter + id, Parent: parent, Order: p.Position, Labels: map[string]kb.Label{}}
	for _, t := range append([]zendeskTranslation{{Locale: p.Locale, Title: p.Name, Body: p.Description}}, append(p.Translations, g.places[kind+" "+id]...)...) {
		if locale := zendeskLocale(t.Locale); locale != "" && oneLine(t.Title) != "" {
			c.Labels[locale] = kb.Label{Title: oneLine(t.Title), Description: oneLine(t.Body)}
		}
	}
	g.b.Categories = append(g.b.Categories, c)
}

// zendeskLocale returns a language as we write it: "en-us" is en-US.
func zendeskLocale(s string) string {
	l, err := i18n.ParseLocale(s)
	if err != nil {
		return ""
	}
	return string(l)
}

// article adds an article in each of its languages.
func (g *guide) article(a zendeskArticle, file string) {
	audience, err := g.audience(a)
	if err != nil {
		g.b.Problems = append(g.b.Problems, kb.Problem{File: file, Reason: fmt.Sprintf("article %d: %v", a.ID, err)})
		return
	}
	own := zendeskTranslation{URL: a.URL, Locale: a.Locale, Title: a.Title, Body: a.Body, Draft: a.Draft, Outdated: a.Outdated, Created: a.Created, Updated: first(a.Edited, a.Updated)}
	all := append(append([]zendeskTranslation{}, a.Translations...), g.texts[a.ID]...)
	if !slices.ContainsFunc(all, func(t zendeskTranslation) bool { return strings.EqualFold(t.Locale, a.Locale) }) {
		all = append([]zendeskTranslation{own}, all...)
	}
	source := first(a.Source, a.Locale)
	slices.SortStableFunc(all, func(x, y zendeskTranslation) int {
		return btoi(strings.EqualFold(y.Locale, source)) - btoi(strings.EqualFold(x.Locale, source))
	})
	for _, t := range all {
		item, err := g.item(a, t)
		if err != nil {
			g.b.Problems = append(g.b.Problems, kb.Problem{File: file, Reason: fmt.Sprintf("article %d in %s: %v", a.ID, tidy(t.Locale), err)})
			continue
		}
		item.Audience, item.File = audience, file
		if t.Outdated {
			item.SourceUpdated = item.Created
		}
		g.b.Items = append(g.b.Items, item)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// audience returns whom an article is for, nil if for everybody.
func (g *guide) audience(a zendeskArticle) (profile.Audience, error) {
	ids := a.Segments
	if a.Segment != nil {
		ids = append(ids, *a.Segment)
	}
	var out profile.Audience
	for _, id := range ids {
		audience, ok := g.segments[id]
		if !ok {
			return nil, fmt.Errorf("it is for the user segment %d, of which nothing is known: add user_segments.json, or take the article in by hand", id)
		}
		out = append(out, audience...)
	}
	if out == nil {
		return nil, nil
	}
	return profile.NewAudience(out...), nil
}

func (g *guide) item(a zendeskArticle, t zendeskTranslation) (kb.Item, error) {
	id := strconv.FormatInt(a.ID, 10)
	item := kb.Item{
		External: id, Locale: zendeskLocale(t.Locale), Title: oneLine(t.Title), Tags: a.Labels, Order: a.Position, Path: "guide-" + id + ".html",
		RedirectFrom: []string{"/hc/" + strings.ToLower(t.Locale) + "/articles/" + id},
	}
	switch {
	case item.Locale == "":
		return item, fmt.Errorf("%q is no language", t.Locale)
	case item.Title == "":
		return item, errors.New("it has no title")
	}
	if a.Section != 0 {
		item.Category = "s" + strconv.FormatInt(a.Section, 10)
	}
	if p := urlPath(first(t.URL, a.URL)); p != "" && t.URL != "" {
		item.RedirectFrom = append(item.RedirectFrom, p)
	}
	if item.Status = kb.StatusPublished; t.Draft || t.Hidden {
		item.Status = kb.StatusDraft
	}
	body, err := fragment(t.Body)
	if err != nil {
		return item, err
	}
	item.Body = (&markup{title: item.Title, link: g.link, picture: g.picture}).text(body)
	var faults [2]error
	item.Created, faults[0] = docfile.ParseDate(t.Created)
	item.Updated, faults[1] = docfile.ParseDate(t.Updated)
	return item, errors.Join(faults[:]...)
}

var guideArticle = regexp.MustCompile(`^/hc/(?:[A-Za-z-]+/)?articles/(\d+)`)

// link leads from article to article, whatever their addresses were.
func (g *guide) link(href string) string {
	u, err := url.Parse(href)
	if err != nil {
		return ""
	}
	if m := guideArticle.FindStringSubmatch(u.Path); m != nil {
		if id, err := strconv.ParseInt(m[1], 10, 64); err == nil && g.known[id] {
			if u.Fragment != "" {
				return "article:" + m[1] + "#" + u.EscapedFragment()
			}
			return "article:" + m[1]
		}
	}
	return href
}

// picture returns the attachment among the files of the export, if it is there.
func (g *guide) picture(src string) string {
	u, err := url.Parse(src)
	if err != nil {
		return ""
	}
	if _, rest, ok := strings.Cut(u.Path, "article_attachments/"); ok {
		file := path.Join("article_attachments", rest)
		if _, err := fs.Stat(g.fsys, file); err == nil {
			return file
		}
	}
	return src
}
