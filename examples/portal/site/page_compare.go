package site

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/learning"
)

// compareRoutes are the pages of trials of two rankings.
func (s *Site) compareRoutes() []route {
	return []route{
		{"GET " + comparePath, nothing + "how many followed what of which ranking", s.comparePage},
		{"POST " + comparePath, nothing + "answers like the page", s.beginTrial},
		{"POST " + comparePath + "/{number}/stop", nothing + "leads back", s.stopTrial},
	}
}

type compareBody struct {
	Parts   []deskEntry
	Notice  string
	Running *trialRow
	Form    *sheet // nil while one is running
	Past    []trialRow
	Replay  []input
	Replays []replayRow // nil if nobody asked
	Tried   string      // of how many searches
}

type trialRow struct {
	Number                     int
	What, When, Who            string
	Verdict, Look              string
	Votes, Even, Share, Bounds string
	Width                      int    // of 100, those for the other one
	Stop                       string // address
}

type replayRow struct {
	Name, MRR, First string
}

// mostTrials is how many trials are listed.
const mostTrials = 10

// comparePage shows the trial that is running, and what came of others.
func (s *Site) comparePage(w http.ResponseWriter, r *http.Request) error {
	return s.showCompare(w, r, http.StatusOK, nil)
}

func (s *Site) showCompare(w http.ResponseWriter, r *http.Request, status int, faults map[string]string) error {
	ctx, v := r.Context(), visitOf(r.Context())
	list, err := s.engine.Trials(ctx, v.By, mostTrials)
	if err != nil {
		return err
	}
	b := compareBody{Parts: s.searchParts(v)}
	if done := v.Query.Get("done"); done == "begun" || done == "stopped" {
		b.Notice = v.P.T("compare." + done)
	}
	names := map[string]string{}
	for _, t := range list {
		row, err := s.trialRow(ctx, v, t, names)
		if err != nil {
			return err
		}
		if t.Running() {
			row.Stop = v.link(comparePath + "/" + strconv.Itoa(t.Number) + "/stop")
			b.Running = &row
			continue
		}
		b.Past = append(b.Past, row)
	}
	if b.Running == nil {
		b.Form = s.trialForm(r, v, faults)
	}
	if err := s.fillReplay(ctx, v, &b); err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("compare.title"), crumb{Title: v.P.T("tune.title"), Href: v.link(tunePath)})
	p.Body = b
	return s.show(w, r, status, "desk-compare", p)
}

func kindChoices(v *visit) (out []option) {
	for _, k := range search.TrialKinds() {
		out = append(out, option{string(k), v.P.T("compare.kind_" + string(k))})
	}
	return out
}

func (s *Site) trialForm(r *http.Request, v *visit, faults map[string]string) *sheet {
	share := r.PostFormValue("share")
	if share == "" {
		share = "20"
	}
	form := &sheet{Action: v.link(comparePath), Submit: v.P.T("compare.begin"), Wrong: len(faults) > 0, Basics: []input{
		{Name: "kind", Label: v.P.T("compare.kind"), Kind: "select", Value: r.PostFormValue("kind"), Choices: kindChoices(v)},
		{Name: "share", Label: v.P.T("compare.share"), Hint: v.P.T("compare.share_note"), Kind: "text", Value: share, Required: true, Mode: "numeric", Complete: "off"},
	}}
	form.Faults = note(faults, form.Basics)
	return form
}

// trialRow says what came of a trial so far.
func (s *Site) trialRow(ctx context.Context, v *visit, t search.Trial, names map[string]string) (trialRow, error) {
	ballot, err := s.reporter.Ballot(ctx, v.By, t.ID())
	if err != nil {
		return trialRow{}, err
	}
	if err := s.nameIn(ctx, v, names, t.By); err != nil {
		return trialRow{}, err
	}
	verdict := learning.Judge(ballot.Live, ballot.Other)
	row := trialRow{
		Number: t.Number, What: v.P.T("compare.what", "kind", v.P.T("compare.kind_"+string(t.Kind)), "share", t.Share), Who: names[t.By],
		When: v.P.T("compare.since", "when", v.P.DateTime(t.At, "medium")), Even: v.P.T("compare.even", "n", ballot.Even),
		Votes: v.P.T("compare.votes", "live", ballot.Live, "other", ballot.Other), Width: int(100 * verdict.Share),
	}
	if !t.Running() {
		row.When = v.P.T("compare.ran", "from", v.P.DateTime(t.At, "medium"), "until", v.P.DateTime(t.Stopped, "medium"))
	}
	switch {
	case !verdict.Enough:
		row.Verdict, row.Look = v.P.T("compare.not_yet"), "tag-draft"
	case verdict.Other:
		row.Verdict, row.Look = v.P.T("compare.other_wins"), "tag-good"
	default:
		row.Verdict, row.Look = v.P.T("compare.live_wins"), "tag-lock"
	}
	if verdict.Votes > 0 {
		row.Share = v.P.T("compare.share_of", "share", v.P.Percent(verdict.Share, 0))
		row.Bounds = v.P.T("compare.bounds", "low", v.P.Percent(verdict.Low, 0), "high", v.P.Percent(verdict.High, 0))
	}
	return row, nil
}

// beginTrial begins a trial.
func (s *Site) beginTrial(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return search.ErrInvalid
	}
	ctx, v := r.Context(), visitOf(r.Context())
	kind := search.TrialKind(r.PostFormValue("kind"))
	share, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue("share")))
	if err != nil {
		share = 0 // it is said at the field
	}
	_, err = s.engine.BeginTrial(ctx, v.By, kind, share)
	if errors.Is(err, search.ErrConflict) && s.beganBefore(ctx, v, kind, share) {
		err = nil // the button was pressed twice
	}
	return s.afterForm(w, r, err, comparePath+"?done=begun", func(status int, faults map[string]string) error {
		return s.showCompare(w, r, status, faults)
	})
}

// beganBefore reports whether the trial that is running is the visitor's own of a
// moment ago.
func (s *Site) beganBefore(ctx context.Context, v *visit, kind search.TrialKind, share int) bool {
	list, err := s.engine.Trials(ctx, v.By, 1)
	return err == nil && len(list) > 0 && list[0].Running() && list[0].Kind == kind && list[0].Share == share && list[0].By == v.By.ID && s.cfg.Now().Sub(list[0].At) < time.Minute
}

func (s *Site) stopTrial(w http.ResponseWriter, r *http.Request) error {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return search.ErrNotFound
	}
	v := visitOf(r.Context())
	if err := s.engine.StopTrial(r.Context(), v.By, number); err != nil {
		return err
	}
	http.Redirect(w, r, v.link(comparePath+"?done=stopped"), http.StatusSeeOther)
	return nil
}

const (
	replayDays = 14
	mostReplay = 100 // searches that are replayed, each of which is asked twice
)

// fillReplay asks earlier searches again of both rankings, if somebody wants it.
func (s *Site) fillReplay(ctx context.Context, v *visit, b *compareBody) error {
	kind := search.TrialKind(v.Query.Get("replay"))
	b.Replay = []input{{Name: "replay", Label: v.P.T("compare.kind"), Kind: "select", Value: string(kind), Choices: kindChoices(v)}}
	if !slices.Contains(search.TrialKinds(), kind) {
		return nil
	}
	scores, err := s.replayed(ctx, v, kind)
	if err != nil {
		return err
	}
	for i, key := range []string{"compare.live", "compare.other"} {
		b.Replays = append(b.Replays, replayRow{v.P.T(key), v.P.Decimal(scores[i].MRR, 3), v.P.Percent(scores[i].First, 0)})
	}
	b.Tried = v.P.T("compare.replayed", "n", scores[0].Searches)
	return nil
}

// replayed says where two rankings would have put what people found lately.
func (s *Site) replayed(ctx context.Context, v *visit, kind search.TrialKind) ([]learning.Score, error) {
	var failed error
	known := map[string][2][]string{}
	ranking := func(which int) learning.Ranking {
		return func(o learning.Outcome) []string {
			key := o.Locale + "|" + o.Question
			both, ok := known[key]
			if !ok {
				live, other, err := s.engine.Rankings(ctx, v.By, kind, o.Question, o.Locale)
				if err != nil {
					failed = err
				}
				both = [2][]string{live, other}
				known[key] = both
			}
			return both[which]
		}
	}
	events := sqlanalytics.New(s.db.write).WithReader(s.db.read)
	from := s.cfg.Now().AddDate(0, 0, -replayDays)
	found := events.Scan(ctx, analytics.Range{From: from, Names: []string{search.EventPerformed, search.EventClicked, "article.rated", contactOpened}})
	scores, err := learning.Replay(firstFollowed(learning.Outcomes(found, contactOpened)), ranking(0), ranking(1))
	return scores, errors.Join(err, failed)
}

// firstFollowed yields outcomes in which something was followed, and not too many.
func firstFollowed(all iter.Seq2[learning.Outcome, error]) iter.Seq2[learning.Outcome, error] {
	return func(yield func(learning.Outcome, error) bool) {
		n := 0
		for o, err := range all {
			if err == nil && len(o.Worth) == 0 {
				continue
			}
			if n++; !yield(o, err) || n >= mostReplay {
				return
			}
		}
	}
}
