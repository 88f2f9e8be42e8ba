package profiletest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// A Trouble is how the far end of a channel behaves.
type Trouble string

// The troubles.
const (
	TroubleNone    Trouble = ""
	TroubleLater   Trouble = "later"   // refuses for now, in words that quote the message
	TroubleForGood Trouble = "forgood" // refuses for good, in words that quote the message
	TroubleHang    Trouble = "hang"    // answers nothing
)

// A Received is what the far end has got of one message.
type Received struct {
	Key  string // what a receiver can tell repeated messages by
	Text string // all that it says, decoded
}

// A ChannelEnd is a channel and what is at its far end.
type ChannelEnd struct {
	Channel profile.Channel
	To      profile.Recipient // who can be reached
	Nowhere profile.Recipient // who has no address
	Trouble func(Trouble)     // how the far end behaves from now on
	Got     func() []Received // what it has taken so far
}

// TestChannel runs the contract of [profile.Channel] as subtests. open must
// return a channel that has sent nothing each time it is called.
func TestChannel(t *testing.T, open func(t *testing.T) ChannelEnd) {
	suitetest.Run(t, channelContract(), open)
}

func channelContract() []suitetest.Promise[ChannelEnd] {
	return []suitetest.Promise[ChannelEnd]{
		{"Name", "Name is one word that can be a part of a lane", checkChannelName},
		{"Sends", "Send delivers a message once, with what it is about and where to read on", checkChannelSends},
		{"Digest", "a message of many items is one message", checkChannelDigest},
		{"Key", "the receiver can tell a repeated message from another one", checkChannelKey},
		{"Nowhere", "a recipient without an address is no error", checkChannelNowhere},
		{"Later", "a refusal for now is an error, is not permanent and does not quote the message", checkChannelLater},
		{"ForGood", "a refusal for good is permanent and does not quote the message", checkChannelForGood},
		{"Hang", "a receiver that does not answer holds nobody up beyond the context", checkChannelHang},
		{"Cancelled", "with a cancelled context nothing is sent", checkChannelCancelled},
		{"OddText", "a text is only text: line breaks, markup, quotes, emoji, right-to-left", checkChannelText},
		{"LongText", "the longest texts there are go through", checkChannelLong},
		{"Concurrent", "messages can be sent at the same time", checkChannelConcurrent},
	}
}

// canaryTitle is what nobody may read in an error.
const canaryTitle = "Canary-7c1f"

func newMessage(end ChannelEnd, key string, change ...func(*profile.Message)) profile.Message {
	m := profile.Message{
		Key: key, To: end.To, Line: "Changed: " + canaryTitle, At: t0, Why: "You follow this.", Open: "Open",
		Items: []profile.MessageItem{{
			ID: "n1", Kind: "article.updated", Title: canaryTitle, Body: "What is new.", URL: "https://help.example/articles/canary-7c1f", At: t0,
		}},
		Settings: "https://help.example/account/preferences", SettingsAs: "Settings",
		Unsubscribe: "https://help.example/api/v1/me/notices/unsubscribe?token=abc", UnsubAs: "Stop",
	}
	for _, f := range change {
		f(&m)
	}
	return m
}

func titled(title string) func(*profile.Message) {
	return func(m *profile.Message) { m.Line, m.Items[0].Title = title, title }
}

func sent(t *testing.T, end ChannelEnd, m profile.Message) {
	t.Helper()
	require.NoError(t, end.Channel.Send(t.Context(), m))
}

func checkChannelName(t *testing.T, end ChannelEnd) {
	name := end.Channel.Name()
	require.NotEmpty(t, name)
	require.NotEqual(t, profile.ChannelInbox, name)
	require.Equal(t, -1, strings.IndexFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' && r != '_' }), name)
	require.Equal(t, name, end.Channel.Name())
}

func checkChannelSends(t *testing.T, end ChannelEnd) {
	sent(t, end, newMessage(end, "KEY1"))
	got := end.Got()
	require.Len(t, got, 1)
	require.Contains(t, got[0].Text, canaryTitle)
	require.Contains(t, got[0].Text, "https://help.example/articles/canary-7c1f")
}

func checkChannelDigest(t *testing.T, end ChannelEnd) {
	sent(t, end, newMessage(end, "KEY1", func(m *profile.Message) {
		m.Digest, m.Line = profile.DigestDaily, "Your summary (3)"
		for i := range 2 {
			m.Items = append(m.Items, profile.MessageItem{ID: fmt.Sprint("d", i), Title: fmt.Sprint("More ", i), URL: "https://help.example/more", At: t0})
		}
	}))
	got := end.Got()
	require.Len(t, got, 1)
	require.Contains(t, got[0].Text, "Your summary (3)")
}

func checkChannelKey(t *testing.T, end ChannelEnd) {
	for _, key := range []string{"KEY1", "KEY2", "KEY1"} {
		sent(t, end, newMessage(end, key))
	}
	got := end.Got()
	require.Len(t, got, 3)
	require.NotEmpty(t, got[0].Key)
	require.Equal(t, got[0].Key, got[2].Key)
	require.NotEqual(t, got[0].Key, got[1].Key)
}

func checkChannelNowhere(t *testing.T, end ChannelEnd) {
	sent(t, end, newMessage(end, "KEY1", func(m *profile.Message) { m.To = end.Nowhere }))
	require.Empty(t, end.Got())
}

func quotesNothing(t *testing.T, end ChannelEnd, err error) {
	t.Helper()
	for _, secret := range []string{canaryTitle, strings.ToLower(canaryTitle), "What is new", "token=abc"} {
		require.NotContains(t, strings.ToLower(err.Error()), strings.ToLower(secret))
	}
	if end.To.Email != "" {
		require.NotContains(t, err.Error(), end.To.Email)
	}
}

func checkChannelLater(t *testing.T, end ChannelEnd) {
	end.Trouble(TroubleLater)
	err := end.Channel.Send(t.Context(), newMessage(end, "KEY1"))
	require.Error(t, err)
	require.False(t, profile.IsPermanent(err), "%v", err)
	quotesNothing(t, end, err)
	require.Empty(t, end.Got())
	end.Trouble(TroubleNone)
	sent(t, end, newMessage(end, "KEY1"))
	require.Len(t, end.Got(), 1)
}

func checkChannelForGood(t *testing.T, end ChannelEnd) {
	end.Trouble(TroubleForGood)
	err := end.Channel.Send(t.Context(), newMessage(end, "KEY1"))
	require.Error(t, err)
	require.True(t, profile.IsPermanent(err), "%v", err)
	quotesNothing(t, end, err)
	end.Trouble(TroubleNone)
	sent(t, end, newMessage(end, "KEY2"))
	require.Len(t, end.Got(), 1)
}

func checkChannelHang(t *testing.T, end ChannelEnd) {
	end.Trouble(TroubleHang)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- end.Channel.Send(ctx, newMessage(end, "KEY1")) }()
	select {
	case err := <-done:
		require.Error(t, err)
		require.False(t, profile.IsPermanent(err), "%v", err)
		quotesNothing(t, end, err)
	case <-time.After(5 * time.Second):
		require.Fail(t, "it still waits")
	}
}

func checkChannelCancelled(t *testing.T, end ChannelEnd) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := end.Channel.Send(ctx, newMessage(end, "KEY1"))
	require.Error(t, err)
	require.False(t, profile.IsPermanent(err), "%v", err)
	require.Empty(t, end.Got())
}

func checkChannelText(t *testing.T, end ChannelEnd) {
	for i, odd := range []string{
		"one\r\nBcc: everybody@evil.example\r\n\r\ntwo", "a\nb\tc\x00d", "<script>alert(1)</script> & \"quoted\" 'too'", ".", "\U0001F600 שלום \u202e", "=?utf-8?q?x?= %0d%0aX: y", "{{.}} $1 %s",
	} {
		sent(t, end, newMessage(end, fmt.Sprint("KEY", i), titled(odd), func(m *profile.Message) { m.To.Name = odd }))
	}
	got := end.Got()
	require.Len(t, got, 7)
	for _, r := range got {
		require.NotContains(t, r.Text, "\nBcc:")
	}
}

func checkChannelLong(t *testing.T, end ChannelEnd) {
	long := strings.Repeat("\U0001F600", 200)
	sent(t, end, newMessage(end, "KEY1", titled(long), func(m *profile.Message) { m.Items[0].Body = strings.Repeat("\"\u00e9<", 200) }))
	got := end.Got()
	require.Len(t, got, 1)
	require.Contains(t, got[0].Text, strings.Repeat("\U0001F600", 20))
	require.Contains(t, got[0].Text, "https://help.example/articles/canary-7c1f")
}

func checkChannelConcurrent(t *testing.T, end ChannelEnd) {
	const n = 8
	failures := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { failures[i] = end.Channel.Send(t.Context(), newMessage(end, fmt.Sprint("KEY", i))) })
	}
	wg.Wait()
	require.NoError(t, errors.Join(failures...))
	keys := map[string]bool{}
	for _, r := range end.Got() {
		keys[r.Key] = true
	}
	require.Len(t, keys, n)
}
