package cases_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/profile"
)

// TestLife follows a case through all states, and looks at its times.
func TestLife(t *testing.T) {
	d := open(t)
	c := d.opened(t, ann)
	step := func() { d.now = d.now.Add(time.Hour) }
	step()
	d.say(t, bob, c.ID, cases.Message{Body: "Which one?", Status: "waiting"})
	c = d.case_(t, ann, c.ID)
	require.Equal(t, cases.StateWaiting, c.State)
	require.Equal(t, d.now, c.WaitingAt)
	require.Equal(t, d.now, c.RepliedAt)
	step()
	d.say(t, ann, c.ID, cases.Message{Body: "The last."})
	c = d.case_(t, ann, c.ID)
	require.Equal(t, cases.StateProgress, c.State, "an answer is no longer waited for")
	require.Zero(t, c.WaitingAt)
	require.Equal(t, t0.Add(time.Hour), c.RepliedAt, "the first answer stays the first")
	step()
	solution := d.say(t, bob, c.ID, cases.Message{Body: "It is here.", Solution: true})
	c = d.case_(t, ann, c.ID)
	require.Equal(t, cases.StateSolved, c.State)
	require.Equal(t, solution.ID, c.Solution)
	require.Equal(t, d.now, c.SolvedAt)
	require.True(t, d.Rights(ann, c).Decide)
	c, err := d.Reject(t.Context(), ann, c.ID, "That is another one.")
	require.NoError(t, err)
	require.Equal(t, cases.StateProgress, c.State)
	require.Empty(t, c.Solution)
	require.Zero(t, c.SolvedAt)
	_, err = d.Accept(t.Context(), ann, c.ID)
	require.ErrorIs(t, err, cases.ErrForbidden, "there is nothing to accept any more")
	step()
	d.say(t, bob, c.ID, cases.Message{Body: "Now?", Solution: true})
	step()
	c, err = d.Accept(t.Context(), ann, c.ID)
	require.NoError(t, err)
	require.Equal(t, cases.StateClosed, c.State)
	require.Equal(t, d.now, c.ClosedAt)
	require.Equal(t, []cases.EntryKind{
		cases.EntryOpened, cases.EntryReply, cases.EntryChange, cases.EntryReply, cases.EntryChange, cases.EntrySolution, cases.EntryChange,
		cases.EntryRejected, cases.EntrySolution, cases.EntryChange, cases.EntryAccepted,
	}, kindsOf(d.timeline(t, ann, c.ID)))
}

func TestReopen(t *testing.T) {
	d := open(t)
	c := d.opened(t, ann)
	c, err := d.Close(t.Context(), ann, c.ID, "It works again.")
	require.NoError(t, err)
	require.Equal(t, cases.StateClosed, c.State)
	same, err := d.Close(t.Context(), ann, c.ID, "again")
	require.NoError(t, err)
	require.Equal(t, c.Version, same.Version, "it was closed already")
	d.now = d.now.AddDate(0, 0, 13)
	c, err = d.Reopen(t.Context(), ann, c.ID, "It does not.")
	require.NoError(t, err)
	require.Equal(t, cases.StateOpen, c.State)
	require.Zero(t, c.ClosedAt)
	_, err = d.Close(t.Context(), bob, c.ID, "")
	require.NoError(t, err)
	d.now = d.now.AddDate(0, 0, 13)
	d.say(t, ann, c.ID, cases.Message{Body: "One more thing."})
	require.Equal(t, cases.StateOpen, d.case_(t, ann, c.ID).State, "what a customer says takes it up again")
	_, err = d.Close(t.Context(), ann, c.ID, "")
	require.NoError(t, err)
	d.now = d.now.AddDate(0, 0, 14)
	_, err = d.Reopen(t.Context(), ann, c.ID, "")
	require.ErrorIs(t, err, cases.ErrConflict)
	require.ErrorContains(t, err, "error.cases.closed")
	_, err = d.Say(t.Context(), ann, c.ID, cases.Message{Body: "x"})
	require.ErrorContains(t, err, "error.cases.closed")
	_, err = d.Reopen(t.Context(), bob, c.ID, "")
	require.NoError(t, err, "staff can at any time")
}

func TestEscalate(t *testing.T) {
	d := open(t)
	c := d.opened(t, ann)
	_, err := d.Escalate(t.Context(), ann, c.ID, " ")
	require.ErrorIs(t, err, cases.ErrInvalid, "staff must know why")
	_, err = d.Assign(t.Context(), bob, c.ID, "kim")
	require.NoError(t, err)
	up, err := d.Escalate(t.Context(), ann, c.ID, "We open on Monday.")
	require.NoError(t, err)
	require.True(t, up.Escalated)
	require.Equal(t, cases.PriorityNormal, c.Priority)
	require.Equal(t, cases.PriorityHigh, up.Priority)
	require.Equal(t, []string{"kim"}, d.told(cases.NoticeEscalated))
	again, err := d.Escalate(t.Context(), ann, c.ID, "Really.")
	require.NoError(t, err)
	require.Equal(t, up.Version, again.Version, "once is enough")
}

func TestSayAgain(t *testing.T) {
	d := open(t)
	c := d.opened(t, ann)
	m := cases.Message{Body: "Hello?", Key: "k"}
	first := d.say(t, ann, c.ID, m)
	require.Equal(t, first, d.say(t, ann, c.ID, m))
	require.Len(t, d.timeline(t, ann, c.ID), 2)
	m.Body = "Other"
	_, err := d.Say(t.Context(), ann, c.ID, m)
	require.ErrorIs(t, err, cases.ErrConflict)
	for says, m := range map[string]cases.Message{
		"nothing": {Body: " "}, "NUL": {Body: "a\x00"}, "two things": {Body: "x", Internal: true, Solution: true}, "no status": {Body: "x", Status: "limbo"},
	} {
		_, err := d.Say(t.Context(), bob, c.ID, m)
		require.ErrorIs(t, err, cases.ErrInvalid, says)
	}
}

func TestEdit(t *testing.T) {
	d := open(t)
	c := d.opened(t, ann, func(c *cases.Draft) {
		c.Kind, c.Fields = "problem", map[string][]string{"affects": {"me"}}
	})
	high, subject := cases.LevelHigh, "Nothing starts"
	got, err := d.Edit(t.Context(), ann, c.ID, cases.Edit{
		Version: c.Version, Subject: &subject, Urgency: &high, Fields: map[string][]string{"affects": {"all"}, "workaround": {"none"}},
	})
	require.NoError(t, err)
	require.Equal(t, "Nothing starts", got.Subject)
	require.Equal(t, cases.PriorityHigh, got.Priority)
	entries := d.timeline(t, ann, c.ID)
	require.Equal(t, []cases.Change{
		{Field: "subject", From: "Where is my invoice?", To: subject}, {Field: "urgency", From: "medium", To: "high"},
		{Field: "priority", From: "normal", To: "high"}, {Field: "fields.affects", From: "me", To: "all"}, {Field: "fields.workaround", To: "none"},
	}, entries[1].Changes)
	_, err = d.Edit(t.Context(), ann, c.ID, cases.Edit{Version: c.Version, Subject: &subject})
	require.ErrorContains(t, err, "error.conflict_changed", "it was changed since")
	same, err := d.Edit(t.Context(), ann, c.ID, cases.Edit{Version: got.Version, Subject: &subject})
	require.NoError(t, err)
	require.Equal(t, got.Version, same.Version, "nothing changed")
	bad := cases.Level("max")
	_, err = d.Edit(t.Context(), ann, c.ID, cases.Edit{Version: got.Version, Urgency: &bad})
	require.ErrorIs(t, err, cases.ErrInvalid)
	kind := cases.Key("question")
	_, err = d.Edit(t.Context(), bob, c.ID, cases.Edit{Version: got.Version, Kind: &kind})
	require.ErrorIs(t, err, cases.ErrInvalid, "its answers have no place in the other form")
	got, err = d.Edit(t.Context(), bob, c.ID, cases.Edit{Version: got.Version, Kind: &kind, Fields: map[string][]string{}})
	require.NoError(t, err)
	require.Empty(t, got.Fields)
}

// TestEditKeepsWhatStaffFilledIn shows that customers who change a form leave what
// they are not asked as it is.
func TestEditKeepsWhatStaffFilledIn(t *testing.T) {
	d := open(t)
	c := d.refund(t)
	got, err := d.Edit(t.Context(), kim, c.ID, cases.Edit{Version: c.Version, Fields: map[string][]string{"invoice": {"INV-7"}, "risk": {"some"}}})
	require.NoError(t, err)
	got, err = d.Edit(t.Context(), mia, c.ID, cases.Edit{Version: got.Version, Fields: map[string][]string{"invoice": {"INV-8"}}})
	require.NoError(t, err)
	require.Equal(t, []string{"INV-8"}, got.Fields["invoice"])
	require.Equal(t, []string{"some"}, d.stored(t, c.ID).Fields["risk"])
}

func TestAssign(t *testing.T) {
	d := open(t)
	c := d.refund(t)
	for _, who := range []string{"bob", "ines", "mia", "zed"} {
		_, err := d.Assign(t.Context(), kim, c.ID, who)
		require.ErrorIs(t, err, cases.ErrInvalid, "%s does not work on it", who)
	}
	got, err := d.Assign(t.Context(), kim, c.ID, "kim")
	require.NoError(t, err)
	require.Equal(t, "kim", got.Assignee)
	none := ""
	page, _, err := d.Cases(t.Context(), kim, cases.Query{Assignee: &none})
	require.NoError(t, err)
	require.Empty(t, page)
	got, err = d.Assign(t.Context(), kim, c.ID, "")
	require.NoError(t, err)
	require.Empty(t, got.Assignee)
}

func TestPeople(t *testing.T) {
	d := open(t)
	c := d.opened(t, ann)
	_, err := d.Follow(t.Context(), ann, c.ID, cases.Participant{Person: "gus"})
	require.ErrorIs(t, err, cases.ErrInvalid, "a stranger to customers")
	_, err = d.Follow(t.Context(), bob, c.ID, cases.Participant{Person: "gus"})
	require.NoError(t, err)
	require.Equal(t, []string{"gus"}, d.told(cases.NoticeFollowed))
	_, err = d.Say(t.Context(), gus, c.ID, cases.Message{Body: "x"})
	require.ErrorIs(t, err, cases.ErrForbidden, "who looks does not speak")
	_, err = d.Follow(t.Context(), bob, c.ID, cases.Participant{Person: "gus", Comment: true})
	require.NoError(t, err)
	d.say(t, gus, c.ID, cases.Message{Body: "x"})
	_, err = d.Unfollow(t.Context(), gus, c.ID, "gus")
	require.NoError(t, err)
	require.False(t, d.sees(t, gus, c.ID))
}

// TestGuests shows what somebody may do who came by a link to one case.
func TestGuests(t *testing.T) {
	d := open(t)
	mine, other := d.opened(t, ann), d.opened(t, ann)
	guest := ann
	guest.Assurance = profile.AssuranceLink
	_, err := d.Say(t.Context(), guest, mine.ID, cases.Message{Body: "x"})
	require.ErrorIs(t, err, cases.ErrForbidden)
	guest.Segments = []string{profile.SegmentOfLink(cases.Purpose, "case/"+mine.ID)}
	d.say(t, guest, mine.ID, cases.Message{Body: "x"})
	_, err = d.Say(t.Context(), guest, other.ID, cases.Message{Body: "x"})
	require.ErrorIs(t, err, cases.ErrForbidden)
}

// TestPages reads a list and a timeline page by page.
func TestPages(t *testing.T) {
	d := open(t)
	var want []string
	for range 5 {
		d.now = d.now.Add(time.Second)
		want = append([]string{d.opened(t, ann).ID}, want...)
	}
	var got []string
	for c, err := range d.All(t.Context(), ann, cases.Query{Limit: 2}) {
		require.NoError(t, err)
		got = append(got, c.ID)
	}
	require.Equal(t, want, got, "newest first")
	_, next, err := d.Cases(t.Context(), ann, cases.Query{Limit: 2})
	require.NoError(t, err)
	_, _, err = d.Cases(t.Context(), mia, cases.Query{Limit: 2, After: next})
	require.ErrorIs(t, err, cases.ErrInvalid, "a token is its list's, and its reader's")

	d.say(t, bob, want[0], cases.Message{Body: "among us", Internal: true})
	for range 3 {
		d.say(t, ann, want[0], cases.Message{Body: "x"})
	}
	first, next, err := d.Entries(t.Context(), ann, want[0], "", 2)
	require.NoError(t, err)
	rest, end, err := d.Entries(t.Context(), ann, want[0], next, 2)
	require.NoError(t, err)
	require.Empty(t, end)
	require.Equal(t, []cases.EntryKind{cases.EntryOpened, cases.EntryReply, cases.EntryReply, cases.EntryReply}, append(kindsOf(first), kindsOf(rest)...))
}

func TestReference(t *testing.T) {
	d := open(t)
	c := d.opened(t, ann)
	for _, s := range []string{c.Reference, " " + c.Reference[:4] + c.Reference[5:] + " ", "#" + c.Reference} {
		got, ok := cases.ParseReference(s)
		require.True(t, ok, s)
		require.Equal(t, c.Reference, got)
	}
	wrong := []byte(c.Reference)
	for i, digit := range wrong {
		if digit == '-' {
			continue
		}
		if wrong[i] = '7'; digit == '7' {
			wrong[i] = '8'
		}
		_, ok := cases.ParseReference(string(wrong))
		require.False(t, ok, "%s is not %s", wrong, c.Reference)
		wrong[i] = digit
	}
	_, err := d.Case(t.Context(), gus, c.Reference)
	require.ErrorIs(t, err, cases.ErrNotFound, "knowing it opens nothing")
}
