// Package matrix checks who may do what: every operation of every front type,
// on things in every state, by everybody. What must come of it is in the tables
// in the folder policy, which somebody wrote who did not look at the code.
//
// A capability registers by adding its front type to fronts, its operations to
// operations, and a table. An operation that is not registered fails the tests.
package matrix_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// An operation is something that an actor asks of a front type.
type operation struct {
	name string // "kb.Edit", and after a slash what is special about this way of calling it
	on   string // kind of thing it is about, see states

	// call asks w for it and returns all that the actor gets, and whether the
	// thing is among it or has been changed as asked.
	call func(ctx context.Context, w *world, by profile.Actor, state string) (got any, found bool, err error)

	routes []string // operations of the HTTP API that lead to it
}

// states lists the states that a kind of thing can be in.
var states = map[string][]string{
	"article":  {"published", "signed-in", "staff", "acme", "shut", "shut-acme", "draft", "draft-acme", "archived", "missing"},
	"category": {"open", "staff-only", "below-staff", "acme-only", "no-such"},
	"person":   {"self", "colleague", "chief", "stranger", "employee", "unknown"},
	"account":  {"acme", "globex", "nowhere"},
	"field":    {"own", "managed", "kept", "concealed", "none"},
	"role":     {"staff.lead", "member.buyer", "none"},
	"entry":    {"open", "signed-in", "staff", "acme", "none"},
	"holding":  {"mine", "shared", "colleague-has", "foreign", "missing"},
	"case":     {"mine", "colleagues", "private", "followed", "foreign", "missing"},
	"course":   {"open", "staff", "acme", "draft", "missing"},
	"portal":   {"-"},
}

// operations returns all that are registered.
func operations() []operation {
	return slices.Concat(
		libraryOperations(), engineOperations(), directoryOperations(), roleOperations(), fieldOperations(), personalOperations(),
		signinOperations(), noticeOperations(), layoutOperations(), assetOperations(), auditOperations(), retentionOperations(), courseOperations(), caseOperations(),
	)
}

// A verdict is what came of checking a matrix.
type verdict struct {
	cells  int
	wrong  []string // cells with another outcome than the table's
	leaks  []string // cells that told of what the actor may not know
	traces []string // denied calls that changed something
}

// judge calls every operation for every state and role, in worlds that open
// makes.
func judge(t *testing.T, p policy, ops []operation, open func(*testing.T) *world) verdict {
	t.Helper()
	return judgeBy(t, p, ops, roles, open)
}

func judgeBy(t *testing.T, p policy, ops []operation, roles []string, open func(*testing.T) *world) verdict {
	t.Helper()
	var v verdict
	w := open(t)
	for _, op := range ops {
		for _, role := range roles {
			for _, state := range states[op.on] {
				w.now.add()
				v.cell(t, p, op, role, state, w)
			}
			if w.last != w.start {
				w = open(t)
			}
		}
	}
	return v
}

// cell checks one call.
func (v *verdict) cell(t *testing.T, p policy, op operation, role, state string, w *world) {
	t.Helper()
	v.cells++
	name := fmt.Sprintf("%s of %s by %s", op.name, state, role)
	before, events := w.last, w.events.len()
	got, found, err := op.call(t.Context(), w, people[role], state)
	outcome := outcomeOf(found, err)
	w.last = w.snapshot()
	if want := p[op.name][state][role]; outcome != want {
		v.wrong = append(v.wrong, fmt.Sprintf("%s: %q instead of %q (%v)", name, outcome, want, err))
	}
	if outcome != done && (w.last != before || w.events.len() != events && !strings.HasPrefix(op.name, "search.")) {
		v.traces = append(v.traces, name)
	}
	text := fmt.Sprintf("%+v %v", got, err)
	for _, canary := range w.canaries(p, role) {
		if strings.Contains(text, canary) {
			v.leaks = append(v.leaks, name+" tells of "+canary)
		}
	}
}

func outcomeOf(found bool, err error) string {
	switch {
	case err == nil && found:
		return done
	case err == nil, errors.Is(err, errs.NotFound):
		return absent
	case errors.Is(err, errs.Forbidden):
		return denied
	case errors.Is(err, errs.Invalid) && (strings.Contains(err.Error(), "field.choice") || strings.Contains(err.Error(), "unknown_account")):
		return absent // it chose what it is told does not exist
	}
	return "error"
}

func TestMatrix(t *testing.T) {
	long(t)
	p, err := readPolicy()
	require.NoError(t, err)
	v := judge(t, p, operations(), func(t *testing.T) *world { return newWorld(t, sound) })
	t.Logf("%d cells, %d wrong, %d leaks, %d traces", v.cells, len(v.wrong), len(v.leaks), len(v.traces))
	require.Empty(t, v.wrong)
	require.Empty(t, v.leaks)
	require.Empty(t, v.traces)
}

// long leaves out what takes minutes under the race detector, which has nothing
// to find here: all calls are made one after the other.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves out what takes long")
	}
}
