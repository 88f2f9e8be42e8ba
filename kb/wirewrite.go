package kb

import "time"

type metaWire struct {
	Category string            `json:"category"`
	Kind     Kind              `json:"kind"`
	Audience []string          `json:"audience" doc:"segments, any of which may see it; none means nobody"`
	Products []string          `json:"products,omitempty"`
	Tags     []string          `json:"tags,omitempty"`
	Related  []string          `json:"related,omitempty"`
	Fields   map[string]string `json:"fields,omitempty" doc:"by the keys of the type's fields"`
	Order    int               `json:"order,omitempty"`
	Owner    string            `json:"owner,omitempty" doc:"empty means whoever creates it, and no change afterwards"`
}

func (m metaWire) meta() Meta {
	return Meta{
		Category: m.Category, Kind: m.Kind, Audience: m.Audience, Products: m.Products, Tags: m.Tags,
		Related: m.Related, Fields: m.Fields, Order: m.Order, Owner: m.Owner,
	}
}

type textWire struct {
	Title   string `json:"title"`
	Slug    string `json:"slug,omitempty"`
	Summary string `json:"summary,omitempty"`
	Body    string `json:"body" doc:"Markdown"`
	Note    string `json:"note,omitempty" doc:"why, for colleagues"`

	SEOTitle    string `json:"seo_title,omitempty" doc:"what search engines are told in the place of the title"`
	Description string `json:"description,omitempty" doc:"and in the place of the summary"`
}

func (t textWire) text() Text { return Text(t) }

type draftWire struct {
	metaWire
	textWire
	Locale string `json:"locale,omitempty"`
}

type translationWire struct {
	Locale      string    `json:"locale"`
	Slug        string    `json:"slug"`
	Status      Status    `json:"status"`
	Live        int       `json:"live" doc:"revision that readers see, 0 if none"`
	Head        int       `json:"head" doc:"newest revision"`
	Title       string    `json:"title"`
	Summary     string    `json:"summary"`
	Stale       bool      `json:"stale"`
	PublishedAt time.Time `json:"published_at,omitzero"`
	UpdatedAt   time.Time `json:"updated_at,omitzero"`
}

type manuscriptWire struct {
	ID string `json:"id"`
	metaWire
	Source       string            `json:"source"`
	Version      int               `json:"version" doc:"for If-Match"`
	Translations []translationWire `json:"translations"`
	CreatedAt    time.Time         `json:"created_at"`
	UpdatedAt    time.Time         `json:"updated_at"`
}

func wireOfManuscript(a Article) manuscriptWire {
	out := manuscriptWire{
		ID: a.ID, Source: a.Source, Version: a.Version, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
		metaWire: metaWire{
			Category: a.Category, Kind: a.Kind, Audience: list(a.Audience), Products: a.Products, Tags: a.Tags,
			Related: a.Related, Fields: a.Fields, Order: a.Order, Owner: a.Owner,
		},
		Translations: []translationWire{},
	}
	for _, t := range a.Translations {
		out.Translations = append(out.Translations, translationWire{
			Locale: t.Locale, Slug: t.Slug, Status: t.Status, Live: t.Live, Head: t.Head, Title: t.Title,
			Summary: t.Summary, Stale: a.Stale(t), PublishedAt: t.PublishedAt, UpdatedAt: t.UpdatedAt,
		})
	}
	return out
}

type revisionWire struct {
	Number  int       `json:"number"`
	Locale  string    `json:"locale"`
	Title   string    `json:"title"`
	Summary string    `json:"summary"`
	Body    string    `json:"body,omitempty"`
	Author  string    `json:"author"`
	Note    string    `json:"note,omitempty"`
	At      time.Time `json:"at"`

	SEOTitle    string `json:"seo_title,omitempty"`
	Description string `json:"description,omitempty"`
}

func wireOfRevision(r Revision) revisionWire {
	return revisionWire{
		Number: r.Number, Locale: r.Locale, Title: r.Title, Summary: r.Summary, Body: r.Body, Author: r.Author, Note: r.Note, At: r.At,
		SEOTitle: r.SEOTitle, Description: r.Description,
	}
}

type labelWire struct {
	Title       string `json:"title"`
	Slug        string `json:"slug,omitempty"`
	Description string `json:"description,omitempty"`
}

type categoryWire struct {
	Parent   string               `json:"parent,omitempty"`
	Order    int                  `json:"order,omitempty"`
	Audience []string             `json:"audience" doc:"segments, any of which may see it; none means nobody"`
	Icon     string               `json:"icon,omitempty"`
	Labels   map[string]labelWire `json:"labels" doc:"by language"`
	Source   string               `json:"source,omitempty" doc:"language of the label where there is none"`
}

type newCategoryWire struct {
	ID string `json:"id,omitempty" doc:"empty means one made from the label"`
	categoryWire
}

type settingsWire struct {
	ID string `json:"id"`
	categoryWire
	Version   int       `json:"version" doc:"for If-Match"`
	UpdatedAt time.Time `json:"updated_at"`
}

func (c categoryWire) category(id string, version int) Category {
	out := Category{
		ID: id, Parent: c.Parent, Order: c.Order, Audience: c.Audience, Icon: c.Icon, Source: c.Source,
		Version: version, Labels: make(map[string]Label, len(c.Labels)),
	}
	for locale, l := range c.Labels {
		out.Labels[locale] = Label(l)
	}
	return out
}

func wireOfCategory(c Category) settingsWire {
	out := settingsWire{ID: c.ID, Version: c.Version, UpdatedAt: c.UpdatedAt, categoryWire: categoryWire{
		Parent: c.Parent, Order: c.Order, Audience: list(c.Audience), Icon: c.Icon, Source: c.Source,
		Labels: make(map[string]labelWire, len(c.Labels)),
	}}
	for locale, l := range c.Labels {
		out.Labels[locale] = labelWire(l)
	}
	return out
}
