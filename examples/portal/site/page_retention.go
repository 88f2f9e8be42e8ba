package site

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/retention"
)

const retentionPath = "/admin/retention"

// retentionRoutes are the pages about how long things are kept, and whose must be.
func (s *Site) retentionRoutes() []route {
	decides := func(serve web.Func) web.Func { return s.permitted(profile.PermissionRetention, serve) }
	const kept = nothing + "how long things are kept, to those who may decide it"
	return []route{
		{"GET " + retentionPath, kept, decides(s.retentionPage)},
		{"POST " + retentionPath + "/classes/{class}", kept, decides(s.changeClass)},
		{"POST " + retentionPath + "/classes/{class}/prune", kept, decides(s.surely(retentionPath, s.pruneClass))},
		{"POST " + retentionPath + "/holds", kept, decides(s.placeHold)},
		{"POST " + retentionPath + "/holds/{id}/release", nothing + "leads back", decides(s.releaseHold)},
		{"POST " + retentionPath + "/requests/{id}", nothing + "leads back", decides(s.surely(retentionPath, s.carryOut))},
		{"POST /account/privacy/erasures/{id}/withdraw", nothing + "leads back", s.signedIn(s.withdrawErasure)},
	}
}

type retentionBody struct {
	Notice   string
	Classes  []classRow
	Holds    []holdRow
	Requests []erasureRow
	Form     *sheet
}

type classRow struct {
	retention.Standing
	Title, Why    string
	Due, Fault    string
	Action, Prune string // addresses of forms
	Form          *sheet
	Try           string // what another period would mean
}

type holdRow struct {
	retention.Hold
	Who, Maker, Ground string
	Release            string // address of the form, empty if it has ended
}

type erasureRow struct {
	retention.Request
	Who, Asker, Ground, What string
	Action                   string // address of the form
	Held                     bool
}

// retentionForm is what was typed on the page and what came of it.
type retentionForm struct {
	class, days string // of the class that is being changed
	try         string
	faults      map[string]string // of the class
	draft       retention.HoldDraft
	until       string
	wrong       map[string]string // of the hold
	conflict    error             // why nothing was done
}

// retentionDone are the texts about what has just happened.
var retentionDone = map[string]string{
	"saved": "retention.saved", "pruned": "retention.pruned", "held": "retention.held", "released": "retention.released", "erased": "retention.erased",
}

func (s *Site) retentionPage(w http.ResponseWriter, r *http.Request) error {
	s.typedBefore(w, r)
	return s.showRetention(w, r, http.StatusOK, retentionForm{})
}

func (s *Site) showRetention(w http.ResponseWriter, r *http.Request, status int, form retentionForm) (err error) {
	ctx, v := r.Context(), visitOf(r.Context())
	var b retentionBody
	if key := retentionDone[v.Query.Get("done")]; key != "" && status == http.StatusOK {
		n, _ := strconv.Atoi(v.Query.Get("n"))
		b.Notice = v.P.T(key, "n", n)
	}
	if form.conflict != nil {
		b.Notice = v.P.Error(form.conflict)
	}
	if b.Classes, err = s.classRows(ctx, v, form); err != nil {
		return err
	}
	if b.Holds, err = s.holdRows(ctx, v); err != nil {
		return err
	}
	list, err := s.holds.Requests(ctx, v.By, retention.RequestQuery{Status: retention.StatusWaiting})
	if err != nil {
		return err
	}
	if b.Requests, err = s.erasureRows(ctx, v, list); err != nil {
		return err
	}
	b.Form = s.holdSheet(v, form)
	p := s.newPage(r, v.P.T("retention.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.adminCrumbs(v)
	return s.show(w, r, status, "retention", p)
}

func (s *Site) classRows(ctx context.Context, v *visit, form retentionForm) ([]classRow, error) {
	list, err := s.schedule.Classes(ctx, v.By)
	out := make([]classRow, len(list))
	for i, c := range list {
		at := v.link(retentionPath + "/classes/" + escape(c.Name))
		row := classRow{
			Standing: c, Title: v.P.T("retention.class." + c.Name), Why: v.P.T("retention.why." + c.Name),
			Action: at, Prune: at + "/prune",
		}
		n, more, err := s.schedule.Due(ctx, v.By, c.Name, 0)
		if err != nil {
			return nil, err
		}
		row.Due = dueText(v, n, more)
		days := input{
			Name: "days", Label: v.P.T("retention.days"), Hint: v.P.T("retention.limits", "min", c.Min, "max", c.Max, "days", c.Days),
			Kind: "text", Value: strconv.Itoa(c.Kept), Max: 6, Mode: "numeric", Required: true, Complete: "off", Row: i + 1,
		}
		row.Form = &sheet{Action: at, Version: c.Version, Submit: v.P.T("retention.change"), Tries: true, Basics: []input{days}}
		if form.class == c.Name {
			row.Form.Basics[0].Value, row.Try, row.Form.Wrong = form.days, form.try, len(form.faults) > 0
			row.Form.Faults = note(form.faults, row.Form.Basics)
		}
		out[i] = row
	}
	return out, err
}

func dueText(v *visit, n int, more bool) string {
	if more {
		return v.P.T("retention.due_more", "n", n)
	}
	return v.P.T("retention.due", "n", n)
}

// changeClass keeps a class for longer or less long, or says first what that
// would mean.
func (s *Site) changeClass(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	ctx, v := r.Context(), visitOf(r.Context())
	form := retentionForm{class: r.PathValue("class"), days: strings.TrimSpace(r.PostFormValue("days"))}
	days, err := strconv.Atoi(form.days)
	version, _ := strconv.Atoi(r.PostFormValue("version"))
	if err != nil || days <= 0 {
		err = s.daysOutOfRange(ctx, v.By, form.class)
	}
	if err == nil && r.PostFormValue("do") == "try" {
		n, more, failed := s.schedule.Due(ctx, v.By, form.class, days)
		if failed != nil {
			return failed
		}
		form.try = dueText(v, n, more)
		return s.showRetention(w, r, http.StatusOK, form)
	}
	if err == nil {
		err = s.schedule.Change(ctx, v.By, form.class, days, version)
	}
	return s.afterForm(w, r, err, retentionPath+"?done=saved", func(status int, faults map[string]string) error {
		form.faults = faults
		return s.showRetention(w, r, status, form)
	})
}

// daysOutOfRange says for how many days a class can be kept.
func (s *Site) daysOutOfRange(ctx context.Context, by profile.Actor, class string) error {
	list, err := s.schedule.Classes(ctx, by)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.Name == class {
			return errs.Field("days", "error.field.out_of_range", map[string]any{"min": c.Min, "max": c.Max})
		}
	}
	return profile.ErrNotFound
}

func (s *Site) pruneClass(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	n, err := s.schedule.Prune(r.Context(), v.By, r.PathValue("class"))
	if err != nil {
		return s.retentionAgain(w, r, err)
	}
	http.Redirect(w, r, v.link(retentionPath)+"?done=pruned&n="+strconv.Itoa(n), http.StatusSeeOther)
	return nil
}

func (s *Site) holdRows(ctx context.Context, v *visit) ([]holdRow, error) {
	list, err := s.holds.List(ctx, v.By, retention.HoldQuery{})
	out, names := make([]holdRow, len(list)), map[string]string{}
	for i, h := range list {
		if err := errors.Join(s.nameIn(ctx, v, names, h.Person), s.nameIn(ctx, v, names, h.By)); err != nil {
			return nil, err
		}
		row := holdRow{Hold: h, Who: names[h.Person], Maker: names[h.By], Ground: v.P.T("retention.ground." + string(h.Ground))}
		if h.Keeps(s.cfg.Now()) {
			row.Release = v.link(retentionPath + "/holds/" + escape(h.ID) + "/release")
		}
		out[i] = row
	}
	return out, err
}

// erasureRows shows erasures that were refused.
func (s *Site) erasureRows(ctx context.Context, v *visit, list []retention.Request) ([]erasureRow, error) {
	names, out := map[string]string{}, make([]erasureRow, len(list))
	for i, q := range list {
		if err := errors.Join(s.nameIn(ctx, v, names, q.Person), s.nameIn(ctx, v, names, q.By)); err != nil {
			return nil, err
		}
		row := erasureRow{Request: q, Who: names[q.Person], Asker: names[q.By], Ground: v.P.T("retention.ground." + string(q.Ground)), What: v.P.T("retention.status." + string(q.Status))}
		if s.policy.May(v.By, profile.PermissionRetention) {
			held, err := s.holds.List(ctx, v.By, retention.HoldQuery{Person: q.Person, At: s.cfg.Now(), Limit: 1})
			if err != nil {
				return nil, err
			}
			row.Held, row.Action = len(held) > 0, v.link(retentionPath+"/requests/"+escape(q.ID))
		}
		out[i] = row
	}
	return out, nil
}

func (s *Site) holdSheet(v *visit, form retentionForm) *sheet {
	ground := input{Name: "ground", Label: v.P.T("retention.ground"), Kind: "select", Value: string(form.draft.Ground)}
	for _, g := range retention.Grounds() {
		ground.Choices = append(ground.Choices, option{string(g), v.P.T("retention.ground." + string(g))})
	}
	f := &sheet{
		Action: v.link(retentionPath+"/holds") + "#new", Submit: v.P.T("retention.place"), Wrong: len(form.wrong) > 0, Hidden: []option{{Value: "key", Label: idem.New()}},
		Basics: []input{
			{Name: "person", Label: v.P.T("audit.person"), Hint: v.P.T("retention.person_note"), Kind: "text", Value: form.draft.Person, Required: true, Max: 200, Complete: "off"},
			ground,
			{Name: "reason", Label: v.P.T("retention.reason"), Hint: v.P.T("retention.reason_note"), Kind: "lines", Value: form.draft.Reason, Required: true, Max: 500},
			{Name: "until", Label: v.P.T("retention.until"), Hint: v.P.T("retention.until_note"), Kind: "date", Value: form.until},
		},
	}
	f.Faults = note(form.wrong, f.Basics)
	return f
}

// placeHold keeps what is known of somebody from going.
func (s *Site) placeHold(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v := visitOf(r.Context())
	form := retentionForm{until: r.PostFormValue("until"), draft: retention.HoldDraft{
		Person: strings.TrimSpace(r.PostFormValue("person")), Ground: retention.Ground(r.PostFormValue("ground")), Reason: r.PostFormValue("reason"), Key: r.PostFormValue("key"),
	}}
	until, err := day(form.until, zoneOf(v.By))
	if form.draft.Until = until; err != nil {
		err = errs.Field("until", "error.field.bad_date", nil)
	}
	if err == nil {
		_, err = s.holds.Place(r.Context(), v.By, form.draft)
	}
	return s.afterForm(w, r, err, retentionPath+"?done=held", func(status int, faults map[string]string) error {
		form.wrong = faults
		return s.showRetention(w, r, status, form)
	})
}

func (s *Site) releaseHold(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if _, err := s.holds.Release(r.Context(), v.By, r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, v.link(retentionPath)+"?done=released", http.StatusSeeOther)
	return nil
}

// carryOut erases somebody who was refused before.
func (s *Site) carryOut(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if err := s.holds.CarryOut(r.Context(), v.By, r.PathValue("id")); err != nil {
		return s.retentionAgain(w, r, err)
	}
	http.Redirect(w, r, v.link(retentionPath)+"?done=erased", http.StatusSeeOther)
	return nil
}

// retentionAgain shows the page as it is now, with why nothing was done: somebody
// was quicker, or something stands against it.
func (s *Site) retentionAgain(w http.ResponseWriter, r *http.Request, err error) error {
	if !errors.Is(err, profile.ErrConflict) {
		return err
	}
	return s.showRetention(w, r, http.StatusConflict, retentionForm{conflict: err})
}

// ownErasures are the erasures that were refused to whoever looks at the page.
func (s *Site) ownErasures(ctx context.Context, v *visit) ([]erasureRow, error) {
	if v.By.Viewer != "" {
		return nil, nil
	}
	list, err := s.holds.Requests(ctx, v.By, retention.RequestQuery{Person: v.By.ID})
	if err != nil {
		return nil, err
	}
	rows, err := s.erasureRows(ctx, v, list)
	for i, row := range rows {
		rows[i].Action = ""
		if row.By == v.By.ID && row.Status == retention.StatusWaiting {
			rows[i].Action = v.link("/account/privacy/erasures/" + escape(row.ID) + "/withdraw")
		}
	}
	return rows, err
}

func (s *Site) withdrawErasure(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	err := s.holds.Withdraw(r.Context(), v.By, r.PathValue("id"))
	if err != nil && !errors.Is(err, profile.ErrNotFound) {
		return err
	}
	http.Redirect(w, r, v.link("/account/privacy")+"#erasures", http.StatusSeeOther)
	return nil
}
