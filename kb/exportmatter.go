package kb

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/stoa-go/stoa/profile"
)

// exportedFront is the front matter of an exported text, in the order in which it
// is written and in the words that importers know.
type exportedFront struct {
	ID            string            `yaml:"id"`
	Lang          string            `yaml:"lang"`
	Title         string            `yaml:"title"`
	Slug          string            `yaml:"slug,omitempty"`
	Summary       string            `yaml:"summary,omitempty"`
	SEOTitle      string            `yaml:"seo_title,omitempty"`
	Description   string            `yaml:"seo_description,omitempty"`
	Category      []string          `yaml:"category,flow,omitempty"`
	Kind          string            `yaml:"kind,omitempty"`
	Audience      []string          `yaml:"audience,flow,omitempty"`
	Status        string            `yaml:"status"`
	Products      []string          `yaml:"products,flow,omitempty"`
	Tags          []string          `yaml:"tags,flow,omitempty"`
	Related       []string          `yaml:"related,flow,omitempty"`
	Fields        map[string]string `yaml:"fields,omitempty"`
	Order         int               `yaml:"order,omitempty"`
	Author        string            `yaml:"author,omitempty"`
	Created       string            `yaml:"created,omitempty"`
	Updated       string            `yaml:"updated,omitempty"`
	SourceUpdated string            `yaml:"source_updated,omitempty"`
	RedirectFrom  []string          `yaml:"redirect_from,omitempty"`
}

// exportedDraft is the front matter of a text that readers are not shown yet,
// beside the one that they are.
type exportedDraft struct {
	ID      string `yaml:"id"`
	Lang    string `yaml:"lang"`
	DraftOf string `yaml:"draft_of"` // slug of what readers see
	Title   string `yaml:"title"`
	Summary string `yaml:"summary,omitempty"`

	SEOTitle    string `yaml:"seo_title,omitempty"`
	Description string `yaml:"seo_description,omitempty"`
}

// exportedRevision is the front matter of a text as it once was.
type exportedRevision struct {
	ID          string `yaml:"id"`
	Lang        string `yaml:"lang"`
	RevisionOf  string `yaml:"revision_of"` // slug of the article
	Revision    int    `yaml:"revision"`
	Live        bool   `yaml:"live,omitempty"` // readers are shown it
	Title       string `yaml:"title"`
	Summary     string `yaml:"summary,omitempty"`
	Author      string `yaml:"author,omitempty"`
	At          string `yaml:"at"`
	Note        string `yaml:"note,omitempty"`
	SEOTitle    string `yaml:"seo_title,omitempty"`
	Description string `yaml:"seo_description,omitempty"`
	Based       int    `yaml:"based_on,omitempty"` // revision of the source that it was translated from
}

func revisionMatter(t Translation, rev Revision) exportedRevision {
	return exportedRevision{
		ID: rev.Article, Lang: rev.Locale, RevisionOf: t.Slug, Revision: rev.Number, Live: t.Visible() && t.Live == rev.Number,
		Title: rev.Title, Summary: rev.Summary, Author: rev.Author, At: stampOf(rev.At), Note: rev.Note, Based: rev.Based, SEOTitle: rev.SEOTitle, Description: rev.Description,
	}
}

func articleMatter(a Article, t Translation, rev Revision, since time.Time) exportedFront {
	first := t.PublishedAt
	if first.IsZero() {
		first = a.CreatedAt
	}
	f := exportedFront{
		ID: a.ID, Lang: t.Locale, Title: rev.Title, Slug: t.Slug, Summary: rev.Summary, SEOTitle: rev.SEOTitle, Description: rev.Description, Kind: string(a.Kind), Audience: termsOf(a.Audience),
		Status: string(t.Status), Products: a.Products, Tags: a.Tags, Related: a.Related, Fields: a.Fields, Order: a.Order, Author: a.Owner,
		Created: stampOf(first), Updated: stampOf(rev.At), SourceUpdated: stampOf(since),
	}
	if a.Category != "" {
		f.Category = []string{a.Category}
	}
	return f
}

func stampOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// termsOf returns the terms of an audience. Nobody has a word of its own: to say
// nothing would leave the choice to whoever imports.
func termsOf(a profile.Audience) []string {
	if a.Nobody() {
		return []string{"nobody"}
	}
	return a
}

// categoryMatter returns a row of categories.yaml.
func categoryMatter(c Category) *yaml.Node {
	row := &yaml.Node{Kind: yaml.MappingNode}
	put := func(key string, value any) {
		k, v := new(yaml.Node), new(yaml.Node)
		k.SetString(key)
		if v.Encode(value) == nil {
			row.Content = append(row.Content, k, v)
		}
	}
	put("id", c.ID)
	if c.Parent != "" {
		put("parent", c.Parent)
	}
	put("order", c.Order)
	put("audience", termsOf(c.Audience))
	if c.Icon != "" {
		put("icon", c.Icon)
	}
	for _, locale := range slices.Sorted(maps.Keys(c.Labels)) {
		label := c.Labels[locale]
		put(locale, struct {
			Title       string `yaml:"title"`
			Slug        string `yaml:"slug,omitempty"`
			Description string `yaml:"description,omitempty"`
		}{label.Title, label.Slug, label.Description})
	}
	return row
}

func yamlOf(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return out.Bytes(), enc.Close()
}
