package site

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

type segmentsBody struct {
	Segments []segmentRow
	Writes   bool // the visitor may change them
	Done     string
}

type segmentRow struct {
	profile.Segment
	Words string // the rule
	Opens bool
	Uses  segmentUse
}

// A segmentUse is how much names a segment as those who may see it, and how many
// rules and promotions as those whom they are for.
type segmentUse struct{ Articles, Categories, Arranged int }

// None reports whether nothing does.
func (u segmentUse) None() bool { return u == segmentUse{} }

// segmentUses returns what names each segment.
func (s *Site) segmentUses(ctx context.Context) (map[string]segmentUse, error) {
	uses := map[string]segmentUse{}
	counts, err := s.articles.CountArticles(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range counts {
		for name := range segmentsIn(c.Audience) {
			u := uses[name]
			u.Articles += c.Articles
			uses[name] = u
		}
	}
	categories, _, err := s.articles.Categories(ctx)
	for _, c := range categories {
		for name := range segmentsIn(c.Audience) {
			u := uses[name]
			u.Categories++
			uses[name] = u
		}
	}
	return uses, errors.Join(err, s.arrangedFor(ctx, uses))
}

// arrangedFor counts the rules and promotions that name each segment.
func (s *Site) arrangedFor(ctx context.Context, uses map[string]segmentUse) error {
	count := func(m layout.Match, a profile.Audience) {
		names := segmentsIn(a)
		for _, name := range slices.Concat(m.Any, m.All, m.None) {
			names[name] = true
		}
		for name := range names {
			u := uses[name]
			u.Arranged++
			uses[name] = u
		}
	}
	book, err := s.arranger.Rules(ctx, system)
	for _, r := range book.Rules {
		count(r.For, nil)
	}
	list, failed := s.arranger.Promotions(ctx, system)
	for _, p := range list {
		count(p.For, p.Audience)
	}
	return errors.Join(err, failed)
}

// segmentsIn returns the segments that an audience names.
func segmentsIn(a profile.Audience) map[string]bool {
	out := map[string]bool{}
	for _, term := range a {
		for name := range strings.SplitSeq(term, "+") {
			out[name] = true
		}
	}
	return out
}

// segmentNotices are the texts about what has just happened.
var segmentNotices = map[string]string{"saved": "person.saved", "removed": "segments.removed"}

// segmentList shows which segments there are.
func (s *Site) segmentList(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r.Context())
	list, err := s.people.Segments(ctx, v.By)
	if err != nil {
		return err
	}
	facts, err := s.knownFacts(ctx, v)
	if err != nil {
		return err
	}
	uses, err := s.segmentUses(ctx)
	if err != nil {
		return err
	}
	b := segmentsBody{Writes: s.policy.May(v.By, profile.PermissionSegmentsWrite)}
	if key := segmentNotices[v.Query.Get("done")]; key != "" {
		b.Done = v.P.T(key)
	}
	for _, one := range list {
		b.Segments = append(b.Segments, segmentRow{one, ruleInWords(v, facts, one.Rule), opens(facts, one.Rule), uses[one.Name]})
	}
	p := s.newPage(r, v.P.T("segments.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.adminCrumbs(v)
	return s.show(w, r, http.StatusOK, "segments", p)
}

// opens reports whether a rule asks for nothing that people say of themselves.
func opens(facts []knownFact, r profile.Rule) bool {
	declared := func(sub profile.Rule) bool { return !opens(facts, sub) }
	return !slices.ContainsFunc(slices.Concat(r.All, r.Any), declared) && (r.Fact == "" || !factNamed(facts, r.Fact).Declared)
}

// A segmentForm is what was typed about a segment, and what came of it.
type segmentForm struct {
	segment profile.Segment
	rule    ruleForm
	kept    *profile.Segment // as it is kept; nil for a new one
	faults  map[string]string
	trial   *profile.Trial
	blind   bool // the visitor may not see what it asks
}

type segmentBody struct {
	Action, Title string
	New           bool
	Version       int
	Basics        []input
	Match         input
	Groups        []groupView
	Text          *input // the rule as programs write it
	Faults        []string
	Wrong         bool
	Opens         bool
	Full          bool
	Kept          string // the rule as it is kept, after a conflict
	Uses          segmentUse
	Trial         *profile.Trial
	Blind         bool
	Sees          bool // the visitor may look at the people
	Remove        string
	Saved         bool
}

func (s *Site) newSegment(w http.ResponseWriter, r *http.Request) error {
	return s.showSegment(w, r, http.StatusOK, segmentForm{rule: ruleForm{Groups: []ruleGroup{{}}}})
}

func (s *Site) segmentPage(w http.ResponseWriter, r *http.Request) error {
	kept, err := s.segmentAsked(r)
	if err != nil {
		return err
	}
	return s.showSegment(w, r, http.StatusOK, segmentForm{segment: *kept, rule: formOfRule(kept.Rule), kept: kept})
}

// segmentAsked returns the segment that a request is about, nil for a new one.
func (s *Site) segmentAsked(r *http.Request) (*profile.Segment, error) {
	if r.PathValue("name") == "" {
		return nil, nil
	}
	name, err := web.PathValue(r, "name")
	if err != nil {
		return nil, err
	}
	list, err := s.people.Segments(r.Context(), visitOf(r.Context()).By)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(one profile.Segment) bool { return one.Name == name })
	if i < 0 {
		return nil, profile.ErrNotFound
	}
	return &list[i], nil
}

// saveSegment keeps a segment, shows what keeping it would change, or adds and
// takes away what is asked in the builder.
func (s *Site) saveSegment(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	kept, err := s.segmentAsked(r)
	if err != nil {
		return err
	}
	form := typedSegment(kept, r)
	do := r.PostFormValue("do")
	if form.rule.rework(do, r.PostForm) {
		return s.showSegment(w, r, http.StatusOK, form)
	}
	form.rule.tidy()
	if form.segment.Rule, err = form.rule.rule(); err == nil {
		if do == "try" {
			return s.trySegment(w, r, form)
		}
		_, err = s.people.SaveSegment(r.Context(), visitOf(r.Context()).By, form.segment)
	}
	return s.afterForm(w, r, err, "/admin/segments?done=saved", func(status int, faults map[string]string) error {
		if form.faults = faults; status == http.StatusConflict && kept != nil {
			form.segment.Version = kept.Version
		} else if status == http.StatusConflict {
			form.faults = map[string]string{"name": visitOf(r.Context()).P.T("error.field.taken")}
		}
		return s.showSegment(w, r, status, form)
	})
}

// typedSegment returns what a form says about a segment.
func typedSegment(kept *profile.Segment, r *http.Request) segmentForm {
	form := segmentForm{kept: kept, rule: typedRule(r.PostForm)}
	form.segment = profile.Segment{
		Name: strings.TrimSpace(r.PostFormValue("name")), Title: strings.TrimSpace(r.PostFormValue("title")),
		Description: strings.TrimSpace(r.PostFormValue("description")),
	}
	if kept != nil {
		form.segment.Name = kept.Name
		// One without a version would be a new one.
		if form.segment.Version, _ = strconv.Atoi(r.PostFormValue("version")); form.segment.Version < 1 {
			form.segment.Version = -1
		}
	}
	return form
}

// trySegment shows whom a segment would hold.
func (s *Site) trySegment(w http.ResponseWriter, r *http.Request, form segmentForm) error {
	v := visitOf(r.Context())
	trial, err := s.people.TrySegment(r.Context(), v.By, form.segment)
	if errors.Is(err, profile.ErrForbidden) {
		form.blind = true
		return s.showSegment(w, r, http.StatusOK, form)
	}
	if err == nil {
		form.trial = &trial
		return s.showSegment(w, r, http.StatusOK, form)
	}
	return s.afterForm(w, r, err, "", func(status int, faults map[string]string) error {
		form.faults = faults
		return s.showSegment(w, r, status, form)
	})
}

// showSegment shows the builder.
func (s *Site) showSegment(w http.ResponseWriter, r *http.Request, status int, form segmentForm) error {
	ctx, v := r.Context(), visitOf(r.Context())
	facts, err := s.knownFacts(ctx, v)
	if err != nil {
		return err
	}
	b := segmentBody{
		Action: v.link("/admin/segments/new"), Title: v.P.T("segments.new"), New: form.kept == nil, Version: form.segment.Version,
		Wrong: len(form.faults) > 0, Trial: form.trial, Blind: form.blind, Full: len(form.rule.Groups) >= mostGroups,
		Match: matchInput(v, "match", form.rule.Any), Groups: form.rule.groupViews(v, facts, form.faults),
		Sees: s.policy.May(v.By, profile.PermissionDirectoryRead),
	}
	b.Match.Label = v.P.T("segments.match_groups")
	if rule, err := form.rule.rule(); err == nil {
		b.Opens = opens(facts, rule)
	}
	if form.kept != nil {
		if err := s.addKept(ctx, v, facts, form, status, &b); err != nil {
			return err
		}
	}
	b.Basics = segmentInputs(v, form)
	if form.rule.Text != "" {
		b.Text = &input{Name: "rule", Label: v.P.T("segments.rule"), Hint: v.P.T("segments.rule_note"), Value: form.rule.Text}
	}
	b.Faults = note(ownFaults(form.faults, form.rule), b.Basics)
	p := s.newPage(r, b.Title)
	p.NoIndex, p.Body = true, b
	p.Crumbs = s.adminCrumbs(v, crumb{Title: v.P.T("segments.title"), Href: v.link("/admin/segments")})
	return s.show(w, r, status, "segment", p)
}

// addKept adds what there is to say of a segment that is kept.
func (s *Site) addKept(ctx context.Context, v *visit, facts []knownFact, form segmentForm, status int, b *segmentBody) error {
	b.Title, b.Action = form.kept.Title, v.link("/admin/segments/"+escape(form.kept.Name))
	b.Remove = b.Action + "/remove"
	if status == http.StatusConflict {
		b.Kept = ruleInWords(v, facts, form.kept.Rule)
	}
	uses, err := s.segmentUses(ctx)
	b.Uses = uses[form.kept.Name]
	return err
}

func segmentInputs(v *visit, form segmentForm) []input {
	return []input{
		{Name: "title", Label: v.P.T("segments.name"), Kind: "text", Value: form.segment.Title, Required: true, Max: 200},
		{Name: "name", Label: v.P.T("segments.id"), Hint: v.P.T("segments.id_note"), Kind: "text", Value: form.segment.Name, Required: true, Max: 100, Fixed: form.kept != nil},
		{Name: "description", Label: v.P.T("segments.description"), Kind: "text", Value: form.segment.Description, Max: 500},
	}
}

// ownFaults returns the faults without those that stand at a condition.
func ownFaults(faults map[string]string, f ruleForm) map[string]string {
	out := map[string]string{}
	for at, text := range faults {
		if !f.shows(at) {
			out[at] = text
		}
	}
	return out
}

// shows reports whether a fault at a place is shown beside a condition.
func (f ruleForm) shows(at string) bool {
	for g, group := range f.Groups {
		for c := range group.Conditions {
			if strings.HasPrefix(at, f.at(g, c)+".") {
				return true
			}
		}
	}
	return false
}

type removalBody struct {
	Segment profile.Segment
	Action  string
	Uses    segmentUse
	Opens   bool
	Trial   *profile.Trial
	Fault   string
}

func (s *Site) segmentRemoval(w http.ResponseWriter, r *http.Request) error {
	return s.showRemoval(w, r, http.StatusOK, "")
}

// showRemoval says what removing a segment does, and asks.
func (s *Site) showRemoval(w http.ResponseWriter, r *http.Request, status int, fault string) error {
	ctx, v := r.Context(), visitOf(r.Context())
	kept, err := s.segmentAsked(r)
	if err != nil {
		return err
	}
	b := removalBody{Segment: *kept, Action: v.link("/admin/segments/" + escape(kept.Name) + "/remove"), Fault: fault}
	uses, err := s.segmentUses(ctx)
	if err != nil {
		return err
	}
	b.Uses = uses[kept.Name]
	trial, err := s.people.TrySegment(ctx, v.By, *kept)
	switch {
	case err == nil:
		b.Trial, b.Opens = &trial, trial.Opened
	case !errors.Is(err, profile.ErrForbidden) && !errors.Is(err, profile.ErrInvalid):
		return err
	}
	p := s.newPage(r, v.P.T("segments.remove"))
	p.NoIndex, p.Body = true, b
	p.Crumbs = s.adminCrumbs(v, crumb{Title: v.P.T("segments.title"), Href: v.link("/admin/segments")},
		crumb{Title: kept.Title, Href: v.link("/admin/segments/" + escape(kept.Name))})
	return s.show(w, r, status, "segment-removal", p)
}

// removeSegment forgets a segment that nothing names any more.
func (s *Site) removeSegment(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	kept, err := s.segmentAsked(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	if strconv.Itoa(kept.Version) != r.PostFormValue("version") {
		return s.showRemoval(w, r, http.StatusConflict, v.P.T("account.conflict"))
	}
	uses, err := s.segmentUses(r.Context())
	if err != nil {
		return err
	}
	if !uses[kept.Name].None() {
		return s.showRemoval(w, r, http.StatusConflict, v.P.T("segments.in_use"))
	}
	if err := s.people.RemoveSegment(r.Context(), v.By, kept.Name); err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/admin/segments?done=removed"), http.StatusSeeOther)
	return nil
}
