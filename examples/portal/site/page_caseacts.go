package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// caseDone are the acts after which the page of a case says that they were done.
var caseDone = []string{
	"opened", "say", "accept", "reject", "close", "reopen", "escalate", "follow", "unfollow", "link", "unlink", "assign", "move", "edit",
}

// A caseAct does something about a case, with what a form says. What somebody may
// do is for the desk to decide.
type caseAct func(ctx context.Context, s *Site, v *visit, c cases.Case, f url.Values) error

// caseActOf returns the act of a name.
func caseActOf(name string) (caseAct, bool) {
	act, ok := map[string]caseAct{
		"say": sayInCase, "accept": acceptSolution, "reject": rejectSolution,
		"close": because((*cases.Desk).Close), "reopen": because((*cases.Desk).Reopen), "escalate": because((*cases.Desk).Escalate),
		"follow": followCase, "unfollow": naming("person", (*cases.Desk).Unfollow),
		"link": naming("reference", (*cases.Desk).Link), "unlink": naming("reference", (*cases.Desk).Unlink),
		"assign": naming("assignee", (*cases.Desk).Assign), "move": moveCase,
	}[name]
	return act, ok
}

// actOnCase does what a form of a case's page asks for, and shows the page again.
func (s *Site) actOnCase(below string) web.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := readable(r.ParseForm()); err != nil {
			return err
		}
		ctx, v, name := r.Context(), visitOf(r.Context()), r.PathValue("act")
		act, ok := caseActOf(name)
		if !ok {
			return cases.ErrNotFound
		}
		c, err := s.caseAt(r)
		if err != nil {
			return err
		}
		err = act(ctx, s, v, c, r.PostForm)
		if status := mended(err); status != 0 {
			return s.showCase(w, r, status, below, caseFailed{name, r.PostForm, err})
		}
		if err != nil {
			return err
		}
		to := v.link(below+"/"+c.Reference) + "?done=" + name
		if _, err := s.helpdesk.Case(ctx, v.By, c.ID); errors.Is(err, cases.ErrNotFound) { // they have left it
			to = v.link(below)
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
}

func sayInCase(ctx context.Context, s *Site, v *visit, c cases.Case, f url.Values) error {
	_, err := s.helpdesk.Say(ctx, v.By, c.ID, cases.Message{
		Body: f.Get("body"), Internal: f.Get("as") == asNote, Solution: f.Get("as") == asSolution, Status: cases.Key(f.Get("status")), Key: f.Get("key"),
	})
	return err
}

// acceptSolution accepts the proposed solution. Sent twice, it is as it should be.
func acceptSolution(ctx context.Context, s *Site, v *visit, c cases.Case, _ url.Values) error {
	if c.State == cases.StateClosed {
		return nil
	}
	_, err := s.helpdesk.Accept(ctx, v.By, c.ID)
	return err
}

// rejectSolution rejects the proposed solution. Sent twice, there is none.
func rejectSolution(ctx context.Context, s *Site, v *visit, c cases.Case, f url.Values) error {
	if c.Solution == "" {
		return nil
	}
	_, err := s.helpdesk.Reject(ctx, v.By, c.ID, f.Get("reason"))
	return err
}

// because is an act that takes a reason.
func because(do func(*cases.Desk, context.Context, profile.Actor, string, string) (cases.Case, error)) caseAct {
	return naming("reason", do)
}

// naming is an act that takes one value of a form.
func naming(field string, do func(*cases.Desk, context.Context, profile.Actor, string, string) (cases.Case, error)) caseAct {
	return func(ctx context.Context, s *Site, v *visit, c cases.Case, f url.Values) error {
		_, err := do(s.helpdesk, ctx, v.By, c.ID, f.Get(field))
		return err
	}
}

func followCase(ctx context.Context, s *Site, v *visit, c cases.Case, f url.Values) error {
	person, err := s.personMeant(ctx, c.Account, f.Get("person"))
	if err != nil {
		return err
	}
	_, err = s.helpdesk.Follow(ctx, v.By, c.ID, cases.Participant{Person: person, Comment: f.Get("comment") == "yes"})
	if fields, ok := errors.AsType[errs.Fields](err); ok && len(fields) > 0 {
		return errs.Fields{"person": fields["people"]}
	}
	return err
}

func moveCase(ctx context.Context, s *Site, v *visit, c cases.Case, f url.Values) error {
	_, err := s.helpdesk.Move(ctx, v.By, c.ID, cases.Key(f.Get("status")), f.Get("reason"))
	return err
}
