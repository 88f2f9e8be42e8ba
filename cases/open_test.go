package cases_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

func TestOpen(t *testing.T) {
	d := open(t)
	c := d.opened(t, ann, func(c *cases.Draft) {
		c.Kind, c.Urgency, c.Articles, c.Product = "problem", cases.LevelHigh, []string{"article/reset"}, "Hub 3"
		c.Fields = map[string][]string{"affects": {"all"}, "workaround": {"none\r\nat all"}}
		c.Subject, c.People = "  It stops ", []cases.Participant{{Person: "bea", Comment: true}, {Person: "ann"}}
	})
	require.Equal(t, "It stops", c.Subject)
	require.Equal(t, []string{"none\nat all"}, c.Fields["workaround"])
	require.Equal(t, cases.StateOpen, c.State)
	require.Equal(t, cases.PriorityHigh, c.Priority, "medium impact, high urgency")
	require.Equal(t, "acme", c.Account)
	require.Equal(t, []cases.Participant{{Person: "bea", Comment: true, Added: t0, By: "ann"}}, c.People, "who asks follows it anyway")
	require.Regexp(t, `^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`, c.Reference)
	require.Equal(t, c, d.case_(t, ann, c.Reference), "found by its reference")
	require.Equal(t, []cases.EntryKind{cases.EntryOpened}, kindsOf(d.timeline(t, ann, c.ID)))
	require.Equal(t, "case.opened", d.events[0].Name)
	require.Equal(t, []string{"bea"}, d.told(cases.NoticeOpened))
}

func TestOpenAgain(t *testing.T) {
	d := open(t)
	keyed := func(c *cases.Draft) { c.Key = "form-1" }
	first := d.opened(t, ann, keyed)
	require.Equal(t, first, d.opened(t, ann, keyed), "a retry opens nothing")
	require.NotEqual(t, first.ID, d.opened(t, bea, keyed).ID, "keys are everybody's own")
	_, err := d.Open(t.Context(), ann, question(keyed, func(c *cases.Draft) { c.Body = "Something else" }))
	require.ErrorIs(t, err, cases.ErrConflict)
	require.Len(t, d.events, 2)
}

func TestOpenRefuses(t *testing.T) {
	d := open(t)
	theirs := d.opened(t, gus)
	for says, c := range map[string]struct {
		change func(*cases.Draft)
		fields []string
	}{
		"nothing written":           {func(c *cases.Draft) { c.Subject, c.Body = " ", "" }, []string{"subject", "body"}},
		"no such kind":              {func(c *cases.Draft) { c.Kind = "wish" }, []string{"kind"}},
		"a kind that is not theirs": {func(c *cases.Draft) { c.Kind = "refund" }, []string{"kind"}},
		"what must be said":         {func(c *cases.Draft) { c.Kind = "problem" }, []string{"fields.affects"}},
		"what is no choice":         {func(c *cases.Draft) { c.Kind, c.Fields = "problem", map[string][]string{"affects": {"you"}} }, []string{"fields.affects"}},
		"what is not asked then": {func(c *cases.Draft) {
			c.Kind, c.Fields = "problem", map[string][]string{"affects": {"me"}, "workaround": {"x"}}
		}, []string{"fields.workaround"}},
		"what no form asks":            {func(c *cases.Draft) { c.Fields = map[string][]string{"admin": {"yes"}} }, []string{"fields.admin"}},
		"an urgency that is none":      {func(c *cases.Draft) { c.Urgency = "now" }, []string{"urgency"}},
		"a language that is none":      {func(c *cases.Draft) { c.Locale = "klingon!" }, []string{"locale"}},
		"an article nobody shows them": {func(c *cases.Draft) { c.Articles = []string{"article/secret"} }, []string{"articles"}},
		"somebody else's case":         {func(c *cases.Draft) { c.Follows = theirs.ID }, []string{"follows"}},
		"a stranger to follow it":      {func(c *cases.Draft) { c.People = []cases.Participant{{Person: "gus"}} }, []string{"people"}},
		"nobody to follow it":          {func(c *cases.Draft) { c.People = []cases.Participant{{Person: "zed"}} }, []string{"people"}},
	} {
		t.Run(says, func(t *testing.T) {
			_, err := d.Open(t.Context(), ann, question(c.change))
			require.ErrorIs(t, err, cases.ErrInvalid)
			fields, ok := errors.AsType[errs.Fields](err)
			require.True(t, ok, "%v", err)
			for _, f := range c.fields {
				require.Contains(t, fields, f)
			}
			require.Len(t, fields, len(c.fields))
		})
	}
	for _, by := range []profile.Actor{nobody, viewing} {
		_, err := d.Open(t.Context(), by, question())
		require.ErrorIs(t, err, cases.ErrForbidden)
	}
	_, err := d.Open(t.Context(), ann, question(func(c *cases.Draft) { c.Requester = "gus" }))
	require.ErrorIs(t, err, cases.ErrForbidden, "for somebody else")
}

func TestOpenForSomebody(t *testing.T) {
	d := open(t)
	c := d.opened(t, bob, func(c *cases.Draft) { c.Requester, c.Channel = "ann", cases.ChannelPhone })
	require.Equal(t, "bob", c.OpenedBy)
	require.Equal(t, "acme", c.Account)
	require.True(t, d.sees(t, ann, c.ID))
	e := d.timeline(t, ann, c.ID)[0]
	require.Equal(t, "bob", e.Author)
	require.Equal(t, "ann", e.BehalfOf)
	require.Equal(t, cases.SideStaff, e.Side)
	require.Equal(t, []string{"ann"}, d.told(cases.NoticeOpened))
	_, err := d.Open(t.Context(), bob, question(func(c *cases.Draft) { c.Requester = "zed" }))
	require.ErrorIs(t, err, cases.ErrInvalid)
}

func TestFollowUp(t *testing.T) {
	d := open(t)
	first := d.opened(t, ann)
	second := d.opened(t, ann, func(c *cases.Draft) { c.Follows = first.Reference })
	require.Equal(t, []cases.Link{{Kind: cases.LinkFollows, Case: first.ID}}, d.case_(t, ann, second.ID).Links)
	require.Equal(t, []cases.Link{{Kind: cases.LinkFollowed, Case: second.ID}}, d.case_(t, ann, first.ID).Links)
}

func TestKinds(t *testing.T) {
	d := open(t)
	keys := func(by profile.Actor) (out []cases.Key) {
		for _, k := range d.Kinds(by) {
			out = append(out, k.Key)
		}
		return out
	}
	require.Empty(t, keys(nobody))
	require.NotContains(t, keys(ann), cases.Key("refund"))
	require.Contains(t, keys(mia), cases.Key("refund"))
	refund := d.Kinds(mia)[len(d.Kinds(mia))-1]
	require.Len(t, refund.Fields, 1, "what staff are asked is not shown to customers")
}

func TestAsked(t *testing.T) {
	problem := cases.DefaultConfig().Kinds[1]
	names := func(values map[string][]string) (out []string) {
		for _, f := range problem.Asked(values) {
			out = append(out, f.Name)
		}
		return out
	}
	require.Equal(t, []string{"affects", "since"}, names(nil))
	require.Equal(t, []string{"affects", "since"}, names(map[string][]string{"affects": {"me"}}))
	require.Equal(t, []string{"affects", "since", "workaround"}, names(map[string][]string{"affects": {" all "}}))
}

func TestPriorityOf(t *testing.T) {
	for _, c := range []struct {
		impact, urgency cases.Level
		want            cases.Priority
	}{
		{cases.LevelLow, cases.LevelLow, cases.PriorityLow}, {cases.LevelLow, cases.LevelMedium, cases.PriorityNormal}, {"", "", cases.PriorityNormal},
		{cases.LevelLow, cases.LevelHigh, cases.PriorityNormal}, {cases.LevelHigh, cases.LevelMedium, cases.PriorityHigh},
		{cases.LevelHigh, cases.LevelHigh, cases.PriorityUrgent},
	} {
		require.Equal(t, c.want, cases.PriorityOf(c.impact, c.urgency), "%s and %s", c.impact, c.urgency)
	}
}
