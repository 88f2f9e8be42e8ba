package matrix_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/audit"
	"github.com/stoa-go/stoa/profile/audit/memaudit"
)

// writeDown makes a log in which somebody did something that concerns each
// person.
func (w *world) writeDown(t *testing.T, b build) {
	t.Helper()
	w.log = audit.NewLog(memaudit.New(), &audit.Options{Policy: b.policy, Now: w.now.time})
	people := append([]string{"unknown"}, ids()...)
	for _, id := range people {
		_, err := w.log.Audit(t.Context(), profile.Actor{ID: "zoe", Roles: []profile.Role{profile.RoleAdmin}}, profile.Deed{
			Action: "person.changed", Person: id, Why: "canary-deed",
		})
		require.NoError(t, err)
	}
}

// ids returns everybody's.
func ids() (out []string) {
	for _, list := range []map[string]profile.Actor{people, others} {
		for _, a := range list {
			if a.ID != "" {
				out = append(out, a.ID)
			}
		}
	}
	return out
}

func auditOperations() []operation {
	return []operation{
		{name: "audit.Entries", on: "portal", routes: []string{"audit.entries"}, call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			list, _, err := w.log.Entries(ctx, by, audit.Query{})
			return list, len(list) > 0, err
		}},
		{name: "audit.All", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			list, err := collect(w.log.All(ctx, by, audit.Query{Limit: 5}))
			return list, len(list) > 0, err
		}},
		{name: "audit.Verify", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			r, err := w.log.Verify(ctx, by)
			return r, r.Checked > 0, err
		}},
		exportsLog("WriteCSV", (*audit.Log).WriteCSV), exportsLog("WriteJSON", (*audit.Log).WriteJSON),
		overall("audit.Audit", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.log.Audit(ctx, by, profile.Deed{Action: "portal.opened"})
			return err
		}),
		{name: "audit.About", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			list, _, err := w.log.About(ctx, by, by.ID, time.Time{}, "", 0)
			return list, lists(list, func(e audit.Entry) bool { return e.Action == "person.changed" }), err
		}},
		{name: "audit.About/another", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			list, _, err := w.log.About(ctx, by, others["colleague"].ID, time.Time{}, "", 0)
			return list, lists(list, func(e audit.Entry) bool { return e.Action == "person.changed" }), err
		}},
		{name: "audit.About/viewing", on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
			list, _, err := w.log.About(ctx, viewing(by), by.ID, time.Time{}, "", 0)
			return list, len(list) > 0, err
		}},
	}
}

func exportsLog(name string, write func(*audit.Log, context.Context, profile.Actor, audit.Query, io.Writer) error) operation {
	return operation{name: "audit." + name, on: "portal", call: func(ctx context.Context, w *world, by profile.Actor, _ string) (any, bool, error) {
		var out bytes.Buffer
		err := write(w.log, ctx, by, audit.Query{}, &out)
		if err != nil && out.Len() > 0 {
			err = errors.New("refused after it was written")
		}
		return out.String(), out.Len() > 0, err
	}}
}
