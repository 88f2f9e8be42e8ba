package kb

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

func (l *Library) serveHandling(api *web.API) {
	read := string(profile.PermissionFeedbackRead)
	api.Handle(web.Op{
		Method: "POST", Path: "/articles/{id}/suggestions", Name: "kb.suggest", Summary: "Says what is wrong with a passage, or what should stand in its place.",
		Policy: visibility, Public: true, In: suggestionWire{}, Out: feedbackWire{}, Create: true,
	}, l.serveSuggest)
	api.Handle(web.Op{
		Method: "GET", Path: "/feedback", Name: "kb.feedback", Summary: "Lists what readers said, newest first.",
		Policy: read, Params: feedbackParams{}, Out: feedbackPageWire{},
	}, l.serveFeedback)
	api.Handle(web.Op{
		Method: "GET", Path: "/feedback/{id}", Name: "kb.one_feedback", Summary: "Returns one thing that a reader said.", Policy: read, Out: feedbackWire{},
	}, l.serveOneFeedback)
	api.Handle(web.Op{
		Method: "PUT", Path: "/feedback/{id}", Name: "kb.handle_feedback", Summary: "Says how it stands with what a reader said.",
		Policy: read + ", for those who work at the desk", In: handlingWire{}, Out: feedbackWire{}, Update: true,
	}, l.serveHandleFeedback)
	api.Handle(web.Op{
		Method: "GET", Path: "/articles/{id}/feedback", Name: "kb.feedback_figures", Summary: "Counts what readers said of an article.",
		Policy: read, Out: figuresWire{},
	}, l.serveFigures)
}

type suggestionWire struct {
	Locale   string `json:"locale" validate:"max=35" doc:"language it was read in"`
	Quote    string `json:"quote" doc:"the words that it is about"`
	Proposal string `json:"proposal" doc:"what should stand in their place"`
	Reason   Reason `json:"reason" validate:"max=20" doc:"what is wrong: unclear, incorrect, outdated, missing or other"`
	Comment  string `json:"comment"`
	Tell     bool   `json:"tell" doc:"tell me when it is mended"`
}

type handlingWire struct {
	State      FeedbackState `json:"state" doc:"\"open\", \"working\", \"done\" or \"dismissed\""`
	Assignee   string        `json:"assignee" validate:"max=128" doc:"ID of who sees to it"`
	Resolution string        `json:"resolution" doc:"what came of it; required with \"dismissed\""`
}

type figuresWire struct {
	Helpful   int            `json:"helpful"`
	Unhelpful int            `json:"unhelpful"`
	Reasons   map[Reason]int `json:"reasons"`
}

type feedbackParams struct {
	Article string          `query:"article" max:"100"`
	State   []FeedbackState `query:"state" doc:"open, working, done or dismissed"`
	Kind    []FeedbackKind  `query:"kind" doc:"flag or edit"`
	Reason  Reason          `query:"reason" max:"20"`
	Mine    bool            `query:"mine" doc:"only what the asker sees to"`
	After   string          `query:"after"`
	Limit   int             `query:"limit" default:"50" clamp:"1,200"`
}

func (l *Library) serveSuggest(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	in, err := web.Decode[suggestionWire](w, r, 0)
	if err != nil {
		return err
	}
	key, err := web.IdempotencyKey(r)
	if err != nil {
		return err
	}
	f, err := l.Suggest(r.Context(), profile.FromContext(r.Context()), Suggestion{
		Article: id, Locale: in.Locale, Quote: in.Quote, Proposal: in.Proposal, Reason: in.Reason, Comment: in.Comment, Tell: in.Tell, Key: key,
	})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusCreated, wireOfFeedback(f))
}

func (l *Library) serveFeedback(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[feedbackParams](r)
	if err != nil {
		return err
	}
	page, next, err := l.ListFeedback(r.Context(), profile.FromContext(r.Context()), FeedbackList{
		Article: p.Article, States: p.State, Kinds: p.Kind, Reason: p.Reason, Mine: p.Mine, After: p.After, Limit: p.Limit,
	})
	if err != nil {
		return err
	}
	out := feedbackPageWire{Feedback: make([]feedbackWire, 0, len(page)), Next: next}
	for _, f := range page {
		out.Feedback = append(out.Feedback, wireOfFeedback(f))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

// answerFeedback writes what a reader said, with its version.
func answerFeedback(w http.ResponseWriter, r *http.Request, f Feedback) error {
	w.Header().Set("ETag", web.ETag(f.Version))
	return web.JSON(w, r, http.StatusOK, wireOfFeedback(f))
}

func (l *Library) serveOneFeedback(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	f, err := l.FeedbackByID(r.Context(), profile.FromContext(r.Context()), id)
	if err != nil {
		return err
	}
	return answerFeedback(w, r, f)
}

func (l *Library) serveHandleFeedback(w http.ResponseWriter, r *http.Request) error {
	id, _, version, in, err := change[handlingWire](w, r)
	if err != nil {
		return err
	}
	f, err := l.HandleFeedback(r.Context(), profile.FromContext(r.Context()), id, version, Handling(in))
	if err != nil {
		return web.Stale(err)
	}
	return answerFeedback(w, r, f)
}

func (l *Library) serveFigures(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	by := profile.FromContext(r.Context())
	all, err := l.FeedbackFigures(r.Context(), by, []string{id})
	if err != nil {
		return err
	}
	if _, _, err := l.visible(r.Context(), by, id); err != nil {
		return err
	}
	f := all[id]
	if f.Reasons == nil {
		f.Reasons = map[Reason]int{}
	}
	return web.JSON(w, r, http.StatusOK, figuresWire{f.Helpful, f.Unhelpful, f.Reasons})
}
