package profiletest_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// pigeons are a good channel.
type pigeons struct {
	mu      sync.Mutex
	trouble profiletest.Trouble
	got     []profiletest.Received
}

func (p *pigeons) Name() string { return "pigeon" }

func (p *pigeons) Send(ctx context.Context, m profile.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.To.ID == "" {
		return nil
	}
	switch p.trouble {
	case profiletest.TroubleLater:
		return errors.New("no pigeon is at home")
	case profiletest.TroubleForGood:
		return profile.Permanent(errors.New("no such roof"))
	case profiletest.TroubleHang:
		<-ctx.Done()
		return ctx.Err()
	}
	text := m.Line
	for _, i := range m.Items {
		text += " " + strings.Join(strings.Fields(i.Title), " ") + " " + i.URL
	}
	p.got = append(p.got, profiletest.Received{Key: m.Key, Text: strings.Join(strings.Fields(text), " ")})
	return nil
}

func (p *pigeons) end(c profile.Channel) profiletest.ChannelEnd {
	return profiletest.ChannelEnd{
		Channel: c, To: profile.Recipient{ID: "ann", Email: "ann@acme.example"},
		Trouble: func(t profiletest.Trouble) { p.trouble = t },
		Got: func() []profiletest.Received {
			p.mu.Lock()
			defer p.mu.Unlock()
			return append([]profiletest.Received(nil), p.got...)
		},
	}
}

func TestGoodChannel(t *testing.T) {
	profiletest.TestChannel(t, func(*testing.T) profiletest.ChannelEnd {
		p := &pigeons{}
		return p.end(p)
	})
}

// faultyChannel is a good channel with one fault.
type faultyChannel struct {
	*pigeons
	name string
	send func(ctx context.Context, m profile.Message) error
}

func (f faultyChannel) Name() string {
	if f.name != "" {
		return f.name
	}
	return f.pigeons.Name()
}

func (f faultyChannel) Send(ctx context.Context, m profile.Message) error {
	if f.send != nil {
		return f.send(ctx, m)
	}
	return f.pigeons.Send(ctx, m)
}

func failing(change func(m profile.Message, err error) error) func(*pigeons) faultyChannel {
	return func(p *pigeons) faultyChannel {
		return faultyChannel{pigeons: p, send: func(ctx context.Context, m profile.Message) error {
			if err := p.Send(ctx, m); err != nil {
				return change(m, err)
			}
			return nil
		}}
	}
}

func altered(change func(m *profile.Message)) func(*pigeons) faultyChannel {
	return func(p *pigeons) faultyChannel {
		return faultyChannel{pigeons: p, send: func(ctx context.Context, m profile.Message) error {
			m.Items = append([]profile.MessageItem(nil), m.Items...)
			change(&m)
			return p.Send(ctx, m)
		}}
	}
}

// brokenChannels lists the faults that the suite must catch.
var brokenChannels = map[string]func(*pigeons) faultyChannel{
	"channel: no name":            func(p *pigeons) faultyChannel { return faultyChannel{pigeons: p, name: "in/box"} },
	"channel: one key":            altered(func(m *profile.Message) { m.Key = "same" }),
	"channel: a key each time":    altered(func(m *profile.Message) { m.Key += time.Now().String() }),
	"channel: no link":            altered(func(m *profile.Message) { m.Items[0].URL = "" }),
	"channel: no subject":         altered(func(m *profile.Message) { m.Line = "" }),
	"channel: cuts long texts":    altered(func(m *profile.Message) { m.Line, m.Items[0].Title = m.Line[:min(20, len(m.Line))], "" }),
	"channel: goes nowhere":       altered(func(m *profile.Message) { m.To.ID = "x" }),
	"channel: swallows failures":  failing(func(profile.Message, error) error { return nil }),
	"channel: gives up at once":   failing(func(_ profile.Message, err error) error { return profile.Permanent(err) }),
	"channel: never gives up":     failing(func(profile.Message, error) error { return errors.New("failed") }),
	"channel: quotes the subject": failing(func(m profile.Message, err error) error { return errors.Join(err, errors.New("was: "+m.Line)) }),
	"channel: names the address":  failing(func(m profile.Message, err error) error { return errors.Join(err, errors.New(m.To.Email)) }),
	"channel: sends after the end": func(p *pigeons) faultyChannel {
		return faultyChannel{pigeons: p, send: func(ctx context.Context, m profile.Message) error {
			return errors.Join(p.Send(context.WithoutCancel(ctx), m), ctx.Err())
		}}
	},
	"channel: a message for each item": func(p *pigeons) faultyChannel {
		return faultyChannel{pigeons: p, send: func(ctx context.Context, m profile.Message) error {
			for _, i := range m.Items {
				one := m
				one.Items = []profile.MessageItem{i}
				if err := p.Send(ctx, one); err != nil {
					return err
				}
			}
			return nil
		}}
	},
	"channel: sends before it fails": func(p *pigeons) faultyChannel {
		return faultyChannel{pigeons: p, send: func(ctx context.Context, m profile.Message) error {
			err := p.Send(ctx, m)
			if err != nil && !profile.IsPermanent(err) {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.got = append(p.got, profiletest.Received{Key: m.Key, Text: m.Line})
			}
			return err
		}}
	},
	"channel: takes a text for lines": func(p *pigeons) faultyChannel {
		return faultyChannel{pigeons: p, send: func(ctx context.Context, m profile.Message) error {
			err := p.Send(ctx, m)
			p.mu.Lock()
			defer p.mu.Unlock()
			if n := len(p.got); err == nil && n > 0 {
				p.got[n-1].Text += strings.ReplaceAll(m.Line, "\r", "")
			}
			return err
		}}
	},
}

// TestSuiteCatchesChannels runs the suite on every broken store and wants it to fail.
func TestSuiteCatchesChannels(t *testing.T) {
	suitetest.Catches(t, brokenChannels, func(t *testing.T, fault func(*pigeons) faultyChannel) {
		profiletest.TestChannel(t, func(*testing.T) profiletest.ChannelEnd {
			p := &pigeons{}
			return p.end(fault(p))
		})
	})
}
