package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// deskArticleRoutes are the pages of articles at the desk.
func (s *Site) deskArticleRoutes() []route {
	return append(slices.Concat(s.historyRoutes(), s.workingRoutes(), s.noteRoutes(), s.backlinkRoutes(), s.attachRoutes()), []route{
		{"GET /desk/articles", "desk", s.deskArticles},
		{"GET /desk/articles/new", nothing + "templates, and what can be chosen", s.newArticle},
		{"POST " + bulkPath, "desk editor", s.bulk},
		{"POST /desk/articles/new", nothing + "leads to the article", s.createArticle},
		{"POST /desk/articles/preview", nothing + "answers with what was sent", s.previewArticle},
		{"GET /desk/articles/{id}", "desk editor", s.deskArticle},
		{"GET /desk/articles/{id}/{locale}", "desk editor", s.editArticle},
		{"POST /desk/articles/{id}/{locale}", "desk editor", s.saveArticle},
	}...)
}

// articlesPerDesk is how many articles a page of the list has.
const articlesPerDesk = 30

// Values of filters that are no values of what they filter by.
const (
	ownerMe     = "me"
	statusAhead = "ahead" // published, with a newer text that is not
	statusStale = "stale" // translated from a text that has gone on
	statusLacks = "lacks" // not translated into the language asked for
)

type deskListBody struct {
	Filters []input
	Faults  bool
	Count   string
	Rows    []deskRow
	First   string
	Next    string
	Query   string // what is asked for, to choose all that match
	New     string // address to write one, "" for those who write none
}

// A deskRow is an article in the list of the desk.
type deskRow struct {
	ID        string
	Title     string
	Locale    string // of the title
	Href      string // where it is edited
	Kind      kb.Kind
	Place     string // its category
	PlaceIn   string // language of that
	Owner     string
	Changed   time.Time
	Languages []deskLanguage
}

// A deskLanguage is an article in one of its languages.
type deskLanguage struct {
	Name, Href string
	State      string // message key
	Look       string // class of the tag
}

type deskListParams struct {
	Title    string `query:"title" max:"200"`
	Status   string `query:"status" max:"20"`
	Kind     string `query:"kind" max:"40"`
	Category string `query:"category" max:"100"`
	Language string `query:"language" max:"35"`
	Owner    string `query:"owner" max:"128"`
	Order    string `query:"order" max:"20"`
	After    string `query:"after"`
}

// query returns what was asked for as the library takes it.
func (q deskListParams) query(by profile.Actor) kb.ManuscriptQuery {
	out := kb.ManuscriptQuery{
		Title: q.Title, Owner: q.Owner, Locale: q.Language, Order: kb.ManuscriptOrder(q.Order), After: q.After, Limit: articlesPerDesk,
	}
	switch q.Status {
	case statusAhead:
		out.Ahead = true
	case statusStale:
		out.Stale = true
	case statusLacks:
		out.Lacks, out.Locale = q.Language, ""
	default:
		out.Status = kb.Status(q.Status)
	}
	if q.Kind != "" {
		out.Kinds = []kb.Kind{kb.Kind(q.Kind)}
	}
	if q.Category != "" {
		out.Categories, out.Below = []string{q.Category}, true
	}
	if q.Owner == ownerMe {
		out.Owner = by.ID
	}
	return out
}

// deskArticles lists the articles that somebody sees at the desk.
func (s *Site) deskArticles(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[deskListParams](r)
	if err != nil {
		return err
	}
	v, status := visitOf(r.Context()), http.StatusOK
	page, next, err := s.library.Manuscripts(r.Context(), v.By, q.query(v.By))
	var b deskListBody
	faults := map[string]string{}
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		status, b.Faults, faults, err = http.StatusUnprocessableEntity, true, v.P.Fields(wrong), nil
	}
	if err != nil {
		return err
	}
	places, err := s.library.Places(r.Context(), v.By, string(v.Wanted))
	if err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("desk.articles"))
	if err := s.fillDeskList(r.Context(), v, &b, q, page, places); err != nil {
		return err
	}
	b.Query = r.URL.RawQuery
	b.Filters = append(b.Filters, s.deskFilters(v, s.offered(v), q, b.Rows, page, places)...)
	note(faults, b.Filters)
	if next != "" {
		b.Next = p.With("after", next)
	}
	if q.After != "" {
		b.First = p.With()
	}
	if s.library.MayCreate(v.By) {
		b.New = v.link("/desk/articles/new")
	}
	p.Body = b
	return s.show(w, r, status, "desk-articles", p)
}

// fillDeskList puts a page of articles into the list.
func (s *Site) fillDeskList(ctx context.Context, v *visit, b *deskListBody, q deskListParams, page []kb.Article, places []kb.Place) error {
	names, known := map[string]string{}, map[string]kb.Place{}
	eachPlace(places, 0, func(p kb.Place, _ int) { known[p.ID] = p })
	for _, a := range page {
		if err := s.nameIn(ctx, v, names, a.Owner); err != nil {
			return err
		}
		b.Rows = append(b.Rows, s.deskRow(v, a, known[a.Category], names[a.Owner]))
	}
	if b.Faults {
		return nil
	}
	n, err := s.library.CountManuscripts(ctx, v.By, q.query(v.By))
	b.Count = v.P.T("desk.count", "n", n)
	if n >= kb.MostCounted {
		b.Count = v.P.T("desk.count_more", "n", v.P.Number(kb.MostCounted))
	}
	return err
}

func (s *Site) deskRow(v *visit, a kb.Article, place kb.Place, owner string) deskRow {
	t, ok := a.In(string(v.Wanted))
	if !ok {
		t, _ = a.In(a.Source)
	}
	row := deskRow{ID: a.ID, Title: t.Title, Locale: t.Locale, Kind: a.Kind, Place: place.Title, PlaceIn: place.Locale, Owner: owner, Changed: a.UpdatedAt}
	row.Href = v.link(editorPath(a.ID, t.Locale))
	for _, t := range a.Translations {
		key, look := stateOf(a, t)
		row.Languages = append(row.Languages, deskLanguage{i18n.Locale(t.Locale).Name(v.Locale), v.link(editorPath(a.ID, t.Locale)), key, look})
	}
	return row
}

// stateOf returns the message key of how a text stands, and the class that its
// tag has.
func stateOf(a kb.Article, t kb.Translation) (key, look string) {
	switch {
	case t.Status == kb.StatusArchived:
		return "desk.status_archived", "tag-off"
	case !t.Visible():
		return "desk.status_draft", "tag-draft"
	case t.Head > t.Live:
		return "desk.status_ahead", "tag-lock"
	case a.Stale(t):
		return "desk.status_stale", "tag-lock"
	}
	return "desk.status_published", ""
}

// eachPlace calls do for each category of trees, with how deep it stands.
func eachPlace(places []kb.Place, depth int, do func(p kb.Place, depth int)) {
	for _, p := range places {
		do(p, depth)
		eachPlace(p.Children, depth+1, do)
	}
}

// placeOptions returns categories as choices, those below others moved in.
func placeOptions(places []kb.Place) (out []option) {
	eachPlace(places, 0, func(p kb.Place, depth int) {
		out = append(out, option{p.ID, strings.Repeat("\u2003", depth) + p.Title})
	})
	return out
}

// deskFilters are the questions by which the list is narrowed.
func (s *Site) deskFilters(v *visit, languages []i18n.Locale, q deskListParams, rows []deskRow, page []kb.Article, places []kb.Place) []input {
	choose := func(name, value string, choices ...option) input {
		return input{Name: name, Label: v.P.T("desk." + name), Kind: "select", Value: value, Choices: append([]option{{"", v.P.T("people.any")}}, choices...)}
	}
	var states, kinds, locales, orders []option
	for _, state := range []string{string(kb.StatusDraft), string(kb.StatusPublished), statusAhead, statusStale, statusLacks, string(kb.StatusArchived)} {
		states = append(states, option{state, v.P.T("desk.status_" + state)})
	}
	for _, t := range s.library.Types() {
		kinds = append(kinds, option{string(t.Kind), t.Names.In(string(v.Locale))})
	}
	for _, l := range languages {
		locales = append(locales, option{string(l), l.Name(v.Locale)})
	}
	for _, o := range kb.ManuscriptOrders() {
		orders = append(orders, option{string(o), v.P.T("desk.order_" + string(o))})
	}
	order := choose("order", q.Order)
	order.Choices = orders
	return []input{
		{Name: "title", Label: v.P.T("desk.search"), Kind: "text", Value: q.Title, Max: kb.MaxTitle, Complete: "off"},
		choose("status", q.Status, states...), choose("kind", q.Kind, kinds...), choose("category", q.Category, placeOptions(places)...),
		choose("language", q.Language, locales...), choose("owner", q.Owner, owners(v, q.Owner, rows, page)...), order,
	}
}

// owners returns whose articles can be asked for: one's own, and those of whom
// the page shows.
func owners(v *visit, asked string, rows []deskRow, page []kb.Article) []option {
	out, seen := []option{{ownerMe, v.P.T("desk.mine")}}, map[string]bool{v.By.ID: true, "": true}
	for i, a := range page {
		if !seen[a.Owner] {
			seen[a.Owner] = true
			out = append(out, option{a.Owner, rows[i].Owner})
		}
	}
	if asked != ownerMe && !seen[asked] {
		out = append(out, option{asked, asked})
	}
	return out
}

// articleTasks says which articles wait for whoever is at the desk.
func (s *Site) articleTasks(ctx context.Context, v *visit) ([]deskTask, error) {
	if !s.mayAny(v.By, drafts) {
		return nil, nil
	}
	publishes := s.policy.May(v.By, profile.PermissionContentPublish)
	var out []deskTask
	for _, one := range []struct {
		key   string
		query deskListParams
		asked bool
	}{
		{"desk.todo_drafts", deskListParams{Status: string(kb.StatusDraft), Owner: ownerMe}, true},
		{"desk.todo_ahead", deskListParams{Status: statusAhead}, publishes},
		{"desk.todo_ahead_own", deskListParams{Status: statusAhead, Owner: ownerMe}, !publishes},
		{"desk.todo_stale", deskListParams{Status: statusStale, Language: string(v.Locale)}, s.policy.May(v.By, profile.PermissionContentTranslate)},
	} {
		if !one.asked {
			continue
		}
		n, err := s.library.CountManuscripts(ctx, v.By, one.query.query(v.By))
		if err != nil {
			return nil, err
		}
		if n > 0 {
			q := url.Values{"status": {one.query.Status}}
			for name, value := range map[string]string{"owner": one.query.Owner, "language": one.query.Language} {
				if value != "" {
					q.Set(name, value)
				}
			}
			out = append(out, deskTask{v.P.T(one.key, "n", n, "language", v.Locale.Name(v.Locale)), "/desk/articles?" + q.Encode()})
		}
	}
	return out, nil
}
