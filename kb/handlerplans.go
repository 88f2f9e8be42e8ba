package kb

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

type planRequestWire struct {
	Do    Deed      `json:"do" doc:"\"publish\" or \"archive\""`
	At    time.Time `json:"at"`
	Minor bool      `json:"minor,omitempty" doc:"a small change, that followers are not told of"`
	Note  string    `json:"note,omitempty"`
}

type planWire struct {
	ID        string    `json:"id"`
	Article   string    `json:"article"`
	Locale    string    `json:"locale"`
	Do        Deed      `json:"do"`
	Revision  int       `json:"revision,omitempty"`
	Minor     bool      `json:"minor,omitempty"`
	At        time.Time `json:"at"`
	By        string    `json:"by,omitempty"`
	Note      string    `json:"note,omitempty"`
	State     PlanState `json:"state"`
	Error     string    `json:"error,omitempty" doc:"message key of why it failed"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

type plansWire struct {
	Plans []planWire `json:"plans"`
	Next  string     `json:"next,omitempty"`
}

func wireOfPlan(p Plan) planWire {
	return planWire{
		ID: p.ID, Article: p.Article, Locale: p.Locale, Do: p.Do, Revision: p.Revision, Minor: p.Minor, At: p.At, By: p.By, Note: p.Note,
		State: p.State, Error: p.Error, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}
}

func (l *Library) servePlan(w http.ResponseWriter, r *http.Request) error {
	id, locale, key, in, err := creation[planRequestWire](w, r)
	if err != nil {
		return err
	}
	p, err := l.Plan(r.Context(), profile.FromContext(r.Context()), id, locale, PlanRequest{Do: in.Do, At: in.At, Minor: in.Minor, Note: in.Note, Key: key})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusCreated, wireOfPlan(p))
}

func (l *Library) serveCancelPlan(w http.ResponseWriter, r *http.Request) error {
	return on(l.CancelPlan, wireOfPlan)(w, r)
}

type plansParams struct {
	Article string      `query:"article" max:"100"`
	Locale  string      `query:"locale" max:"35"`
	State   []PlanState `query:"state"`
	From    time.Time   `query:"from"`
	Until   time.Time   `query:"until"`
	After   string      `query:"after"`
	Limit   int         `query:"limit" default:"50" clamp:"1,200"`
}

func (l *Library) servePlans(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[plansParams](r)
	if err != nil {
		return err
	}
	page, next, err := l.Plans(r.Context(), profile.FromContext(r.Context()), PlanList{
		Article: p.Article, Locale: p.Locale, States: p.State, From: p.From, Until: p.Until, After: p.After, Limit: p.Limit,
	})
	if err != nil {
		return err
	}
	out := plansWire{Plans: make([]planWire, 0, len(page)), Next: next}
	for _, v := range page {
		out.Plans = append(out.Plans, wireOfPlan(v))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

type verificationWire struct {
	Article string    `json:"article"`
	By      string    `json:"by,omitempty"`
	At      time.Time `json:"at,omitzero"`
	Until   time.Time `json:"until,omitzero"`
	Lapsed  bool      `json:"lapsed,omitempty"`
}

type verificationsWire struct {
	Verifications []verificationWire `json:"verifications"`
	Next          string             `json:"next,omitempty"`
}

func wireOfVerification(v Verification) verificationWire {
	return verificationWire{Article: v.Article, By: v.By, At: v.At, Until: v.Until, Lapsed: v.Lapsed}
}

type expiringParams struct {
	From  time.Time `query:"from"`
	Until time.Time `query:"until"`
	Mine  bool      `query:"mine" doc:"only of articles that are the asker's"`
	After string    `query:"after"`
	Limit int       `query:"limit" default:"50" clamp:"1,200"`
}

func (l *Library) serveExpiring(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[expiringParams](r)
	if err != nil {
		return err
	}
	page, next, err := l.Expiring(r.Context(), profile.FromContext(r.Context()), ExpiryList(p))
	if err != nil {
		return err
	}
	out := verificationsWire{Verifications: make([]verificationWire, 0, len(page)), Next: next}
	for _, v := range page {
		out.Verifications = append(out.Verifications, wireOfVerification(v))
	}
	return web.JSON(w, r, http.StatusOK, out)
}
