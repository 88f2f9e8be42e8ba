package search

import (
	"net/http"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

type versionWire struct {
	Number   int       `json:"number" doc:"from 1; 0 if nothing was ever live"`
	By       string    `json:"by" doc:"ID of whoever made it live"`
	At       time.Time `json:"at"`
	Note     string    `json:"note"`
	Restored int       `json:"restored,omitempty" doc:"the version that was brought back"`
	Tuning   *Tuning   `json:"tuning,omitempty"`
}

type draftWire struct {
	Revision int    `json:"revision" doc:"to be sent with what is made of it"`
	Open     bool   `json:"open" doc:"there is a draft; if not, what is live is shown"`
	Tuning   Tuning `json:"tuning"`
}

type tuningWire struct {
	Live  versionWire `json:"live"`
	Draft draftWire   `json:"draft"`
}

type saveTuningWire struct {
	Revision int    `json:"revision" doc:"of the draft that was read"`
	Tuning   Tuning `json:"tuning"`
}

type publishWire struct {
	Revision int    `json:"revision" doc:"of the draft"`
	Live     int    `json:"live" doc:"number of the version that it takes the place of"`
	Note     string `json:"note" validate:"max=2000" doc:"why"`
}

type restoreWire struct {
	Live int    `json:"live" doc:"number of the version that it takes the place of"`
	Note string `json:"note" validate:"max=2000" doc:"why"`
}

type versionsWire struct {
	Versions []versionWire `json:"versions"`
}

type rehearsalWire struct {
	Tuning  *Tuning  `json:"tuning" doc:"the draft if missing"`
	Queries []string `json:"queries" doc:"at most 20; those asked most are tried as well"`
	Locale  string   `json:"locale" validate:"max=35"`
	Own     bool     `json:"own" doc:"as whoever asks sees it, and not an anonymous visitor"`
}

type comparedWire struct {
	ID     string `json:"id"`
	Group  string `json:"group"`
	Title  string `json:"title"`
	Path   string `json:"path"`
	Rank   int    `json:"rank" doc:"after; 0 if it is not among the first"`
	Was    int    `json:"was" doc:"before; 0 if it was not"`
	Pinned bool   `json:"pinned"`
}

type comparisonWire struct {
	Query       string         `json:"query"`
	Asked       bool           `json:"asked" doc:"it is one of those that were asked most"`
	Changed     bool           `json:"changed"`
	Before      []comparedWire `json:"before"`
	After       []comparedWire `json:"after"`
	TotalBefore int            `json:"total_before"`
	TotalAfter  int            `json:"total_after"`
}

type previewWire struct {
	Comparisons []comparisonWire `json:"comparisons"`
}

func wireVersion(v TuningVersion, whole bool) versionWire {
	out := versionWire{Number: v.Number, By: v.By, At: v.At, Note: v.Note, Restored: v.Restored}
	if whole {
		t := v.listed()
		out.Tuning = &t
	}
	return out
}

// listed returns t with empty lists in the place of none.
func (t Tuning) listed() Tuning {
	t = t.Clone()
	t.Synonyms, t.Pins, t.StopWords = append([]Synonym{}, t.Synonyms...), append([]Pin{}, t.Pins...), append([]StopWord{}, t.StopWords...)
	return t
}

func wireCompared(list []Compared) []comparedWire {
	out := make([]comparedWire, 0, len(list))
	for _, d := range list {
		out = append(out, comparedWire{ID: d.ID, Group: d.Group, Title: d.Title, Path: d.Path, Rank: d.Rank, Was: d.Was, Pinned: d.Pinned})
	}
	return out
}

const maxTuningBody = 2 << 20

// serveTuning adds what those who tune searches do.
func (e *Engine) serveTuning(api *web.API) {
	policy := "needs " + string(profile.PermissionSearchTune)
	add := func(op web.Op, serve web.Func) {
		op.Policy, op.Errors, op.MaxBody = policy, append(op.Errors, 503), maxTuningBody
		api.Handle(op, serve)
	}
	add(web.Op{
		Method: "GET", Path: "/tuning", Name: "search.tuning", Summary: "Returns synonyms, pins and stop words: those that are live and the draft.", Out: tuningWire{},
	}, e.serveReadTuning)
	add(web.Op{
		Method: "PUT", Path: "/tuning/draft", Name: "search.save_tuning", Summary: "Saves the draft.", In: saveTuningWire{}, Out: draftWire{}, Errors: []int{409},
	}, e.serveSaveTuning)
	add(web.Op{
		Method: "DELETE", Path: "/tuning/draft", Name: "search.drop_tuning", Summary: "Gives up the draft.", Params: dropParams{}, Errors: []int{409},
	}, e.serveDropTuning)
	add(web.Op{
		Method: "POST", Path: "/tuning/preview", Name: "search.preview_tuning", Summary: "Returns what a tuning would do to some queries.", In: rehearsalWire{}, Out: previewWire{}, Errors: []int{429},
	}, e.servePreview)
	add(web.Op{
		Method: "POST", Path: "/tuning/versions", Name: "search.publish_tuning", Summary: "Makes the draft live.", In: publishWire{}, Out: versionWire{}, Errors: []int{409},
	}, e.servePublish)
	add(web.Op{
		Method: "GET", Path: "/tuning/versions", Name: "search.tuning_versions", Summary: "Lists the versions, newest first.", Params: versionsParams{}, Out: versionsWire{},
	}, e.serveVersions)
	add(web.Op{
		Method: "GET", Path: "/tuning/versions/{number}", Name: "search.tuning_version", Summary: "Returns a version.", Out: versionWire{},
	}, e.serveVersion)
	add(web.Op{
		Method: "POST", Path: "/tuning/versions/{number}/restore", Name: "search.restore_tuning", Summary: "Makes an earlier version live again.", In: restoreWire{}, Out: versionWire{}, Errors: []int{409},
	}, e.serveRestore)
}

type dropParams struct {
	Revision int `query:"revision" doc:"of the draft that was read"`
}

type versionsParams struct {
	Before int `query:"before" doc:"only those below this number"`
	Limit  int `query:"limit" default:"20" clamp:"1,50"`
}

func (e *Engine) serveReadTuning(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), profile.FromContext(r.Context())
	live, err := e.LiveTuning(ctx, by)
	if err != nil {
		return err
	}
	d, err := e.TuningDraft(ctx, by)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, tuningWire{Live: wireVersion(live, true), Draft: wireDraft(d)})
}

func wireDraft(d TuningDraft) draftWire {
	return draftWire{Revision: d.Revision, Open: d.Open, Tuning: d.listed()}
}

func (e *Engine) serveSaveTuning(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[saveTuningWire](w, r, maxTuningBody)
	if err != nil {
		return err
	}
	d, err := e.SaveTuning(r.Context(), profile.FromContext(r.Context()), in.Tuning, in.Revision)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireDraft(d))
}

func (e *Engine) serveDropTuning(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[dropParams](r)
	if err != nil {
		return err
	}
	if err := e.DropTuning(r.Context(), profile.FromContext(r.Context()), p.Revision); err != nil {
		return err
	}
	return web.NoContent(w)
}

func (e *Engine) servePreview(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[rehearsalWire](w, r, maxTuningBody)
	if err != nil {
		return err
	}
	ctx, by := r.Context(), profile.FromContext(r.Context())
	if in.Tuning == nil {
		d, err := e.TuningDraft(ctx, by)
		if err != nil {
			return err
		}
		in.Tuning = &d.Tuning
	}
	list, err := e.Preview(ctx, by, Rehearsal{Tuning: *in.Tuning, Queries: in.Queries, Locale: in.Locale, Own: in.Own})
	if err != nil {
		return err
	}
	out := previewWire{Comparisons: make([]comparisonWire, 0, len(list))}
	for _, c := range list {
		out.Comparisons = append(out.Comparisons, comparisonWire{
			Query: c.Query, Asked: c.Asked, Changed: c.Changed(), Before: wireCompared(c.Before), After: wireCompared(c.After),
			TotalBefore: c.TotalBefore, TotalAfter: c.TotalAfter,
		})
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (e *Engine) servePublish(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[publishWire](w, r, 0)
	if err != nil {
		return err
	}
	v, err := e.PublishTuning(r.Context(), profile.FromContext(r.Context()), in.Revision, in.Live, in.Note)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireVersion(v, true))
}

func (e *Engine) serveVersions(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[versionsParams](r)
	if err != nil {
		return err
	}
	list, err := e.TuningVersions(r.Context(), profile.FromContext(r.Context()), p.Before, p.Limit)
	if err != nil {
		return err
	}
	out := versionsWire{Versions: make([]versionWire, 0, len(list))}
	for _, v := range list {
		out.Versions = append(out.Versions, wireVersion(v, false))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

// versionNumber returns the version that a path names. One that is no number is
// none that there is.
func versionNumber(r *http.Request) (int, error) {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return 0, errs.NotFound
	}
	return number, nil
}

func (e *Engine) serveVersion(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), profile.FromContext(r.Context())
	number, err := versionNumber(r)
	if err != nil {
		return err
	}
	v, err := e.TuningVersion(ctx, by, number)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireVersion(v, true))
}

func (e *Engine) serveRestore(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), profile.FromContext(r.Context())
	number, err := versionNumber(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[restoreWire](w, r, 0)
	if err != nil {
		return err
	}
	v, err := e.RestoreTuning(ctx, by, number, in.Live, in.Note)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireVersion(v, true))
}
