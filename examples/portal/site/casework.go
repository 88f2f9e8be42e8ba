package site

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/sqlcases"
	"github.com/stoa-go/stoa/profile"
)

// caseRef is what references to cases begin with.
const caseRef = "case/"

// readCases reads how the team works on cases, if the configuration says so.
func (s *Site) readCases(context.Context) error {
	s.casework = cases.DefaultConfig()
	if s.cfg.Cases == "" {
		return nil
	}
	file, err := os.Open(s.cfg.Cases)
	if err != nil {
		return fmt.Errorf("-cases: %w", err)
	}
	defer func() { _ = file.Close() }()
	if s.casework, err = cases.ReadConfig(file); err != nil {
		return fmt.Errorf("-cases %s: %w", s.cfg.Cases, err)
	}
	return nil
}

// openCases opens the desk where customers ask people.
func (s *Site) openCases(context.Context) error {
	s.helpdesk = s.newDesk(s.cfg.Now, s.events, s.notifier.Notify)
	s.people.Register(s.helpdesk.Keeper())
	return nil
}

// newDesk returns a desk over the portal's database, with a clock of its own.
func (s *Site) newDesk(now func() time.Time, events analytics.Recorder, notify func(context.Context, profile.Occurrence) error) *cases.Desk {
	return cases.NewDesk(sqlcases.New(s.db.write).WithReader(s.db.read), &cases.Options{
		Config: &s.casework, Events: events, Policy: s.policy, Logger: s.cfg.Log, Now: now, Secret: s.secret, Locales: s.cfg.Locales,
		Actor: s.actorOf, Knows: s.knowsArticle, Notify: notify,
	})
}

// knowsArticle reports whether somebody may see the article that a case is to
// lead to.
func (s *Site) knowsArticle(ctx context.Context, by profile.Actor, reference string) (bool, error) {
	if !strings.HasPrefix(reference, articleRef) {
		return false, nil
	}
	titles, err := s.titles(ctx, by, []string{reference})
	return titles[reference] != "", err
}

// caseNotices are what people are told of cases.
func (s *Site) caseNotices(outward []string) []profile.NoticeKind {
	var out []profile.NoticeKind
	for kind, key := range map[string]string{
		cases.NoticeOpened: "cases.notice_opened", cases.NoticeReplied: "cases.notice_replied", cases.NoticeSolution: "cases.notice_solution",
		cases.NoticeDecided: "cases.notice_decided", cases.NoticeMoved: "cases.notice_moved", cases.NoticeEdited: "cases.notice_edited",
		cases.NoticeEscalated: "cases.notice_escalated", cases.NoticeNoted: "cases.notice_noted", cases.NoticeAssigned: "cases.notice_assigned",
		cases.NoticeFollowed: "cases.notice_followed",
	} {
		out = append(out, profile.NoticeKind{Name: kind, Title: key, Channels: outward, Resolve: s.resolveCase})
	}
	return out
}

// resolveCase reads which case a notice is about. What happens among staff is
// told to nobody who has ceased to work on it.
func (s *Site) resolveCase(ctx context.Context, to profile.Actor, n profile.Notice) (profile.NoticeText, error) {
	c, err := s.helpdesk.Case(ctx, to, strings.TrimPrefix(n.Subject, caseRef))
	if err != nil {
		return profile.NoticeText{}, err
	}
	works := s.helpdesk.Rights(to, c).Notes
	if !works && (n.Kind == cases.NoticeNoted || n.Kind == cases.NoticeAssigned) {
		return profile.NoticeText{}, profile.ErrNotFound
	}
	text := profile.NoticeText{Title: c.Subject, Body: c.Reference, Path: casePath(c.Reference)}
	if works && to.ID != c.Requester {
		text.Path = deskCasePath(c.Reference)
	}
	return text, nil
}

func casePath(reference string) string { return casesPath + "/" + escape(reference) }

func deskCasePath(reference string) string { return deskCasesPath + "/" + escape(reference) }
