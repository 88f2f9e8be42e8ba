package site

import (
	"context"
	"errors"
	"net/http"
	"net/mail"
	"strings"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/pushprofile"
	"github.com/stoa-go/stoa/profile/webhookprofile"
)

// openPush makes the way to browsers. Those that have subscribed know the
// portal by its key, which is in the database: the first instance makes it.
func (s *Site) openPush(ctx context.Context) (err error) {
	key, err := s.db.kept(ctx, "push.key", pushprofile.GenerateKey())
	if err != nil {
		return err
	}
	s.push, err = pushprofile.New(s.keeping, key, s.cfg.pushContact(), &pushprofile.Options{Client: s.cfg.outside, Now: s.cfg.Now, InSession: true})
	return err
}

// pushContact is where push services write to if there is trouble.
func (c *Config) pushContact() string {
	if a, err := mail.ParseAddress(c.Mail.From); err == nil {
		return "mailto:" + a.Address
	}
	if strings.HasPrefix(c.BaseURL, "https://") {
		return c.BaseURL
	}
	return "mailto:portal@localhost"
}

// pushWorker serves the script that shows notices when no page is open. It is
// at the root, since it can speak for what is below it only.
func (s *Site) pushWorker(w http.ResponseWriter, _ *http.Request) error {
	script, err := staticFiles.ReadFile("static/push-worker.js")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, err = w.Write(script)
	return err
}

func (s *Site) openWebhooks() {
	s.hooks = webhookprofile.New(s.keeping, &webhookprofile.Options{Client: s.cfg.outside, Now: s.cfg.Now, May: s.mayHook})
}

// mayHook reports whether somebody may have webhooks now.
func (s *Site) mayHook(ctx context.Context, person string) (bool, error) {
	by, err := s.people.Actor(ctx, person)
	if errors.Is(err, profile.ErrNotFound) {
		return false, nil
	}
	return err == nil && s.policy.May(by, profile.PermissionMembersWrite), err
}

// channelsFor returns the ways that the visitor may choose from. Webhooks are
// for those who look after an organisation or the portal.
func (s *Site) channelsFor(v *visit) (list []string) {
	for _, c := range s.notifier.Channels() {
		if c != profile.ChannelWebhook || s.policy.May(v.By, profile.PermissionMembersWrite) {
			list = append(list, c)
		}
	}
	return list
}
