package profile

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/valid"
)

// Connections make, list and end what lets other programs in. A secret is told
// once, to whoever makes the connection. Of one that is only compared the store
// has the hash; of one that signatures are checked with it has the secret,
// sealed.
type Connections struct {
	store  ConnectionStore
	people *Directory
	seal   cipher.AEAD // nil without a secret
	opts   ConnectionOptions
}

// ConnectionOptions adjust Connections. The zero value is ready to use.
type ConnectionOptions struct {
	Secret []byte             // seals what signatures are checked with, the same on every instance, at least 16 bytes; nil means that there is no ConnectionWidget
	Events analytics.Recorder // nil discards events
	Logger *slog.Logger       // nil discards logs
	Now    func() time.Time   // nil means time.Now
}

// NewConnections returns Connections to a directory. A nil opts means the
// defaults.
func NewConnections(store ConnectionStore, people *Directory, opts *ConnectionOptions) *Connections {
	var o ConnectionOptions
	if opts != nil {
		o = *opts
	}
	if o.Events == nil {
		o.Events = analytics.Discard
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Connections{store: store, people: people, opts: o}
	if len(o.Secret) >= minSealSecret {
		s.seal = sealerOf(o.Secret, "stoa connection 1")
	}
	return s
}

// A ConnectionDraft is a connection that somebody wants to make.
type ConnectionDraft struct {
	Kind    ConnectionKind
	Name    string // what it is called, in lists
	Account string // whose people it reaches; "" only with Staff
	Staff   bool   // see [Connection]
	Key     string // a draft with the same key is made once, and then ErrConflict, for its secret cannot be told again; "" is no key
}

// mostConnections is how many may be open at a time.
const mostConnections = 100

// Make makes a connection and returns its secret, which nobody can find out
// afterwards. It takes [PermissionDirectoryWrite] and what comes of it: of a
// directory, and with Staff, [PermissionRolesGrant]; of a widget
// [PermissionImpersonate].
func (s *Connections) Make(ctx context.Context, by Actor, d ConnectionDraft) (secret string, made Connection, err error) {
	if secret, made, err = s.make(ctx, by, d); err != nil {
		return "", Connection{}, fmt.Errorf("make connection: %w", err)
	}
	return secret, made.shown(), nil
}

// mayMake reports whether somebody may make such a connection.
func (s *Connections) mayMake(by Actor, kind ConnectionKind, staff bool) bool {
	may := func(p Permission) bool { return s.people.policy.May(by, p) }
	return s.may(by) && (may(PermissionRolesGrant) || !staff && kind != ConnectionDirectory) &&
		(kind != ConnectionWidget || may(PermissionImpersonate))
}

func (s *Connections) make(ctx context.Context, by Actor, d ConnectionDraft) (string, Connection, error) {
	if !s.mayMake(by, d.Kind, d.Staff) {
		return "", Connection{}, ErrForbidden
	}
	d.Name = strings.TrimSpace(d.Name)
	if d.Key == "" {
		d.Key = idem.New()
	}
	if err := both(idem.CheckKey(d.Key), s.check(ctx, d)); err != nil {
		return "", Connection{}, err
	}
	open, err := s.store.Connections(ctx, ConnectionQuery{Open: true})
	if err != nil {
		return "", Connection{}, err
	}
	if len(open) >= mostConnections {
		return "", Connection{}, errs.Field("name", "error.field.too_many", map[string]any{"max": mostConnections})
	}
	secret := "stoa-" + rand.Text() + rand.Text()
	made := Connection{ID: idem.ID("connection", by.ID, d.Key), Kind: d.Kind, Name: d.Name, Account: d.Account, Staff: d.Staff, MadeBy: by.ID, MadeAt: s.clock()}
	made.Secret = s.keep(made, secret)
	deed := Deed{Action: "connection.made", Subject: "connection/" + made.ID, Account: made.Account, Changes: []Change{
		{Field: "kind", To: string(made.Kind)}, {Field: "staff", To: strconv.FormatBool(made.Staff)},
	}}
	if err := s.people.audited(ctx, by, deed, func() error { return s.store.MakeConnection(ctx, made) }); err != nil {
		return "", Connection{}, err
	}
	s.record(ctx, by, "connection.made", made)
	return secret, made, nil
}

func (s *Connections) check(ctx context.Context, d ConnectionDraft) error {
	f := errs.Fields{}
	if !slices.Contains([]ConnectionKind{ConnectionDirectory, ConnectionWidget}, d.Kind) {
		f.Add("kind", "error.field.choice", map[string]any{"choices": "directory, widget"})
	}
	if d.Kind == ConnectionWidget && s.seal == nil {
		return ErrUnsupported
	}
	valid.Note(f, "name", valid.Text(d.Name, valid.TextName))
	if d.Name == "" {
		f.Add("name", "error.field.required", nil)
	}
	if d.Account == "" && !d.Staff {
		f.Add("account", "error.field.required", nil)
	}
	return both(f.Err(), s.people.checkAccount(ctx, d.Account))
}

// List returns the connections, the newest first: all that are open, and then
// at most 200 that have ended. It takes [PermissionDirectoryWrite].
func (s *Connections) List(ctx context.Context, by Actor) ([]Connection, error) {
	if !s.may(by) {
		return nil, fmt.Errorf("connections: %w", ErrForbidden)
	}
	list, err := s.store.Connections(ctx, ConnectionQuery{Open: true})
	if err != nil {
		return nil, fmt.Errorf("connections: %w", err)
	}
	newest, err := s.store.Connections(ctx, ConnectionQuery{})
	if err != nil {
		return nil, fmt.Errorf("connections: %w", err)
	}
	list = append(list, slices.DeleteFunc(newest, Connection.Live)...)
	for i, c := range list {
		list[i] = c.shown()
		if list[i].Unowned, err = s.unowned(ctx, c); err != nil {
			return nil, fmt.Errorf("connections: %w", err)
		}
	}
	return list, nil
}

// unowned reports whether nobody who may make such a connection stands behind an
// open one.
func (s *Connections) unowned(ctx context.Context, c Connection) (bool, error) {
	if !c.Live() {
		return false, nil
	}
	maker, err := s.people.Actor(ctx, c.MadeBy)
	if errors.Is(err, ErrNotFound) {
		return true, nil
	}
	return err == nil && !s.mayMake(maker, c.Kind, c.Staff), err
}

// End ends a connection: from the next request on it lets nobody in. It takes
// [PermissionDirectoryWrite]. One that has ended already is ErrNotFound.
func (s *Connections) End(ctx context.Context, by Actor, id string) error {
	deed := Deed{Action: "connection.ended", Subject: "connection/" + clip(id)}
	if !s.may(by) {
		return s.people.denied(ctx, by, deed, fmt.Errorf("end connection: %w", ErrForbidden))
	}
	if err := s.people.audited(ctx, by, deed, func() error { return s.store.EndConnection(ctx, id, s.clock()) }); err != nil {
		return wrap(err, "connection", id)
	}
	s.record(ctx, by, "connection.ended", Connection{ID: id})
	return nil
}

// With returns the connection of a kind that a secret is of, and notes that it
// is used. ErrNotFound means that there is none, or no more.
func (s *Connections) With(ctx context.Context, kind ConnectionKind, secret string) (Connection, error) {
	c, err := s.store.ConnectionWith(ctx, connectionHash(kind, secret))
	if err == nil {
		err = c.good(kind)
	}
	if err != nil {
		return Connection{}, fmt.Errorf("connection: %w", err)
	}
	s.use(ctx, c)
	return c.shown(), nil
}

// Key returns the [ConnectionWidget] with an ID, and the secret that what it
// signs is checked with. ErrNotFound means that there is none, or no more.
func (s *Connections) Key(ctx context.Context, id string) (Connection, []byte, error) {
	if s.seal == nil {
		return Connection{}, nil, fmt.Errorf("connection: %w", ErrUnsupported)
	}
	c, err := s.store.Connection(ctx, id)
	if err == nil {
		err = c.good(ConnectionWidget)
	}
	var secret []byte
	if err == nil {
		secret, err = s.unseal(c)
	}
	if err != nil {
		return Connection{}, nil, fmt.Errorf("connection: %w", err)
	}
	return c.shown(), secret, nil
}

// Used notes that a connection is in use, for those that [Connections.Key] was
// asked for and whose signature was good.
func (s *Connections) Used(ctx context.Context, c Connection) { s.use(ctx, c) }

func (c Connection) good(kind ConnectionKind) error {
	if c.Kind != kind || !c.Live() {
		return ErrNotFound
	}
	return nil
}

// use notes a use. A request does not fail for it.
func (s *Connections) use(ctx context.Context, c Connection) {
	now := s.clock()
	if now.Sub(c.UsedAt) < seeEvery {
		return
	}
	if err := s.store.UseConnection(ctx, c.ID, now); err != nil {
		s.opts.Logger.WarnContext(ctx, "use of a connection not noted", "error", err)
	}
}

// keep returns what the store knows a secret by.
func (s *Connections) keep(c Connection, secret string) string {
	if c.Kind != ConnectionWidget {
		return connectionHash(c.Kind, secret)
	}
	return base64.RawURLEncoding.EncodeToString(s.seal.Seal(nil, nil, []byte(secret), []byte(c.ID)))
}

func (s *Connections) unseal(c Connection) ([]byte, error) {
	data, err := base64.RawURLEncoding.DecodeString(c.Secret)
	if err == nil {
		data, err = s.seal.Open(nil, nil, data, []byte(c.ID))
	}
	if err != nil {
		return nil, errors.New("the secret of a connection was sealed with another")
	}
	return data, nil
}

// connectionHash is what the store knows a secret by that is only compared.
// The kind is part of it: as another the secret does not exist.
func connectionHash(kind ConnectionKind, secret string) string {
	return hashOf("stoa connection 1\x00" + string(kind) + "\x00" + secret)
}

func (s *Connections) may(by Actor) bool {
	return !by.Anonymous() && s.people.policy.May(by, PermissionDirectoryWrite)
}

func (s *Connections) clock() time.Time { return s.opts.Now().UTC().Truncate(time.Microsecond) }

func (s *Connections) record(ctx context.Context, by Actor, name string, c Connection) {
	s.opts.Events.Record(ctx, analytics.Event{
		Name: name, At: s.clock(), User: by.ID, Account: by.Account, Subject: "connection/" + c.ID, Props: map[string]string{"kind": string(c.Kind)},
	})
}

// shown returns c without its secret.
func (c Connection) shown() Connection {
	c.Secret = ""
	return c
}
