package cases_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/profile"
)

func TestWhoSees(t *testing.T) {
	d := open(t)
	plain := d.opened(t, ann)
	private := d.opened(t, ann, func(c *cases.Draft) { c.Private = true })
	complaint := d.opened(t, ann, func(c *cases.Draft) { c.Kind = "complaint" })
	followed := d.opened(t, ann, func(c *cases.Draft) { c.Private, c.People = true, []cases.Participant{{Person: "bea"}} })
	refund := d.refund(t)
	for _, c := range []struct {
		by                                            profile.Actor
		plain, private, complaint, followed, refunded bool
	}{
		{nobody, false, false, false, false, false},
		{ann, true, true, true, true, false},
		{viewing, true, true, true, true, false},
		{bea, false, false, false, true, false},
		{mia, true, false, false, false, true},
		{gus, false, false, false, false, false},
		{ines, false, false, false, false, false},
		{bob, true, true, true, true, false},
		{kim, true, true, true, true, true},
		{rex, true, true, true, true, false},
	} {
		t.Run(c.by.ID, func(t *testing.T) {
			require.Equal(t, c.plain, d.sees(t, c.by, plain.ID), "a case of the organisation")
			require.Equal(t, c.private, d.sees(t, c.by, private.ID), "a private one")
			require.Equal(t, c.complaint, d.sees(t, c.by, complaint.ID), "a complaint")
			require.Equal(t, c.followed, d.sees(t, c.by, followed.ID), "one that bea follows")
			require.Equal(t, c.refunded, d.sees(t, c.by, refund.ID), "one of another queue")
		})
	}
}

// TestRightsNow shows that what somebody may see changes with the next call.
func TestRightsNow(t *testing.T) {
	d := open(t)
	c := d.opened(t, ann)
	former := mia
	former.Account = "globex"
	require.False(t, d.sees(t, former, c.ID), "a manager who went elsewhere")
	former = bob
	former.Roles = []profile.Role{profile.RoleAuthor}
	require.False(t, d.sees(t, former, c.ID), "an agent who is none any more")
	gone := ann
	gone.Account = "globex"
	require.True(t, d.sees(t, gone, c.ID), "one's own case stays one's own")

	_, err := d.Follow(t.Context(), ann, c.ID, cases.Participant{Person: "bea"})
	require.NoError(t, err)
	require.True(t, d.sees(t, bea, c.ID))
	_, err = d.Unfollow(t.Context(), ann, c.ID, "bea")
	require.NoError(t, err)
	require.False(t, d.sees(t, bea, c.ID))

	c = d.case_(t, bob, c.ID)
	yes := true
	_, err = d.Edit(t.Context(), bob, c.ID, cases.Edit{Version: c.Version, Private: &yes})
	require.NoError(t, err)
	require.False(t, d.sees(t, mia, c.ID))
}

// TestWhoActs calls everything that changes a case as everybody, on a case that
// is being worked on and has a proposed solution.
func TestWhoActs(t *testing.T) {
	edit := func(e cases.Edit) func(*desk, profile.Actor, cases.Case) error {
		return func(d *desk, by profile.Actor, c cases.Case) error {
			e.Version = c.Version
			_, err := d.Edit(t.Context(), by, c.ID, e)
			return err
		}
	}
	say := func(m cases.Message) func(*desk, profile.Actor, cases.Case) error {
		return func(d *desk, by profile.Actor, c cases.Case) error {
			_, err := d.Say(t.Context(), by, c.ID, m)
			return err
		}
	}
	subject, queue := "New words", cases.Key("support")
	own, joined, work := "ann mia", "ann mia bea", "bob kim rex"
	for says, act := range map[string]struct {
		do  func(*desk, profile.Actor, cases.Case) error
		who string
	}{
		"reply":         {say(cases.Message{Body: "x"}), joined + " " + work},
		"note":          {say(cases.Message{Body: "x", Internal: true}), work},
		"propose":       {say(cases.Message{Body: "x", Solution: true}), work},
		"reply, status": {say(cases.Message{Body: "x", Status: "waiting"}), work},
		"accept": {func(d *desk, by profile.Actor, c cases.Case) error {
			_, err := d.Accept(t.Context(), by, c.ID)
			return err
		}, own},
		"reject": {func(d *desk, by profile.Actor, c cases.Case) error {
			_, err := d.Reject(t.Context(), by, c.ID, "no")
			return err
		}, own},
		"close": {func(d *desk, by profile.Actor, c cases.Case) error {
			_, err := d.Close(t.Context(), by, c.ID, "")
			return err
		}, own + " " + work},
		"escalate": {func(d *desk, by profile.Actor, c cases.Case) error {
			_, err := d.Escalate(t.Context(), by, c.ID, "now")
			return err
		}, own},
		"move": {func(d *desk, by profile.Actor, c cases.Case) error {
			_, err := d.Move(t.Context(), by, c.ID, "waiting", "")
			return err
		}, work},
		"assign": {func(d *desk, by profile.Actor, c cases.Case) error {
			_, err := d.Assign(t.Context(), by, c.ID, "kim")
			return err
		}, work},
		"edit":      {edit(cases.Edit{Subject: &subject}), own + " " + work},
		"edit work": {edit(cases.Edit{Queue: &queue}), work},
		"follow": {func(d *desk, by profile.Actor, c cases.Case) error {
			_, err := d.Follow(t.Context(), by, c.ID, cases.Participant{Person: "mia"})
			return err
		}, own + " " + work},
		"unfollow": {func(d *desk, by profile.Actor, c cases.Case) error {
			_, err := d.Unfollow(t.Context(), by, c.ID, "bea")
			return err
		}, joined + " " + work},
		"link": {func(d *desk, by profile.Actor, c cases.Case) error {
			_, err := d.Link(t.Context(), by, c.ID, "article/reset")
			return err
		}, joined + " " + work},
		"unlink": {func(d *desk, by profile.Actor, c cases.Case) error {
			_, err := d.Unlink(t.Context(), by, c.ID, "article/reset")
			return err
		}, own + " " + work},
	} {
		t.Run(says, func(t *testing.T) {
			for _, by := range []profile.Actor{nobody, ann, viewing, bea, mia, gus, ines, bob, kim, rex} {
				d := open(t)
				c := d.opened(t, ann, func(c *cases.Draft) { c.People = []cases.Participant{{Person: "bea", Comment: true}} })
				d.say(t, bob, c.ID, cases.Message{Body: "Try this.", Solution: true, Status: "in-progress"})
				before := d.stored(t, c.ID)
				err := act.do(d, by, before)
				id := by.ID
				if by.Viewer != "" {
					id = "viewing"
				}
				if contains(act.who, id) {
					require.NoError(t, err, id)
					continue
				}
				require.Error(t, err, id)
				require.Equal(t, before, d.stored(t, c.ID), "%s changed something", id)
				if d.sees(t, by, c.ID) {
					require.ErrorIs(t, err, cases.ErrForbidden, id)
				} else {
					require.ErrorIs(t, err, cases.ErrNotFound, id)
				}
			}
		})
	}
}

// TestWhatCustomersSee looks for what is among staff in all that customers get.
func TestWhatCustomersSee(t *testing.T) {
	d := open(t)
	c := d.opened(t, ann)
	d.say(t, bob, c.ID, cases.Message{Body: "CANARY", Internal: true})
	tags := []string{"CANARY"}
	at := d.case_(t, bob, c.ID)
	low := cases.LevelLow
	_, err := d.Edit(t.Context(), bob, c.ID, cases.Edit{Version: at.Version, Tags: &tags, Impact: &low})
	require.NoError(t, err)
	_, err = d.Move(t.Context(), bob, c.ID, "with-engineering", "")
	require.NoError(t, err)
	_, err = d.Assign(t.Context(), bob, c.ID, "kim")
	require.NoError(t, err)
	other := d.opened(t, gus)
	require.NoError(t, d.store.Save(t.Context(), linked(d.stored(t, c.ID), other.ID), nil))

	for _, by := range []profile.Actor{ann, mia} {
		seen := d.case_(t, by, c.ID)
		require.Empty(t, seen.Tags)
		require.Empty(t, seen.Assignee)
		require.Empty(t, seen.Queue)
		require.Empty(t, seen.Impact)
		require.Empty(t, seen.Status, "a team's own word for it")
		require.Equal(t, cases.StateProgress, seen.State)
		require.Zero(t, seen.Last)
		require.Empty(t, seen.Links, "a case of somebody else")
		require.Equal(t, seen.UpdatedAt, seen.TouchedAt)
		for _, e := range d.timeline(t, by, c.ID) {
			require.False(t, e.Internal)
			require.Zero(t, e.Number)
			require.NotContains(t, e.Body, "CANARY")
			for _, change := range e.Changes {
				require.NotContains(t, []string{"tags", "queue", "impact", "assignee", "status"}, change.Field)
			}
		}
		for says, q := range map[string]cases.Query{
			"tag": {Tag: "canary"}, "assignee": {Assignee: new("kim")}, "queue": {Queues: []cases.Key{"support"}}, "status": {Statuses: []cases.Key{"with-engineering"}},
			"touched": {Order: cases.OrderTouched},
		} {
			_, _, err := d.Cases(t.Context(), by, q)
			require.ErrorIs(t, err, cases.ErrForbidden, says)
			_, err = d.Count(t.Context(), by, q, 1)
			require.ErrorIs(t, err, cases.ErrForbidden, says)
		}
	}
	for _, o := range d.notices {
		if o.Kind == cases.NoticeNoted || o.Kind == cases.NoticeAssigned {
			require.NotContains(t, o.To, "ann")
		}
	}
	require.Contains(t, d.case_(t, bob, c.ID).Tags, "canary")
}

// TestStaffAsCustomers shows that staff see of a case that they only follow what
// customers do.
func TestStaffAsCustomers(t *testing.T) {
	d := open(t)
	c := d.refund(t)
	d.say(t, kim, c.ID, cases.Message{Body: "CANARY", Internal: true})
	_, err := d.Follow(t.Context(), kim, c.ID, cases.Participant{Person: "bob", Comment: true})
	require.NoError(t, err)
	require.True(t, d.sees(t, bob, c.ID))
	require.NotContains(t, kindsOf(d.timeline(t, bob, c.ID)), cases.EntryNote)
	page, _, err := d.Cases(t.Context(), bob, cases.Query{Queues: []cases.Key{"billing"}})
	require.NoError(t, err)
	require.Empty(t, page, "a list of those who work on it would tell how it is worked on")
	_, err = d.Say(t.Context(), bob, c.ID, cases.Message{Body: "x", Internal: true})
	require.ErrorIs(t, err, cases.ErrForbidden)
	require.Equal(t, cases.SideCustomer, d.say(t, bob, c.ID, cases.Message{Body: "x"}).Side)
}
