package smsprofile_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
	"github.com/stoa-go/stoa/profile/smsprofile"
)

// A gateway is the service of a host.
type gateway struct {
	mu      sync.Mutex
	trouble profiletest.Trouble
	sent    []smsprofile.SMS
}

func (g *gateway) send(ctx context.Context, s smsprofile.SMS) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch g.trouble {
	case profiletest.TroubleLater:
		return errors.New("busy: " + s.Text)
	case profiletest.TroubleForGood:
		return profile.Permanent(errors.New("never: " + s.Text))
	case profiletest.TroubleHang:
		<-ctx.Done()
		return errors.New("timeout: " + s.Text)
	}
	g.sent = append(g.sent, s)
	return nil
}

func numbers(_ context.Context, person string) ([]string, error) {
	return map[string][]string{"ann": {"+436601234567"}, "two": {"+436601234567", "+4917012345"}, "odd": {"0660 12"}}[person], nil
}

func TestChannel(t *testing.T) {
	profiletest.TestChannel(t, func(t *testing.T) profiletest.ChannelEnd {
		g := &gateway{}
		c, err := smsprofile.New(numbers, g.send, nil)
		require.NoError(t, err)
		return profiletest.ChannelEnd{
			Channel: c, To: profile.Recipient{ID: "ann"}, Nowhere: profile.Recipient{ID: "bob"},
			Trouble: func(trouble profiletest.Trouble) { g.trouble = trouble },
			Got: func() []profiletest.Received {
				var got []profiletest.Received
				for _, s := range g.sent {
					require.LessOrEqual(t, smsprofile.Segments(s.Text), 2)
					got = append(got, profiletest.Received{Key: s.Key, Text: s.Text})
				}
				return got
			},
		}
	})
}

func TestNumbers(t *testing.T) {
	g := &gateway{}
	c, err := smsprofile.New(numbers, g.send, nil)
	require.NoError(t, err)
	m := profile.Message{Key: "K", Line: "Hello", Items: []profile.MessageItem{{URL: "https://h.example/a"}}}
	m.To.ID = "two"
	require.NoError(t, c.Send(t.Context(), m))
	require.Len(t, g.sent, 2)
	require.NotEqual(t, g.sent[0].Key, g.sent[1].Key)
	m.To.ID = "odd"
	require.True(t, profile.IsPermanent(c.Send(t.Context(), m)))
	g.trouble = profiletest.TroubleForGood
	m.To.ID = "two"
	require.True(t, profile.IsPermanent(c.Send(t.Context(), m)))
	down, err := smsprofile.New(func(context.Context, string) ([]string, error) { return nil, errors.New("+43660 is down") }, g.send, nil)
	require.NoError(t, err)
	err = down.Send(t.Context(), m)
	require.ErrorIs(t, err, profile.ErrUnavailable)
	require.NotContains(t, err.Error(), "+43660")
	wait, err := smsprofile.New(numbers, func(context.Context, smsprofile.SMS) error { return profile.RetryAfter(errors.New("x"), time.Hour) }, nil)
	require.NoError(t, err)
	var later *profile.SendError
	require.ErrorAs(t, wait.Send(t.Context(), m), &later)
	require.Equal(t, time.Hour, later.After)
	_, err = smsprofile.New(nil, g.send, nil)
	require.ErrorIs(t, err, profile.ErrInvalid)
}

func TestSegments(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
	}{
		{"", 1}, {strings.Repeat("a", 160), 1}, {strings.Repeat("a", 161), 2}, {strings.Repeat("a", 306), 2}, {strings.Repeat("a", 307), 3},
		{strings.Repeat("ж", 70), 1}, {strings.Repeat("ж", 71), 2}, {strings.Repeat("ж", 134), 2}, {strings.Repeat("ж", 135), 3},
		{strings.Repeat("\U0001F600", 35), 1}, {strings.Repeat("\U0001F600", 36), 2},
		{strings.Repeat("€", 80), 1}, {strings.Repeat("€", 81), 2}, {strings.Repeat("ä", 160), 1}, {strings.Repeat("a", 70) + "ç", 2},
	} {
		require.Equal(t, c.want, smsprofile.Segments(c.text), "%d of %.4q", len(c.text), c.text)
	}
}

func TestFit(t *testing.T) {
	const address = "https://help.example/articles/vpn"
	require.Equal(t, "Hello "+address, smsprofile.Fit("Hello", address, 1))
	require.Equal(t, "a b "+address, smsprofile.Fit("a\r\nb", address, 1))
	for _, letter := range []string{"a", "ж", "\U0001F600", "€"} {
		got := smsprofile.Fit(strings.Repeat(letter, 500), address, 2)
		require.Equal(t, 2, smsprofile.Segments(got))
		require.True(t, strings.HasSuffix(got, "... "+address), got)
		require.Equal(t, 3, smsprofile.Segments(strings.Replace(got, "...", "..."+strings.Repeat(letter, 4), 1)), "no room is wasted")
	}
	long := "https://help.example/" + strings.Repeat("a", 400)
	require.Equal(t, long, smsprofile.Fit("Hello", long, 1), "an address is whole or not there")
}
