package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// promotionRoutes are the pages of those who make promotions.
func (s *Site) promotionRoutes() []route {
	writes := func(serve web.Func) web.Func {
		return s.permitted(profile.PermissionSegmentsWrite, s.permitted(profile.PermissionSegmentsRead, serve))
	}
	const all = nothing + "promotions, to those who make them"
	return []route{
		{"GET /admin/promotions", all, writes(s.promotionList)},
		{"GET /admin/promotions/new", all, writes(s.newPromotion)},
		{"POST /admin/promotions/new", all, writes(s.savePromotion)},
		{"GET /admin/promotions/{id}", all, writes(s.promotionPage)},
		{"POST /admin/promotions/{id}", all, writes(s.savePromotion)},
		{"POST /admin/promotions/{id}/stage", all, writes(s.stagePromotion)},
		{"POST /admin/promotions/{id}/remove", nothing + "leads back", writes(s.removePromotion)},
	}
}

type promotionsBody struct {
	Rows []promotionRow
	Days int // that the figures are of
	Done string
}

type promotionRow struct {
	layout.Promotion
	Name, Href, Place string
	Stage             layout.Stage
	When              string
	For               []string
	Figures           []figure
	Rate              string // how many of those who saw it followed it
}

// A figure is a number and how it is drawn: as wide as its share of the greatest.
type figure struct {
	Key   string // message key
	N     int
	Width int // of 100
}

// figureDays is how far back figures go.
const figureDays = 30

// promotionFigures are the events that are drawn, in their order.
var promotionFigures = []struct{ event, key string }{
	{"promotion.shown", "promotions.shown"}, {"promotion.clicked", "promotions.followed"},
	{"promotion.dismissed", "promotions.dismissed"}, {"promotion.withheld", "promotions.withheld"},
}

// promotionCounts returns how often each event happened with each promotion.
func (s *Site) promotionCounts(ctx context.Context) (map[string]map[string]int, error) {
	out := map[string]map[string]int{}
	for _, f := range promotionFigures {
		list, err := s.ledger.Top(ctx, analytics.TopQuery{Name: f.event, Kind: "promotion", From: s.cfg.Now().AddDate(0, 0, 1-figureDays), Limit: 1000})
		if err != nil {
			return nil, err
		}
		out[f.event] = map[string]int{}
		for _, c := range list {
			out[f.event][strings.TrimPrefix(c.Subject, "promotion/")] = c.N
		}
	}
	return out, nil
}

// drawn returns the figures of a promotion.
func drawn(counts map[string]map[string]int, id string) (out []figure) {
	most := 1
	for _, f := range promotionFigures {
		most = max(most, counts[f.event][id])
	}
	for _, f := range promotionFigures {
		n := counts[f.event][id]
		out = append(out, figure{f.key, n, (100*n + most - 1) / most})
	}
	return out
}

// followRate returns which share of those who saw a promotion followed it.
func followRate(v *visit, counts map[string]map[string]int, id string) string {
	shown, followed := counts["promotion.shown"][id], counts["promotion.clicked"][id]
	if shown == 0 {
		return ""
	}
	return v.P.T("promotions.rate", "share", v.P.Percent(float64(followed)/float64(shown), 0))
}

var promotionNotices = map[string]string{"saved": "person.saved", "removed": "promotions.removed", "paused": "promotions.paused", "resumed": "promotions.resumed", "ended": "promotions.is_over"}

// promotionList shows which promotions there are and what came of them.
func (s *Site) promotionList(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r.Context())
	list, err := s.arranger.Promotions(ctx, v.By)
	if err != nil {
		return err
	}
	counts, err := s.promotionCounts(ctx)
	if err != nil {
		return err
	}
	b := promotionsBody{Days: figureDays}
	if key := promotionNotices[v.Query.Get("done")]; key != "" {
		b.Done = v.P.T(key)
	}
	now := s.cfg.Now()
	for _, p := range list {
		b.Rows = append(b.Rows, promotionRow{
			Promotion: p, Name: textIn(p.Title, s.catalog.Chain(v.Locale)), Href: v.link("/admin/promotions/" + escape(p.ID)),
			Place: s.slotName(v, p.Slot), Stage: p.Stage(now), When: whenOf(v, p), For: slices.Concat(p.For.Any, p.For.All),
			Figures: drawn(counts, p.ID), Rate: followRate(v, counts, p.ID),
		})
	}
	slices.SortStableFunc(b.Rows, func(a, b promotionRow) int {
		return slices.Index(stagesInOrder, a.Stage) - slices.Index(stagesInOrder, b.Stage)
	})
	p := s.newPage(r, v.P.T("promotions.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.adminCrumbs(v)
	return s.show(w, r, http.StatusOK, "promotions", p)
}

// stagesInOrder are the stages as the list shows them.
var stagesInOrder = []layout.Stage{layout.StageRunning, layout.StagePlanned, layout.StagePaused, layout.StageEnded}

// whenOf says when a promotion begins and ends, on the clocks of its zone.
func whenOf(v *visit, p layout.Promotion) string {
	zone, err := i18n.ParseZone(p.Zone)
	if err != nil {
		return ""
	}
	say := func(text string) string {
		t, err := time.ParseInLocation(localMinute, text, zone)
		if err != nil {
			return ""
		}
		return v.P.InZone(zone).DateTime(t, "medium")
	}
	switch from, to := say(p.From), say(p.To); {
	case from != "" && to != "":
		return v.P.T("promotions.from_to", "from", from, "to", to)
	case from != "":
		return v.P.T("promotions.from_on", "from", from)
	case to != "":
		return v.P.T("promotions.until", "to", to)
	}
	return v.P.T("promotions.always")
}

// localMinute is how a promotion and a browser write a minute.
const localMinute = "2006-01-02T15:04"

// slotName returns what a place for promotions is called.
func (s *Site) slotName(v *visit, slot string) string {
	page, name, _ := strings.Cut(slot, "/")
	if key := pageTitles[page]; key != "" {
		page = v.P.T(key)
	}
	return v.P.T("layout.item", "name", page, "place", name)
}

// pageTitles are the names of pages that have places, by message key.
var pageTitles = map[string]string{
	"home": "promotions.page_home", "article": "promotions.page_article", "search": "promotions.page_search", "account": "promotions.page_account",
}

// promotionAsked returns the promotion that a request is about, nil for a new one.
func (s *Site) promotionAsked(r *http.Request) (*layout.Promotion, error) {
	if r.PathValue("id") == "" {
		return nil, nil
	}
	id, err := web.PathValue(r, "id")
	if err != nil {
		return nil, err
	}
	p, err := s.arranger.Promotion(r.Context(), visitOf(r.Context()).By, id)
	return &p, err
}

// stagePromotion pauses, resumes or ends a promotion.
func (s *Site) stagePromotion(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	kept, err := s.promotionAsked(r)
	if err != nil {
		return err
	}
	p, done := kept.Clone(), ""
	switch r.PostFormValue("do") {
	case "pause":
		p.Off, done = true, "paused"
	case "resume":
		p.Off, done = false, "resumed"
	case "end":
		p.To, done = endOf(p, s.cfg.Now()), "ended"
	default:
		return errs.Field("do", "error.field.invalid", nil)
	}
	again := p.Off == kept.Off && p.To == kept.To
	if p.Version, _ = strconv.Atoi(r.PostFormValue("version")); p.Version < 1 {
		p.Version = -1
	}
	if !again { // as it is already: the button was pressed twice
		_, err = s.arranger.SavePromotion(r.Context(), visitOf(r.Context()).By, p)
	}
	return s.afterForm(w, r, err, "/admin/promotions?done="+done, func(status int, faults map[string]string) error {
		return s.showPromotion(w, r, status, promotionForm{promotion: *kept, kept: true, faults: faults})
	})
}

// endOf returns the minute at which a promotion is over if it ends now: this one,
// unless it began in it.
func endOf(p layout.Promotion, now time.Time) string {
	if p.Stage(now) == layout.StageEnded {
		return p.To
	}
	zone, err := i18n.ParseZone(p.Zone)
	if err != nil {
		zone = time.UTC
	}
	to := now.In(zone).Format(localMinute)
	if to <= p.From {
		if from, err := time.ParseInLocation(localMinute, p.From, zone); err == nil {
			to = from.Add(time.Minute).Format(localMinute)
		}
	}
	return to
}

// removePromotion forgets a promotion that is shown to nobody any more.
func (s *Site) removePromotion(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	kept, err := s.promotionAsked(r)
	if err != nil {
		return err
	}
	switch stage := kept.Stage(s.cfg.Now()); {
	case strconv.Itoa(kept.Version) != r.PostFormValue("version"), stage != layout.StageEnded && stage != layout.StagePaused:
		err = profile.ErrConflict
	default:
		err = s.arranger.RemovePromotion(r.Context(), visitOf(r.Context()).By, kept.ID)
	}
	return s.afterForm(w, r, err, "/admin/promotions?done=removed", func(status int, faults map[string]string) error {
		return s.showPromotion(w, r, status, promotionForm{promotion: *kept, kept: true, faults: faults})
	})
}

// A whyBody is why somebody would see a promotion, or why not.
type whyBody struct {
	Input input
	Name  string // of the person who was asked about
	Href  string
	Shown bool
	Tests []whyTest
}

type whyTest struct {
	Passed bool
	Text   string
}

// whyOf answers why the person whom the address names would see a promotion.
func (s *Site) whyOf(r *http.Request, v *visit, p layout.Promotion) (*whyBody, error) {
	if !s.policy.May(v.By, profile.PermissionDirectoryRead) {
		return nil, nil
	}
	b := &whyBody{Input: input{Name: "person", Label: v.P.T("promotions.why_person"), Hint: v.P.T("promotions.why_note"), Kind: "text", Value: strings.TrimSpace(v.Query.Get("person")), Max: 200, Complete: "off"}}
	if b.Input.Value == "" {
		return b, nil
	}
	access, err := s.people.Access(r.Context(), v.By, b.Input.Value)
	if errors.Is(err, profile.ErrNotFound) {
		b.Input.Error = v.P.T("promotions.why_nobody")
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	person := access.Actor
	person.Segments = append(person.Segments, s.segmentsOf(v.Brand)...)
	e, err := s.arranger.Explain(r.Context(), v.By, person, p.ID)
	if err != nil {
		return nil, err
	}
	b.Name, b.Href, b.Shown = cmpText(person.Name, person.ID), v.link("/admin/people/"+escape(person.ID)), e.Shown
	for _, f := range e.Findings {
		if text := sayFinding(v, f); text != "" {
			b.Tests = append(b.Tests, whyTest{f.Passed, text})
		}
	}
	return b, nil
}

// sayFinding puts a finding into words, none for a limit that there is not.
func sayFinding(v *visit, f layout.Finding) string {
	key := "promotions.why_" + string(f.Test)
	if f.Test == layout.TestPerson {
		key += "_seen"
	}
	if f.Max == 0 && (f.Test == layout.TestPerson || f.Test == layout.TestDay || f.Test == layout.TestHoldout) {
		return ""
	}
	if f.Test == layout.TestStage {
		return v.P.T("promotions.stage_" + string(f.Stage))
	}
	if !f.Passed {
		key += "_no"
	}
	args := []any{"n", f.N, "max", f.Max, "names", strings.Join(f.Names, ", ")}
	if !f.At.IsZero() {
		args = append(args, "when", v.P.DateTime(f.At, "medium"))
	}
	return v.P.T(key, args...)
}

// typedPromotion returns what a form says about a promotion, and what of it
// cannot be read.
func (s *Site) typedPromotion(kept *layout.Promotion, form url.Values) (layout.Promotion, errs.Fields) {
	p, wrong := layout.Promotion{ID: strings.TrimSpace(form.Get("id"))}, errs.Fields{}
	if kept != nil {
		p = kept.Clone()
		// One without a version would be a new one.
		if p.Version, _ = strconv.Atoi(form.Get("version")); p.Version < 1 {
			p.Version = -1
		}
	}
	p.Slot, p.Address, p.Off = form.Get("slot"), strings.TrimSpace(form.Get("address")), form.Get("off") == "yes"
	p.From, p.To, p.Zone = strings.TrimSpace(form.Get("from")), strings.TrimSpace(form.Get("to")), strings.TrimSpace(form.Get("zone"))
	p.Audience = profile.Audience(form["audience"])
	p.For = layout.Match{Any: form["for.any"], All: form["for.all"], None: form["for.none"]}
	p.Title = typedTexts(p.Title, form, "title.", s.cfg.Locales)
	p.Text = typedTexts(p.Text, form, "text.", s.cfg.Locales)
	for l, text := range p.Text {
		p.Text[l] = strings.ReplaceAll(text, "\r\n", "\n") // as browsers send the end of a line
	}
	p.Action = typedTexts(p.Action, form, "action.", s.cfg.Locales)
	for name, of := range promotionNumbers(&p) {
		text := strings.TrimSpace(form.Get(name))
		n, err := strconv.Atoi(cmpText(text, "0"))
		if err != nil {
			wrong.Add(name, "error.field.not_a_number", nil)
		}
		*of = n
	}
	return p, wrong
}

// promotionNumbers are the numbers of a promotion, by the name that a form has
// for them.
func promotionNumbers(p *layout.Promotion) map[string]*int {
	return map[string]*int{"per_person": &p.PerPerson, "per_day": &p.PerDay, "priority": &p.Priority, "holdout": &p.Holdout}
}
