package kb

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// Wire structs are what the JSON API speaks. They are apart from the types of
// the library so that neither holds the other back.

type publication func(ctx context.Context, by profile.Actor, id, locale string, version int) (Article, error)

type languageWire struct {
	Locale string `json:"locale"`
	Slug   string `json:"slug"`
	Path   string `json:"path"`
}

type entryWire struct {
	ID        string            `json:"id"`
	Kind      Kind              `json:"kind"`
	Locale    string            `json:"locale"`
	Slug      string            `json:"slug"`
	Path      string            `json:"path"`
	Title     string            `json:"title"`
	Summary   string            `json:"summary"`
	Category  string            `json:"category"`
	Products  []string          `json:"products"`
	Fields    map[string]string `json:"fields,omitempty" doc:"by the keys of its type's fields"`
	UpdatedAt time.Time         `json:"updated_at"`
	Languages []languageWire    `json:"languages"`
}

type articlesWire struct {
	Articles []entryWire `json:"articles"`
	Next     string      `json:"next,omitempty"`
}

type headingWire struct {
	Level   int    `json:"level"`
	ID      string `json:"id"`
	Text    string `json:"text"`
	Section string `json:"section,omitempty" doc:"key of the section of its type that it stands for"`
}

type articleWire struct {
	ID          string            `json:"id"`
	Kind        Kind              `json:"kind"`
	Locale      string            `json:"locale" doc:"language of the text, which may be another than asked for"`
	Slug        string            `json:"slug"`
	Path        string            `json:"path"`
	Title       string            `json:"title"`
	Summary     string            `json:"summary"`
	HTML        string            `json:"html" doc:"the text, sanitised"`
	Headings    []headingWire     `json:"headings"`
	Products    []string          `json:"products"`
	Tags        []string          `json:"tags"`
	Fields      map[string]string `json:"fields,omitempty" doc:"by the keys of its type's fields"`
	Categories  []placeWire       `json:"categories" doc:"from the top down"`
	Languages   []languageWire    `json:"languages"`
	Related     []entryWire       `json:"related"`
	Series      []seriesWire      `json:"series,omitempty" doc:"that it is a part of"`
	Revision    int               `json:"revision"`
	Stale       bool              `json:"stale" doc:"the source has gone on since this was translated"`
	PublishedAt time.Time         `json:"published_at"`
	UpdatedAt   time.Time         `json:"updated_at"`
}

type seriesWire struct {
	Series   entryWire  `json:"series"`
	Position int        `json:"position" doc:"among the parts that the reader may read, from 1"`
	Total    int        `json:"total"`
	Previous *entryWire `json:"previous,omitempty"`
	Next     *entryWire `json:"next,omitempty"`
}

func (l *Library) seriesWire(p SeriesPlace) seriesWire {
	out := seriesWire{Series: l.entryWire(p.Series), Position: p.Position, Total: p.Total}
	if p.Previous != nil {
		e := l.entryWire(*p.Previous)
		out.Previous = &e
	}
	if p.Next != nil {
		e := l.entryWire(*p.Next)
		out.Next = &e
	}
	return out
}

type placeWire struct {
	ID          string      `json:"id"`
	Parent      string      `json:"parent,omitempty"`
	Locale      string      `json:"locale"`
	Title       string      `json:"title"`
	Slug        string      `json:"slug"`
	Path        string      `json:"path"`
	Description string      `json:"description"`
	Icon        string      `json:"icon,omitempty"`
	Articles    int         `json:"articles"`
	Children    []placeWire `json:"children,omitempty"`
}

type foundWire struct {
	Article string `json:"article"`
	Locale  string `json:"locale"`
	Slug    string `json:"slug"`
	Path    string `json:"path"`
	Moved   bool   `json:"moved"`
}

type opinionWire struct {
	Helpful bool   `json:"helpful"`
	Locale  string `json:"locale" validate:"max=35" doc:"language it was read in"`
	Reason  Reason `json:"reason" validate:"max=20" doc:"why not: unclear, incorrect, outdated, missing or other"`
	Comment string `json:"comment" validate:"max=4000"`
}

type feedbackWire struct {
	ID       string    `json:"id"`
	Article  string    `json:"article"`
	Locale   string    `json:"locale"`
	Revision int       `json:"revision"`
	Helpful  bool      `json:"helpful"`
	Reason   Reason    `json:"reason,omitempty"`
	Comment  string    `json:"comment,omitempty"`
	At       time.Time `json:"at"`

	Kind       FeedbackKind  `json:"kind,omitempty" doc:"empty for a rating, \"flag\" or \"edit\" for a suggestion"`
	Quote      string        `json:"quote,omitempty" doc:"the words that a suggestion is about"`
	Proposal   string        `json:"proposal,omitempty" doc:"what should stand in their place"`
	State      FeedbackState `json:"state,omitempty" doc:"\"open\", \"working\", \"done\" or \"dismissed\"; empty if there is nothing to do"`
	Assignee   string        `json:"assignee,omitempty"`
	Resolution string        `json:"resolution,omitempty"`
	Version    int           `json:"version"`
}

type feedbackPageWire struct {
	Feedback []feedbackWire `json:"feedback"`
	Next     string         `json:"next,omitempty"`
}

func (l *Library) languagesWire(id string, languages []Language) []languageWire {
	out := make([]languageWire, 0, len(languages))
	for _, lang := range languages {
		out = append(out, languageWire{
			Locale: lang.Locale, Slug: lang.Slug, Path: l.path(Ref{Kind: "article", ID: id, Locale: lang.Locale, Slug: lang.Slug}),
		})
	}
	return out
}

func (l *Library) entryWire(e Entry) entryWire {
	return entryWire{
		ID: e.Article, Kind: e.Kind, Locale: e.Locale, Slug: e.Slug, Title: e.Title, Summary: e.Summary,
		Path:     l.path(Ref{Kind: "article", ID: e.Article, Locale: e.Locale, Slug: e.Slug}),
		Category: e.Category, Products: list(e.Products), Fields: e.Fields, UpdatedAt: e.UpdatedAt, Languages: l.languagesWire(e.Article, e.Languages),
	}
}

// list returns s as it is on the wire: never null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func (l *Library) articleWire(p Page) articleWire {
	out := articleWire{
		ID: p.Article, Kind: p.Kind, Locale: p.Locale, Slug: p.Slug, Title: p.Title, Summary: p.Summary,
		Path: l.path(Ref{Kind: "article", ID: p.Article, Locale: p.Locale, Slug: p.Slug}),
		HTML: string(p.Text.HTML), Headings: []headingWire{}, Products: list(p.Products), Tags: list(p.Tags), Fields: p.Fields,
		Categories: l.placesWire(p.Categories), Languages: l.languagesWire(p.Article, p.Languages), Related: []entryWire{},
		Revision: p.Revision, Stale: p.Stale, PublishedAt: p.PublishedAt, UpdatedAt: p.UpdatedAt,
	}
	for _, h := range p.Text.Headings {
		out.Headings = append(out.Headings, headingWire{Level: h.Level, ID: h.ID, Text: h.Text, Section: p.sectionAt(h.ID)})
	}
	for _, place := range p.Series {
		out.Series = append(out.Series, l.seriesWire(place))
	}
	for _, e := range p.Related {
		out.Related = append(out.Related, l.entryWire(e))
	}
	return out
}

// sectionAt returns the key of the section that begins at an anchor.
func (p Page) sectionAt(id string) string {
	for _, part := range p.Parts {
		if part.ID == id {
			return part.Key
		}
	}
	return ""
}

func (l *Library) placesWire(places []Place) []placeWire {
	out := make([]placeWire, 0, len(places))
	for _, p := range places {
		out = append(out, l.placeWire(p))
	}
	return out
}

func (l *Library) placeWire(p Place) placeWire {
	return placeWire{
		ID: p.ID, Parent: p.Parent, Locale: p.Locale, Title: p.Title, Slug: p.Slug, Description: p.Description,
		Path: l.path(Ref{Kind: "category", ID: p.ID, Locale: p.Locale, Slug: p.Slug}), Icon: p.Icon,
		Articles: p.Articles, Children: l.placesWire(p.Children),
	}
}

func wireOfFeedback(f Feedback) feedbackWire {
	return feedbackWire{
		ID: f.ID, Article: f.Article, Locale: f.Locale, Revision: f.Revision, Helpful: f.Helpful,
		Reason: f.Reason, Comment: f.Comment, At: f.At,
		Kind: f.Kind, Quote: f.Quote, Proposal: f.Proposal, State: f.State, Assignee: f.Assignee, Resolution: f.Resolution, Version: f.Version,
	}
}
