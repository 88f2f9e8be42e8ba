package matrix_test

import (
	"context"
	"sync"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/smsprofile"
)

// texts are the codes that people were sent.
type texts struct {
	mu   sync.Mutex
	sent map[string]string // by person
}

func (x *texts) send(_ context.Context, s smsprofile.SMS) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.sent[s.Person] = s.Text
	return nil
}

func (x *texts) to(person string) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.sent[person]
}

// numberOf is somebody's telephone: letters as they are on its keys will do.
func numberOf(person string) string {
	n := "+43"
	for _, r := range person + "aaaaaa" {
		n += string('0' + r%10)
	}
	return n[:min(len(n), 14)]
}

// phoned has somebody else, and the actor if there is one, have a telephone.
func (w *world) phoned(ctx context.Context, by profile.Actor) {
	if by.Anonymous() {
		return // what nobody does is to leave no trace
	}
	for _, id := range []string{"bob", by.ID} {
		_ = w.keeping.SaveEndpoint(ctx, profile.Endpoint{ID: "phone-" + id, Person: id, Channel: profile.ChannelSMS, Address: numberOf(id), CreatedAt: w.now.time()})
	}
}

func phoneOperations() []operation {
	op := func(name, route string, call func(ctx context.Context, w *world, by profile.Actor) (any, bool, error)) operation {
		return operation{name: "smsprofile." + name, on: "portal", routes: []string{route}, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			w.phoned(ctx, by)
			return call(ctx, w, by)
		}}
	}
	return []operation{
		op("Mine", "profile.phone", func(ctx context.Context, w *world, by profile.Actor) (any, bool, error) {
			phone, err := w.phones.Mine(ctx, by)
			return phone, phone.Number == numberOf(by.ID), err
		}),
		op("Ask", "profile.ask_phone", func(ctx context.Context, w *world, by profile.Actor) (any, bool, error) {
			phone, err := w.phones.Ask(ctx, by, "+4366099999")
			return phone, phone.Pending == "+4366099999" && w.texts.to(by.ID) != "", err
		}),
		op("Confirm", "profile.confirm_phone", func(ctx context.Context, w *world, by profile.Actor) (any, bool, error) {
			_, err := w.phones.Ask(ctx, by, "+4366088888")
			if err != nil {
				return nil, false, err
			}
			phone, err := w.phones.Confirm(ctx, by, w.texts.to(by.ID))
			return phone, phone.Number == "+4366088888" && w.sendsTo(ctx, "bob", profile.ChannelSMS, numberOf("bob")) == (by.ID != "bob"), err
		}),
		op("Remove", "profile.remove_phone", func(ctx context.Context, w *world, by profile.Actor) (any, bool, error) {
			err := w.phones.Remove(ctx, by)
			return nil, !w.sendsTo(ctx, by.ID, profile.ChannelSMS, numberOf(by.ID)) && w.sendsTo(ctx, "bob", profile.ChannelSMS, numberOf("bob")), err
		}),
	}
}

func addressOperations() []operation {
	return []operation{
		{name: "profile.Addresses.Suggest", on: "portal", routes: []string{"profile.address_suggestions"}, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			list, err := w.addresses.Suggest(ctx, by, profile.AddressQuery{Text: "Damrak"})
			return list, len(list) == 1, err
		}},
		{name: "profile.Addresses.Address", on: "portal", routes: []string{"profile.suggested_address"}, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			a, err := w.addresses.Address(ctx, by, "0")
			return a, a.City == "Amsterdam", err
		}},
	}
}
