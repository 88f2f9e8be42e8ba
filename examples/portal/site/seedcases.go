package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/examples/portal/demo"
	"github.com/stoa-go/stoa/profile"
)

// demoCases is the setting that says that the demo's cases have come.
const demoCases = "demo cases"

// A demoCase is what a customer of the demo asks, and what is done about it.
type demoCase struct {
	By, Kind, Subject, Body, Product, Urgency string
	Fields                                    map[string][]string
	Ago                                       float64 // hours
	Steps                                     []demoStep
}

// A demoStep is one thing that is done about a case of the demo.
type demoStep struct {
	By, Do, Body, Person, Status string
	Tags                         []string
	After                        float64 // hours after the step before
}

// seedCases has the demo's people ask for help, and be helped. It happened before
// the portal was there: nobody is told of it now, and nothing is counted.
func (s *Site) seedCases(ctx context.Context) error {
	state, err := s.db.setting(ctx, demoCases)
	if err != nil || state == "done" {
		return err
	}
	data, err := demo.Cases()
	if err != nil {
		return err
	}
	var all []demoCase
	if err := json.Unmarshal(data, &all); err != nil {
		return fmt.Errorf("demo cases: %w", err)
	}
	for i, c := range all {
		if err := s.seedCase(ctx, "demo-"+strconv.Itoa(i), c); err != nil {
			return fmt.Errorf("demo case %q: %w", c.Subject, err)
		}
	}
	return s.db.set(ctx, demoCases, "done")
}

func (s *Site) seedCase(ctx context.Context, key string, d demoCase) error {
	at := s.cfg.Now().Add(-hoursOf(d.Ago))
	desk := s.newDesk(func() time.Time { return at }, analytics.Discard, nil)
	by, err := s.actorOf(ctx, d.By)
	if err != nil {
		return gone(err)
	}
	c, err := desk.Open(ctx, by, cases.Draft{
		Kind: cases.Key(d.Kind), Subject: d.Subject, Body: d.Body, Fields: d.Fields, Product: d.Product, Urgency: cases.Level(d.Urgency), Key: key,
	})
	if err != nil || c.Version > 1 { // a start that was stopped half-way has got this far
		return err
	}
	for _, step := range d.Steps {
		at = at.Add(hoursOf(step.After))
		who, err := s.actorOf(ctx, step.By)
		if err != nil {
			return gone(err)
		}
		if err := seedStep(ctx, desk, who, c.ID, step); err != nil {
			return fmt.Errorf("%s: %w", step.Do, err)
		}
	}
	return nil
}

// gone forgives that somebody of the demo has deleted their account.
func gone(err error) error {
	if errors.Is(err, profile.ErrNotFound) {
		return nil
	}
	return err
}

func hoursOf(n float64) time.Duration { return time.Duration(n * float64(time.Hour)) }

func seedStep(ctx context.Context, desk *cases.Desk, who profile.Actor, id string, step demoStep) (err error) {
	switch step.Do {
	case "accept":
		_, err = desk.Accept(ctx, who, id)
	case "reject":
		_, err = desk.Reject(ctx, who, id, step.Body)
	case "close":
		_, err = desk.Close(ctx, who, id, step.Body)
	case "escalate":
		_, err = desk.Escalate(ctx, who, id, step.Body)
	case "assign":
		_, err = desk.Assign(ctx, who, id, step.Person)
	case "follow":
		_, err = desk.Follow(ctx, who, id, cases.Participant{Person: step.Person, Comment: true})
	case "tag":
		var c cases.Case
		if c, err = desk.Case(ctx, who, id); err == nil {
			_, err = desk.Edit(ctx, who, id, cases.Edit{Version: c.Version, Tags: &step.Tags})
		}
	default:
		_, err = desk.Say(ctx, who, id, cases.Message{
			Body: step.Body, Internal: step.Do == asNote, Solution: step.Do == asSolution, Status: cases.Key(step.Status),
		})
	}
	return err
}
