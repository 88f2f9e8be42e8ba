package cases_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

func TestKeeper(t *testing.T) {
	profiletest.TestKeeper(t, func(t *testing.T) (profile.Keeper, []string) {
		people := map[string]profile.Actor{"zqann": person("zqann", "acme", profile.RoleCustomer), "zqann2": person("zqann2", "acme", profile.RoleCustomer)}
		d := open(t, func(o *cases.Options) { o.Actor = actors(people) })
		for id, word := range map[string]string{"zqann": "canaryone", "zqann2": "canarytwo"} {
			c := d.opened(t, people[id], func(c *cases.Draft) {
				c.Kind, c.Subject, c.Body = "request", "subject of "+word, "text of "+word
			})
			d.say(t, bob, c.ID, cases.Message{Body: "Dear " + word})
		}
		other := d.opened(t, ann, func(c *cases.Draft) {
			c.People = []cases.Participant{{Person: "zqann", Comment: true}, {Person: "zqann2", Comment: true}}
		})
		d.say(t, people["zqann"], other.ID, cases.Message{Body: "reply of canarythree"})
		return d.Keeper(), []string{"subject of canaryone", "text of canaryone", "Dear canaryone", "canarythree"}
	})
}

// TestErasedWithoutTrace shows what is left of a case whose requester is gone.
func TestErasedWithoutTrace(t *testing.T) {
	d := open(t)
	c, other := d.opened(t, ann), d.opened(t, bea)
	_, err := d.Keeper().Erase(t.Context(), "ann", profile.Erasure{Mode: profile.EraseModePseudonym, Pseudonym: "gone-1"})
	require.NoError(t, err)
	left := d.case_(t, bob, c.ID)
	require.Empty(t, left.Subject)
	require.Equal(t, "gone-1", left.Requester)
	require.Equal(t, c.Kind, left.Kind, "what is counted stays")
	_, err = d.Keeper().Erase(t.Context(), "bea", profile.Erasure{Mode: profile.EraseModeDelete})
	require.NoError(t, err)
	_, err = d.Case(t.Context(), bob, other.ID)
	require.ErrorIs(t, err, cases.ErrNotFound)
}
