package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/insight"
)

// healthRoutes are the pages of how articles do, and of what people look for and
// do not find.
func (s *Site) healthRoutes() []route {
	return []route{
		{"GET /desk/health", "desk", s.healthPage},
		{"GET /desk/health/articles/{id}", "desk", s.articleHealth},
		{"GET /desk/health/searches", nothing + "what people searched for, without who did", s.gapsPage},
		{"POST /desk/health/searches", nothing + "leads back", s.markGap},
		{"GET /desk/health/questions", nothing + "what people asked, without who did", s.candidatesPage},
		{"POST /desk/health/questions/{id}", nothing + "leads back", s.decideCandidate},
	}
}

type healthParams struct {
	Code     string `query:"code" max:"40"`
	Kind     string `query:"kind" max:"40"`
	Category string `query:"category" max:"100"`
	Language string `query:"language" max:"35"`
	Owner    string `query:"owner" max:"128"`
	After    string `query:"after"`
}

type healthBody struct {
	Overview *healthOverview // nil for those who do not see everything
	Filters  []input
	Rows     []healthRow
	First    string
	Next     string
}

// A healthOverview is how all articles do together.
type healthOverview struct {
	Score, Articles int
	When            string
	Codes           []codeRow
	Trend           trend
}

// A codeRow is how many articles have something to mend.
type codeRow struct {
	Code  insight.Code
	N     int
	Href  string
	Width int // of 100
}

// A healthRow is an article with what there is to mend.
type healthRow struct {
	Title, Locale, Href string
	Score               int
	Look                string
	Causes              []causeRow
	Facts               []string
}

// A causeRow is a reason, and where it is mended.
type causeRow struct {
	Text, Href string
	Points     int
	Good       bool
}

// healthPerPage is how many articles a page of the worklist has.
const healthPerPage = 25

func (s *Site) healthPage(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[healthParams](r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	list := insight.WorkList{Kind: kb.Kind(q.Kind), Locale: q.Language, Code: insight.Code(q.Code), Owner: q.Owner, After: q.After, Limit: healthPerPage}
	if q.Owner == ownerMe {
		list.Owner = v.By.ID
	}
	if q.Category != "" {
		list.Categories = []string{q.Category}
	}
	works, next, err := s.analyst.Worklist(ctx, v.By, list)
	if err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("health.title"))
	b := healthBody{Next: nextOf(p, "after", next)}
	if q.After != "" {
		b.First = p.With()
	}
	for _, one := range works {
		b.Rows = append(b.Rows, s.healthRow(v, one))
	}
	if b.Filters, err = s.healthFilters(ctx, v, q); err != nil {
		return err
	}
	o, err := s.analyst.Overview(ctx, v.By)
	if err == nil {
		b.Overview = s.healthOverview(v, o)
	} else if !errors.Is(err, insight.ErrForbidden) {
		return err
	}
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-health", p)
}

func (s *Site) healthFilters(ctx context.Context, v *visit, q healthParams) ([]input, error) {
	places, err := s.library.Places(ctx, v.By, string(v.Wanted))
	if err != nil {
		return nil, err
	}
	var kinds, locales, codes []option
	for _, t := range s.library.Types() {
		kinds = append(kinds, option{string(t.Kind), t.Names.In(string(v.Locale))})
	}
	for _, l := range s.offered(v) {
		locales = append(locales, option{string(l), l.Name(v.Locale)})
	}
	for _, c := range insight.Codes() {
		codes = append(codes, option{string(c), v.P.T("health.code_" + string(c))})
	}
	choose := func(name, label, value string, choices []option) input {
		return input{Name: name, Label: label, Kind: "select", Value: value, Choices: append([]option{{"", v.P.T("people.any")}}, choices...)}
	}
	owners := []option{{ownerMe, v.P.T("desk.mine")}}
	if q.Owner != "" && q.Owner != ownerMe {
		owners = append(owners, option{q.Owner, q.Owner})
	}
	return []input{
		choose("code", v.P.T("health.code"), q.Code, codes), choose("kind", v.P.T("desk.kind"), q.Kind, kinds), choose("category", v.P.T("desk.category"), q.Category, placeOptions(places)),
		choose("language", v.P.T("desk.language"), q.Language, locales), choose("owner", v.P.T("desk.owner"), q.Owner, owners),
	}, nil
}

// healthLook is the class of the tag of a score.
func healthLook(score int) string {
	switch {
	case score >= 80:
		return "tag-good"
	case score >= 50:
		return "tag-draft"
	}
	return "tag-lock"
}

func (s *Site) healthRow(v *visit, one insight.Work) healthRow {
	t, _ := one.Article.In(one.Article.Source)
	row := healthRow{Title: t.Title, Locale: t.Locale, Href: v.link("/desk/health/articles/" + escape(one.Article.ID)), Score: one.Score, Look: healthLook(one.Score)}
	row.Causes = s.causeRows(v, one.Article, one.Health)
	row.Facts = readerFacts(v, one.Health)
	return row
}

// readerFacts say what readers did with an article and said of it.
func readerFacts(v *visit, h insight.Health) (out []string) {
	out = []string{v.P.T("health.views", "n", h.Counts.Views)}
	if n := h.Rating.Helpful + h.Rating.Unhelpful; n > 0 {
		out = append(out, v.P.T("said.share", "share", h.Rating.Helpful*100/n, "n", h.Rating.Helpful, "all", n))
	}
	if h.Counts.Cases > 0 {
		out = append(out, v.P.T("health.cases", "n", h.Counts.Cases))
	}
	return out
}

// causeRows say why an article has its score, each with the way to where it is
// mended.
func (s *Site) causeRows(v *visit, a kb.Article, h insight.Health) (out []causeRow) {
	var missing []string
	points := 0
	for _, c := range h.Causes {
		locale := cmpText(c.Locale, a.Source)
		if c.Code == insight.CodeMissing {
			missing, points = append(missing, i18n.Locale(locale).Name(v.Locale)), points+c.Points
			continue
		}
		row := causeRow{Points: c.Points, Good: c.Code == insight.CodeDeflecting, Href: v.link(editorPath(a.ID, locale))}
		row.Text = v.P.T("health.cause_"+string(c.Code), "n", c.N, "language", i18n.Locale(locale).Name(v.Locale))
		switch c.Code {
		case insight.CodeUnhelpful:
			row.Href = v.link("/desk/feedback") + "?state=any&article=" + url.QueryEscape(a.ID)
		case insight.CodeLapsed:
			row.Href = v.link(processPath(a.ID, a.Source))
		case insight.CodeUnfound, insight.CodeUnread, insight.CodeDeflecting:
			row.Href = v.link("/desk/health/articles/"+escape(a.ID)) + "#searches"
		}
		out = append(out, row)
	}
	if len(missing) > 0 {
		out = append(out, causeRow{
			Text: v.P.T("health.cause_translation_missing", "languages", strings.Join(missing, v.P.T("health.and"))), Href: v.link(editorPath(a.ID, a.Source)), Points: points,
		})
	}
	return out
}

func (s *Site) healthOverview(v *visit, o insight.Overview) *healthOverview {
	out := &healthOverview{Score: o.Score, Articles: o.Articles}
	if !o.At.IsZero() {
		out.When = v.P.Relative(o.At)
	}
	most := 1
	for _, n := range o.Codes {
		most = max(most, n)
	}
	for _, c := range insight.Codes() {
		if n := o.Codes[c]; n > 0 {
			out.Codes = append(out.Codes, codeRow{c, n, v.link("/desk/health") + "?code=" + string(c), (100*n + most - 1) / most})
		}
	}
	for _, d := range o.Days {
		out.Trend.add(v, d.Day, d.Views, d.Searches, d.Score)
	}
	out.Trend.draw()
	return out
}

type articleHealthBody struct {
	healthRow
	Edit  string
	Trend trend
	Leads []leadRow
	None  bool // readers are not shown it
}

type leadRow struct {
	Text, Locale  string
	Shown, Clicks int
}

// mostLeads is how many searches are shown beside an article.
const mostLeads = 10

func (s *Site) articleHealth(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r.Context())
	a, err := s.manuscript(r)
	if err != nil {
		return err
	}
	h, err := s.analyst.HealthOf(ctx, v.By, a.ID)
	b := articleHealthBody{None: errors.Is(err, insight.ErrNotFound)}
	if err != nil && !b.None {
		return err
	}
	b.healthRow = s.healthRow(v, insight.Work{Article: a, Health: h})
	b.Edit = v.link(editorPath(a.ID, a.Source))
	days, err := s.analyst.Trend(ctx, v.By, a.ID)
	if err != nil {
		return err
	}
	views := map[string]insight.Counts{}
	for _, d := range days {
		views[d.Day] = d.Counts
	}
	for at := s.cfg.Now().UTC().AddDate(0, 0, -27); !at.After(s.cfg.Now().UTC()); at = at.AddDate(0, 0, 1) {
		day := at.Format(time.DateOnly)
		b.Trend.add(v, day, views[day].Views, views[day].Clicks, -1)
	}
	b.Trend.draw()
	if b.Leads, err = s.leadRows(ctx, v, a.ID); err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("health.of", "title", b.Title), crumb{Title: v.P.T("health.title"), Href: v.link("/desk/health")})
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-health-article", p)
}

func (s *Site) leadRows(ctx context.Context, v *visit, article string) (out []leadRow, err error) {
	leads, err := s.analyst.Leads(ctx, v.By, article, mostLeads)
	for _, l := range leads {
		out = append(out, leadRow{l.Text, l.Locale, l.Shown, l.Clicks})
	}
	return out, err
}

// A trend is figures day by day, and how they are drawn.
type trend struct {
	Days         []trendDay
	Most         int
	Path         string // of the line of searches or clicks
	Width        int
	Scored       bool
	views, other int
}

type trendDay struct {
	Label              string
	Views, Other       int
	Score              int // -1 if it is not known
	X, Y, Height, Wide int // of the bar of views
}

// The drawing has trendStep for each day and is trendTall high.
const (
	trendStep = 20
	trendTall = 100
)

func (t *trend) add(v *visit, day string, views, other, score int) {
	label := day
	if at, err := time.Parse(time.DateOnly, day); err == nil {
		label = v.P.InZone(time.UTC).Date(at, i18n.StyleMedium)
	}
	t.Days = append(t.Days, trendDay{Label: label, Views: views, Other: other, Score: score})
	t.views, t.other, t.Scored = t.views+views, t.other+other, t.Scored || score >= 0
}

// draw places bars and the line.
func (t *trend) draw() {
	for _, d := range t.Days {
		t.Most = max(t.Most, d.Views, d.Other)
	}
	most := max(t.Most, 1)
	t.Width = max(len(t.Days), 1) * trendStep
	for i := range t.Days {
		d := &t.Days[i]
		d.Height, d.Wide = trendTall*d.Views/most, trendStep-6
		d.X, d.Y = i*trendStep+3, trendTall-d.Height
		sign := "L"
		if i == 0 {
			sign = "M"
		}
		t.Path += sign + strconv.Itoa(i*trendStep+trendStep/2) + " " + strconv.Itoa(trendTall-trendTall*d.Other/most)
	}
}

// Empty reports whether nothing happened.
func (t trend) Empty() bool { return t.views+t.other == 0 }

// Views and Other are the sums.
func (t trend) Views() int { return t.views }

// Other is the sum of what the line is of.
func (t trend) Other() int { return t.other }
