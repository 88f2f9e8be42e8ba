package kb

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

func (l *Library) serveLinks(api *web.API) {
	api.Handle(web.Op{
		Method: "GET", Path: "/manuscripts/{id}/backlinks", Name: "kb.backlinks", Summary: "Lists the texts, blocks and lessons of courses that lead to an article, of those that the caller sees at the desk.",
		Policy: byWriters, Params: backlinksParams{}, Out: backlinksWire{},
	}, l.serveBacklinks)
	api.Handle(web.Op{
		Method: "GET", Path: "/links/broken", Name: "kb.broken_links", Summary: "Lists the links that lead nowhere, of the texts that the caller sees at the desk.",
		Policy: byWriters, Params: brokenParams{}, Out: brokenLinksWire{},
	}, l.serveBrokenLinks)
}

type brokenParams struct {
	State string `query:"state" max:"20" doc:"\"gone\", \"archived\", \"unpublished\", \"place\", \"block\", \"medium\" or \"unreachable\""`
	After string `query:"after" doc:"token of the page before"`
	Limit int    `query:"limit" default:"50" clamp:"1,200"`
}

type brokenLinksWire struct {
	Links []brokenLinkWire `json:"links"`
	Next  string           `json:"next,omitempty" doc:"token of the next page"`
}

type brokenLinkWire struct {
	Kind      LinkKind  `json:"kind" doc:"\"article\", \"path\", \"related\", \"place\", \"media\", \"block\" or \"address\""`
	To        string    `json:"to" doc:"ID, slug, name or address, by the kind"`
	Anchor    string    `json:"anchor,omitempty" doc:"place in the article"`
	State     LinkState `json:"state"`
	Status    int       `json:"status,omitempty" doc:"what a server answered"`
	CheckedAt time.Time `json:"checked_at"`
	Article   string    `json:"article" doc:"with the link"`
	Locale    string    `json:"locale,omitempty" doc:"of the text with the link"`
	Title     string    `json:"title"`
	Live      bool      `json:"live" doc:"readers are shown the link"`
}

func (l *Library) serveBrokenLinks(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[brokenParams](r)
	if err != nil {
		return err
	}
	q := BrokenQuery{After: p.After, Limit: p.Limit}
	if p.State != "" {
		q.States = []LinkState{LinkState(p.State)}
	}
	links, next, err := l.BrokenLinks(r.Context(), profile.FromContext(r.Context()), q)
	if err != nil {
		return err
	}
	out := brokenLinksWire{Links: make([]brokenLinkWire, 0, len(links)), Next: next}
	for _, b := range links {
		out.Links = append(out.Links, brokenLinkWire{b.Kind, b.To, b.Anchor, b.State, b.Status, b.CheckedAt, b.Article, b.Locale, b.Title, b.Live})
	}
	return web.JSON(w, r, http.StatusOK, out)
}

type backlinksParams struct {
	After string `query:"after" doc:"token of the page before"`
	Limit int    `query:"limit" default:"50" clamp:"1,200"`
}

type backlinksWire struct {
	Texts   []backlinkWire `json:"texts"`
	Blocks  []string       `json:"blocks" doc:"names of blocks"`
	Lessons []lessonWire   `json:"lessons" doc:"of courses"`
	Next    string         `json:"next,omitempty" doc:"token of the next page of texts"`
}

type backlinkWire struct {
	Article string `json:"article"`
	Locale  string `json:"locale"`
	Title   string `json:"title"`
	Live    bool   `json:"live" doc:"readers are shown a text that leads there"`
}

type lessonWire struct {
	Course      string `json:"course"`
	CourseTitle string `json:"course_title"`
	Lesson      string `json:"lesson" doc:"empty if what is said of the course leads there"`
	Title       string `json:"title"`
	Locale      string `json:"locale" doc:"of the titles"`
	Live        bool   `json:"live" doc:"learners are given it"`
}

func (l *Library) serveBacklinks(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	p, err := web.Query[backlinksParams](r)
	if err != nil {
		return err
	}
	links, err := l.Backlinks(r.Context(), profile.FromContext(r.Context()), id, p.After, p.Limit)
	if err != nil {
		return err
	}
	out := backlinksWire{Texts: make([]backlinkWire, 0, len(links.Texts)), Blocks: list(links.Blocks), Lessons: make([]lessonWire, 0, len(links.Lessons)), Next: links.Next}
	for _, t := range links.Texts {
		out.Texts = append(out.Texts, backlinkWire(t))
	}
	for _, one := range links.Lessons {
		out.Lessons = append(out.Lessons, lessonWire(one))
	}
	return web.JSON(w, r, http.StatusOK, out)
}
