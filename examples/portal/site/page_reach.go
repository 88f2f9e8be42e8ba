package site

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Where people are reached besides their mail address: their browsers, their
// telephone and the webhooks they run.

type reachBody struct {
	Push     *pushBody  // nil where browsers cannot be reached
	Phone    *phoneBody // nil where no text messages go out
	Webhooks *webhookBody
}

type pushBody struct {
	Key      string // that browsers subscribe with
	Browsers []endpointRow
}

type webhookBody struct {
	Rows  []endpointRow
	Add   bool // they may add one
	Input input
	Made  *input // the secret of the one just added, shown this once
}

// An endpointRow is an address that somebody added, and the form that removes
// it.
type endpointRow struct {
	ID, Channel string
	Device      string // message key of what kind of device it is
	Text        string // what it is in its own words
	At          time.Time
}

// reachOf returns where the visitor is reached.
func (s *Site) reachOf(ctx context.Context, v *visit) (b reachBody, err error) {
	if s.push != nil {
		b.Push = &pushBody{Key: s.push.PublicKey()}
		if b.Push.Browsers, err = s.endpointsOf(ctx, v, profile.ChannelPush); err != nil {
			return b, err
		}
	}
	if b.Phone, err = s.phoneOf(ctx, v); err != nil || s.hooks == nil {
		return b, err
	}
	// Whoever may add none any more still sees what they added, and removes it.
	rows, err := s.endpointsOf(ctx, v, profile.ChannelWebhook)
	may := slices.Contains(s.channelsFor(v), profile.ChannelWebhook)
	if may || len(rows) > 0 {
		b.Webhooks = &webhookBody{Rows: rows, Add: may, Input: input{Name: "url", Label: v.P.T("reach.webhook"), Hint: v.P.T("reach.webhook_note"), Kind: "url", Max: 1024, Complete: "off"}}
	}
	return b, err
}

func (s *Site) endpointsOf(ctx context.Context, v *visit, channel string) (rows []endpointRow, err error) {
	list, err := s.keeping.Endpoints(ctx, v.By.ID, channel)
	for _, e := range list {
		row := endpointRow{ID: e.ID, Channel: channel, Device: "device." + deviceOf(e.Agent), Text: e.Agent, At: e.CreatedAt}
		if channel == profile.ChannelWebhook {
			row.Text = e.Address
		}
		rows = append(rows, row)
	}
	return rows, err
}

// removeEndpoint forgets an address of the visitor. One that is gone already is
// as it should be.
func (s *Site) removeEndpoint(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	id, channel := r.PostFormValue("id"), r.PostFormValue("channel")
	if id == "" || !slices.Contains(s.notifier.Channels(), channel) {
		return errs.Field("channel", "error.field.invalid", nil)
	}
	if _, err := s.keeping.RemoveEndpoints(r.Context(), profile.EndpointQuery{ID: id, Person: v.By.ID, Channel: channel}); err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/account/preferences")+"?saved=1#reach", http.StatusSeeOther)
	return nil
}

// addWebhook adds a receiver, and shows what it checks signatures with this
// once.
func (s *Site) addWebhook(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	if !slices.Contains(s.channelsFor(v), profile.ChannelWebhook) {
		return errs.NotFound
	}
	typed := r.PostFormValue("url")
	made, err := s.hooks.Add(r.Context(), v.By, typed)
	wrong, isFields := errors.AsType[errs.Fields](err)
	if err != nil && !isFields {
		return err
	}
	prefs, err := s.people.Preferences(r.Context(), v.By, v.By.ID)
	if err != nil {
		return err
	}
	reach, err := s.reachOf(r.Context(), v)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if isFields {
		status = http.StatusUnprocessableEntity
		reach.Webhooks.Input.Value, reach.Webhooks.Input.Error = typed, v.P.Fields(wrong)["url"]
	} else {
		reach.Webhooks.Made = &input{Name: "secret", Label: v.P.T("reach.webhook_secret"), Hint: v.P.T("reach.webhook_secret_note"), Kind: "text", Value: made.Data["secret"], Fixed: true}
	}
	return s.showPreferencesWith(w, r, status, prefs, nil, reach)
}
