package site

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// A processFile says what it takes to publish articles: the processes by name,
// and which of them is for what. The type of an article names its process; what
// stands here for its category or kind comes first.
type processFile struct {
	Processes  map[string]processEntry `json:"processes"`
	Default    string                  `json:"default"`    // name of the process of all others, "" for none
	Kinds      map[kb.Kind]string      `json:"kinds"`      // names by type
	Categories map[string]string       `json:"categories"` // names by ID of the category that an article stands in
}

// A processEntry is a [kb.Process] as files spell it.
type processEntry struct {
	Rule       kb.Rule  `json:"rule"`
	Needed     int      `json:"needed"`
	VerifyDays int      `json:"verify_days"`
	RemindDays int      `json:"remind_days"`
	Lapse      kb.Lapse `json:"lapse"`
	KCS        bool     `json:"kcs"`
}

const wholeDay = 24 * time.Hour

func (e processEntry) process() kb.Process {
	return kb.Process{
		Rule: e.Rule, Needed: e.Needed, Verify: time.Duration(e.VerifyDays) * wholeDay, Remind: time.Duration(e.RemindDays) * wholeDay, Lapse: e.Lapse, KCS: e.KCS,
	}
}

// demoProcesses let articles be verified twice a year, and have somebody look at
// the notes of a release first.
func demoProcesses() processFile {
	return processFile{
		Processes: map[string]processEntry{
			"steady": {VerifyDays: 180, RemindDays: 14},
			"looked": {Rule: kb.RuleAny, VerifyDays: 365, RemindDays: 14},
		},
		Default: "steady", Kinds: map[kb.Kind]string{kb.KindReleaseNote: "looked"},
	}
}

// readProcesses reads the file that says what it takes to publish.
func (s *Site) readProcesses(context.Context) error {
	if s.cfg.Processes == "" {
		if s.cfg.Demo {
			s.processes = demoProcesses()
		}
		return nil
	}
	text, err := os.ReadFile(s.cfg.Processes)
	if err != nil {
		return fmt.Errorf("-processes: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&s.processes); err != nil {
		return fmt.Errorf("-processes %s: %w", s.cfg.Processes, err)
	}
	if err := s.processes.check(); err != nil {
		return fmt.Errorf("-processes %s: %w", s.cfg.Processes, err)
	}
	return nil
}

func (f processFile) check() error {
	for name, e := range f.Processes {
		if !slices.Contains([]kb.Rule{"", kb.RuleAny, kb.RuleMajority, kb.RuleUnanimous}, e.Rule) {
			return fmt.Errorf("process %q: rule %q: it is any, majority or unanimous, or left out", name, e.Rule)
		}
		if !slices.Contains([]kb.Lapse{kb.LapseBadge, kb.LapseQuiet, kb.LapseArchive}, e.Lapse) {
			return fmt.Errorf("process %q: lapse %q: it is quiet or archive, or left out", name, e.Lapse)
		}
		if e.Needed < 0 || e.Needed > kb.MaxReviewers || e.VerifyDays < 0 || e.RemindDays < 0 || e.VerifyDays > 36500 || e.RemindDays > e.VerifyDays {
			return fmt.Errorf("process %q: a number is out of range; remind_days are at most verify_days, and needed at most %d", name, kb.MaxReviewers)
		}
	}
	names := []string{f.Default}
	for _, name := range f.Kinds {
		names = append(names, name)
	}
	for _, name := range f.Categories {
		names = append(names, name)
	}
	for _, name := range names {
		if _, ok := f.Processes[name]; name != "" && !ok {
			return fmt.Errorf("there is no process %q", name)
		}
	}
	return nil
}

// processOf returns what it takes to publish articles of a kind in a category.
func (s *Site) processOf(kind kb.Kind, category string) kb.Process {
	f := s.processes
	for _, name := range []string{f.Categories[category], f.Kinds[kind], s.library.Type(kind).Process, f.Default} {
		if e, ok := f.Processes[name]; ok {
			return e.process()
		}
	}
	return kb.Process{}
}

// actorOf returns a person as they are now, for the library.
func (s *Site) actorOf(ctx context.Context, person string) (profile.Actor, error) {
	if person == system.ID {
		return system, nil
	}
	return s.people.Actor(ctx, person)
}

// deskNotices are what those who work at the desk are told.
func (s *Site) deskNotices() []profile.NoticeKind {
	ways := []string{profile.ChannelInbox, profile.ChannelMail}
	return []profile.NoticeKind{
		{Name: kb.NoticeReviewAsked, Title: "process.notice_asked", Channels: ways, Resolve: s.resolveReview},
		{Name: kb.NoticeReviewDecided, Title: "process.notice_decided", Channels: ways, Resolve: s.resolveReview},
		{Name: kb.NoticePlanFailed, Title: "process.notice_failed", Channels: ways, Resolve: s.resolveText},
		{Name: kb.NoticeVerify, Title: "process.notice_verify", Channels: ways, Resolve: s.resolveText},
		{Name: kb.NoticeMentioned, Title: "notes.notice", Channels: ways, Resolve: s.resolveNote},
		{Name: kb.NoticeMended, Title: "said.notice_mended", Channels: ways, Resolve: s.resolveArticle},
	}
}

// resolveReview reads what a notice of a review is about.
func (s *Site) resolveReview(ctx context.Context, to profile.Actor, n profile.Notice) (profile.NoticeText, error) {
	text, err := s.resolveText(ctx, to, n)
	text.Path = "/desk/reviews/" + escape(n.Data["review"])
	return text, err
}

// resolveText reads which text at the desk a notice is about.
func (s *Site) resolveText(ctx context.Context, to profile.Actor, n profile.Notice) (profile.NoticeText, error) {
	a, err := s.library.Manuscript(ctx, to, strings.TrimPrefix(n.Subject, articleRef))
	if err != nil {
		return profile.NoticeText{}, err
	}
	locale := n.Data["locale"]
	if locale == "" {
		locale = a.Source
	}
	t, _ := a.In(locale)
	return profile.NoticeText{Title: t.Title, Path: processPath(a.ID, locale)}, nil
}

// processPath is where it stands what is to be done with a text.
func processPath(article, locale string) string {
	return "/desk/articles/" + escape(article) + "/" + escape(locale) + "/process"
}

// reviewersFor returns the people who can be asked to look at a text: those who
// may review, and see it, and did not write it.
func (s *Site) reviewersFor(ctx context.Context, a kb.Article, author string) (out []profile.Person, err error) {
	return s.workersFor(ctx, a, []profile.Permission{profile.PermissionContentReview}, author)
}

// workersFor returns the people who have any of the permissions and see an
// article at the desk, without one of them.
func (s *Site) workersFor(ctx context.Context, a kb.Article, any []profile.Permission, without string) (out []profile.Person, err error) {
	return s.peopleWho(ctx, any, func(p profile.Person) (bool, error) {
		if p.ID == without {
			return false, nil
		}
		return s.seesAtDesk(ctx, p.ID, a.ID)
	})
}

// peopleWho returns some of the people who have any of the permissions and are
// wanted.
func (s *Site) peopleWho(ctx context.Context, any []profile.Permission, wanted func(profile.Person) (bool, error)) (out []profile.Person, err error) {
	roles, err := s.people.Roles(ctx, system)
	if err != nil {
		return nil, err
	}
	for _, role := range roles {
		if !slices.ContainsFunc(any, func(p profile.Permission) bool { return slices.Contains(role.Permissions, p) }) {
			continue
		}
		for p, err := range s.people.AllPeople(ctx, system, profile.PersonQuery{Role: role.Key, Limit: 100}) {
			if err != nil {
				return nil, err
			}
			if p.Disabled || slices.ContainsFunc(out, func(o profile.Person) bool { return o.ID == p.ID }) {
				continue
			}
			if ok, err := wanted(p); err != nil {
				return nil, err
			} else if ok {
				out = append(out, p)
			}
			if len(out) == mostReviewers {
				return out, nil
			}
		}
	}
	return out, nil
}

// colleaguesOn returns who can be asked about an article: those who work on it,
// and its owner, who may see nothing else at the desk.
func (s *Site) colleaguesOn(ctx context.Context, a kb.Article) ([]profile.Person, error) {
	list, err := s.workersFor(ctx, a, works, "")
	if err != nil || slices.ContainsFunc(list, func(p profile.Person) bool { return p.ID == a.Owner }) {
		return list, err
	}
	owner, err := s.people.Person(ctx, system, a.Owner)
	if errors.Is(err, profile.ErrNotFound) || owner.Disabled {
		return list, nil
	}
	if err != nil {
		return nil, err
	}
	sees, err := s.seesAtDesk(ctx, owner.ID, a.ID)
	if sees {
		list = append(list, owner)
	}
	return list, err
}

// mostReviewers is how many people are offered as reviewers, or to be mentioned.
const mostReviewers = 50

func (s *Site) seesAtDesk(ctx context.Context, person, article string) (bool, error) {
	actor, err := s.actorOf(ctx, person)
	if err == nil {
		_, err = s.library.Manuscript(ctx, actor, article)
	}
	if errors.Is(err, kb.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
