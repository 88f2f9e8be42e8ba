package sqlprofile

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/outbox"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.EndpointStore = (*Store)(nil)

// An endpoint is an endpoint as the table spells one.
type endpoint struct {
	ID        string
	Person    string
	Channel   string
	Address   string
	Data      sqldb.StringMap
	Agent     string
	Session   string
	CreatedAt sqldb.Time `db:"created_at"`
}

const (
	endpointColumns = `id, person, channel, address, data, agent, session, created_at`
	maxEndpoints    = 50
)

// Endpoints implements [profile.EndpointStore].
func (s *Store) Endpoints(ctx context.Context, person, channel string) ([]profile.Endpoint, error) {
	var rows []endpoint
	err := s.db.Select(ctx, &rows, `select `+endpointColumns+` from stoa_endpoint where person = $1 and channel = $2
		order by created_at desc, id limit $3`, person, channel, maxEndpoints)
	if err != nil {
		return nil, err
	}
	list := make([]profile.Endpoint, len(rows))
	for i, r := range rows {
		list[i] = profile.Endpoint{ID: r.ID, Person: r.Person, Channel: r.Channel, Address: r.Address, Data: r.Data, Agent: r.Agent, Session: r.Session, CreatedAt: r.CreatedAt.Time}
	}
	return list, nil
}

// SaveEndpoint implements [profile.EndpointStore].
func (s *Store) SaveEndpoint(ctx context.Context, e profile.Endpoint) error {
	texts := []string{e.ID, e.Person, e.Channel, e.Address, e.Agent, e.Session}
	for key, value := range e.Data {
		texts = append(texts, key, value)
	}
	if err := sqldb.CheckText(texts...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `insert into stoa_endpoint (`+endpointColumns+`) values `+sqldb.Tuples(1, 8)+`
			on conflict (id) do update set person = excluded.person, channel = excluded.channel, address = excluded.address,
			data = excluded.data, agent = excluded.agent, session = excluded.session, created_at = excluded.created_at`,
			e.ID, e.Person, e.Channel, e.Address, sqldb.StringMap(e.Data), e.Agent, e.Session, sqldb.At(e.CreatedAt))
		return err
	})
}

// RemoveEndpoints implements [profile.EndpointStore].
func (s *Store) RemoveEndpoints(ctx context.Context, q profile.EndpointQuery) (int, error) {
	if q == (profile.EndpointQuery{}) {
		return 0, errs.Invalid
	}
	var w sqldb.Where
	for _, c := range []struct{ cond, value string }{{"id = ?", q.ID}, {"person = ?", q.Person}, {"channel = ?", q.Channel}} {
		if c.value != "" {
			w.And(c.cond, c.value)
		}
	}
	return s.count(ctx, `delete from stoa_endpoint `+w.String(), w.Args()...)
}

// judged is err in the words of the outbox.
func judged(err error) error {
	e, ok := errors.AsType[*profile.SendError](err)
	switch {
	case !ok:
		return err
	case e.Permanent:
		return outbox.Permanent(err)
	case e.After > 0:
		return outbox.RetryAfter(err, e.After)
	}
	return err
}
