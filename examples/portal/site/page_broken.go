package site

import (
	"net/http"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

const brokenPath = "/desk/links"

// brokenRoutes are the pages of links that lead nowhere.
func (s *Site) brokenRoutes() []route {
	return []route{{"GET " + brokenPath, "desk links", s.brokenLinks}}
}

type brokenBody struct {
	Filter      input
	Rows        []brokenRow
	First, Next string
}

// A brokenRow is a link that leads nowhere.
type brokenRow struct {
	Title, Locale, Language, Href string // of the text with the link
	Live                          bool
	What                          string // the state, in a word or two
	To, ToLocale, ToHref          string // where the link was to lead
	Code                          bool   // To is a name or an address, no title
	Place                         string
	Status                        int
	At                            time.Time
}

type brokenParams struct {
	State string `query:"state" max:"20"`
	After string `query:"after"`
}

// brokenLinks lists the links that lead nowhere.
func (s *Site) brokenLinks(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[brokenParams](r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	ask := kb.BrokenQuery{After: q.After, Limit: articlesPerDesk}
	if q.State != "" {
		ask.States = []kb.LinkState{kb.LinkState(q.State)}
	}
	links, next, err := s.library.BrokenLinks(r.Context(), v.By, ask)
	if err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("broken.title"))
	b := brokenBody{Filter: brokenFilter(v, q.State), Next: nextOf(p, "after", next)}
	for _, link := range links {
		b.Rows = append(b.Rows, brokenRowOf(v, link))
	}
	if q.After != "" {
		b.First = p.With()
		if q.State != "" {
			b.First = p.With("state", q.State)
		}
	}
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-broken", p)
}

func brokenFilter(v *visit, state string) input {
	choices := []option{{"", v.P.T("people.any")}}
	for _, one := range kb.FaultStates() {
		choices = append(choices, option{string(one), brokenWord(v, one)})
	}
	return input{Name: "state", Label: v.P.T("broken.what"), Kind: "select", Value: state, Choices: choices}
}

// brokenWords says what is wrong with a link.
var brokenWords = map[kb.LinkState]string{
	kb.LinkGone: "broken.gone", kb.LinkArchived: "broken.archived", kb.LinkUnpublished: "broken.unpublished", kb.LinkNoPlace: "broken.place",
	kb.LinkNoBlock: "broken.block", kb.LinkNoMedium: "broken.medium", kb.LinkUnreachable: "broken.unreachable",
}

func brokenWord(v *visit, state kb.LinkState) string { return v.P.T(brokenWords[state]) }

func brokenRowOf(v *visit, link kb.BrokenLink) brokenRow {
	row := brokenRow{Title: link.Title, Locale: link.Locale, Live: link.Live, What: brokenWord(v, link.State), Status: link.Status, At: link.CheckedAt, Place: link.Anchor}
	row.Href, row.Language = textAt(v, link.Article, link.Locale)
	row.To, row.Code = link.To, true
	switch {
	case link.Kind == kb.LinkPlace:
		row.To = "" // it is the text itself
	case link.Target != "":
		row.To, row.Code, row.ToHref = link.Target, false, v.link("/desk/articles/"+escape(link.TargetID))
	case link.Kind == kb.LinkAddress:
		row.ToHref = link.To
	case link.Kind == kb.LinkBlock:
		row.ToHref = v.link(blocksPath + "/" + escape(link.To))
	}
	return row
}

// Answer says what a server answered.
func (r brokenRow) Answer() string {
	if r.Status == 0 {
		return ""
	}
	return strconv.Itoa(r.Status)
}
