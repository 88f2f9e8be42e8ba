package kb

import (
	"context"
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

func (l *Library) serveProcess(api *web.API) {
	write, publish, review := byWriters, string(profile.PermissionContentPublish), string(profile.PermissionContentReview)
	api.Handle(web.Op{
		Method: "POST", Path: "/manuscripts/{id}/texts/{locale}/reviews", Name: "kb.request_review", Summary: "Asks reviewers to look at the newest revision.",
		Policy: write + ", and " + publish + " to have it published when it is approved", In: reviewRequestWire{}, Out: reviewWire{}, Create: true,
	}, l.serveRequestReview)
	api.Handle(web.Op{
		Method: "GET", Path: "/reviews", Name: "kb.reviews", Summary: "Lists reviews of texts that the asker sees at the desk, newest first.",
		Policy: write, Params: reviewsParams{}, Out: reviewsWire{},
	}, l.serveReviews)
	api.Handle(web.Op{
		Method: "GET", Path: "/reviews/{id}", Name: "kb.review", Summary: "Returns a review.", Policy: write, Out: reviewWire{},
	}, l.serveReview)
	api.Handle(web.Op{
		Method: "PUT", Path: "/reviews/{id}/verdict", Name: "kb.decide", Summary: "Says what the reviewer thinks. The same again changes nothing.",
		Policy: review, In: verdictWire{}, Out: reviewWire{},
	}, l.serveDecide)
	api.Handle(web.Op{
		Method: "DELETE", Path: "/reviews/{id}", Name: "kb.withdraw_review", Summary: "Ends a review that nobody has to look at any more.",
		Policy: "who asked for it, or " + publish, Out: reviewWire{},
	}, onReview(l.WithdrawReview))
	l.servePlanning(api, publish)
	l.serveVerifying(api, review)
}

func (l *Library) servePlanning(api *web.API, publish string) {
	api.Handle(web.Op{
		Method: "POST", Path: "/manuscripts/{id}/texts/{locale}/plans", Name: "kb.plan", Summary: "Has a text published or archived at a time.",
		Policy: publish, In: planRequestWire{}, Out: planWire{}, Create: true,
	}, l.servePlan)
	api.Handle(web.Op{
		Method: "GET", Path: "/plans", Name: "kb.plans", Summary: "Lists plans for texts that the asker sees at the desk, by their time.",
		Policy: byWriters, Params: plansParams{}, Out: plansWire{},
	}, l.servePlans)
	api.Handle(web.Op{
		Method: "DELETE", Path: "/plans/{id}", Name: "kb.cancel_plan", Summary: "Has a plan not be carried out.", Policy: publish, Out: planWire{},
	}, l.serveCancelPlan)
}

func (l *Library) serveVerifying(api *web.API, review string) {
	api.Handle(web.Op{
		Method: "PUT", Path: "/manuscripts/{id}/verification", Name: "kb.verify", Summary: "Says that an article is true.", Policy: review, Out: verificationWire{},
	}, onArticle(l.Verify))
	api.Handle(web.Op{
		Method: "DELETE", Path: "/manuscripts/{id}/verification", Name: "kb.unverify", Summary: "Says that nobody can vouch for an article any more.",
		Policy: review, Out: verificationWire{},
	}, onArticle(l.Unverify))
	api.Handle(web.Op{
		Method: "GET", Path: "/verifications", Name: "kb.expiring", Summary: "Lists verifications by the time at which they run out.",
		Policy: byWriters, Params: expiringParams{}, Out: verificationsWire{},
	}, l.serveExpiring)
}

type reviewRequestWire struct {
	Reviewers []string  `json:"reviewers,omitempty" doc:"IDs; none means anybody who may review"`
	Rule      Rule      `json:"rule,omitempty" doc:"\"any\", \"majority\" or \"unanimous\"; empty means that of the process"`
	Note      string    `json:"note,omitempty"`
	Due       time.Time `json:"due,omitzero"`
	Publish   bool      `json:"publish,omitempty" doc:"publish when approved"`
	PublishAt time.Time `json:"publish_at,omitzero" doc:"and not before"`
}

type reviewWire struct {
	ID        string      `json:"id"`
	Article   string      `json:"article"`
	Locale    string      `json:"locale"`
	Revision  int         `json:"revision"`
	Rule      Rule        `json:"rule"`
	Needed    int         `json:"needed,omitempty"`
	By        string      `json:"by,omitempty"`
	Note      string      `json:"note,omitempty"`
	Due       time.Time   `json:"due,omitzero"`
	Publish   bool        `json:"publish,omitempty"`
	PublishAt time.Time   `json:"publish_at,omitzero"`
	State     ReviewState `json:"state"`
	Votes     []voteWire  `json:"votes"`
	CreatedAt time.Time   `json:"created_at"`
	UpdatedAt time.Time   `json:"updated_at"`
}

type voteWire struct {
	Person  string    `json:"person,omitempty"`
	Asked   bool      `json:"asked"`
	Verdict Verdict   `json:"verdict,omitempty"`
	Comment string    `json:"comment,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

type reviewsWire struct {
	Reviews []reviewWire `json:"reviews"`
	Next    string       `json:"next,omitempty"`
}

type verdictWire struct {
	Verdict Verdict `json:"verdict" doc:"\"approve\" or \"reject\""`
	Comment string  `json:"comment,omitempty" doc:"required with \"reject\""`
}

func wireOfReview(r Review) reviewWire {
	out := reviewWire{
		ID: r.ID, Article: r.Article, Locale: r.Locale, Revision: r.Revision, Rule: r.Rule, Needed: r.Needed, By: r.By, Note: r.Note, Due: r.Due,
		Publish: r.Publish, PublishAt: r.PublishAt, State: r.State, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Votes: []voteWire{},
	}
	for _, v := range r.Votes {
		out.Votes = append(out.Votes, voteWire(v))
	}
	return out
}

func (l *Library) serveRequestReview(w http.ResponseWriter, r *http.Request) error {
	id, locale, key, in, err := creation[reviewRequestWire](w, r)
	if err != nil {
		return err
	}
	made, err := l.RequestReview(r.Context(), profile.FromContext(r.Context()), id, locale, ReviewRequest{
		Reviewers: in.Reviewers, Rule: in.Rule, Note: in.Note, Due: in.Due, Publish: in.Publish, PublishAt: in.PublishAt, Key: key,
	})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusCreated, wireOfReview(made))
}

// creation reads what is made of the text of an article.
func creation[T any](w http.ResponseWriter, r *http.Request) (id, locale, key string, in T, err error) {
	if id, err = web.PathValue(r, "id"); err != nil {
		return
	}
	if locale, err = web.PathValue(r, "locale"); err != nil {
		return
	}
	if in, err = web.Decode[T](w, r, 0); err != nil {
		return
	}
	key, err = web.IdempotencyKey(r)
	return
}

type reviewsParams struct {
	Article string        `query:"article" max:"100"`
	Locale  string        `query:"locale" max:"35"`
	State   []ReviewState `query:"state"`
	Mine    bool          `query:"mine" doc:"only those that wait for the asker"`
	Asked   bool          `query:"asked" doc:"only those that the asker asked for"`
	After   string        `query:"after"`
	Limit   int           `query:"limit" default:"50" clamp:"1,200"`
}

func (l *Library) serveReviews(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[reviewsParams](r)
	if err != nil {
		return err
	}
	page, next, err := l.Reviews(r.Context(), profile.FromContext(r.Context()), ReviewList{
		Article: p.Article, Locale: p.Locale, States: p.State, Mine: p.Mine, Asked: p.Asked, After: p.After, Limit: p.Limit,
	})
	if err != nil {
		return err
	}
	out := reviewsWire{Reviews: make([]reviewWire, 0, len(page)), Next: next}
	for _, v := range page {
		out.Reviews = append(out.Reviews, wireOfReview(v))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (l *Library) serveReview(w http.ResponseWriter, r *http.Request) error {
	return onReview(l.Review)(w, r)
}

// onReview serves what is done with a review and takes nothing more.
func onReview(do func(context.Context, profile.Actor, string) (Review, error)) web.Func {
	return on(do, wireOfReview)
}

// onArticle serves what is done with the verification of an article.
func onArticle(do func(context.Context, profile.Actor, string) (Verification, error)) web.Func {
	return on(do, wireOfVerification)
}

func on[T, W any](do func(context.Context, profile.Actor, string) (T, error), wire func(T) W) web.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := web.PathValue(r, "id")
		if err != nil {
			return err
		}
		v, err := do(r.Context(), profile.FromContext(r.Context()), id)
		if err != nil {
			return err
		}
		return web.JSON(w, r, http.StatusOK, wire(v))
	}
}

func (l *Library) serveDecide(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[verdictWire](w, r, 0)
	if err != nil {
		return err
	}
	return onReview(func(ctx context.Context, by profile.Actor, id string) (Review, error) {
		return l.Decide(ctx, by, id, in.Verdict, in.Comment)
	})(w, r)
}
