// Package sqlaudit keeps the entries of an audit in PostgreSQL or SQLite, which
// then refuse to change them. It imports no driver: the program opens the
// database.
//
//	if err := sqlaudit.Migrate(ctx, db.DB); err != nil { ... }
//	log := audit.NewLog(sqlaudit.New(db), nil)
package sqlaudit

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/migrate"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/audit"
)

// A Store is an [audit.Store] in a database. Make one with [New].
type Store struct{ db *sqldb.DB }

var _ audit.Store = (*Store)(nil)

// New returns a Store on a [*sqlx.DB], or on a [*sqlx.Tx] to take part in a
// transaction of the caller's.
func New(db sqlx.ExtContext) *Store { return &Store{db: sqldb.New(db)} }

// WithReader returns a Store that writes where s does and reads from reader,
// such as the read-only pool of a SQLite file.
func (s *Store) WithReader(reader sqlx.ExtContext) *Store {
	return &Store{db: s.db.WithReader(reader)}
}

//go:embed migrations
var embedded embed.FS

var line = migrate.Line{Name: "audit", Embedded: embedded}

// Migrations returns the migrations, in the folders postgres and sqlite, for
// teams that run them with a tool of their own.
func Migrations() fs.FS { return line.Files() }

// Migrate brings the tables up to date. Any number of programs may call it at
// once.
func Migrate(ctx context.Context, db *sql.DB) error { return line.Up(ctx, db) }

// Validate returns an error if the tables are older or newer than the program.
func Validate(ctx context.Context, db *sql.DB) error { return line.Validate(ctx, db) }

// An entry is an entry as the table spells one.
type entry struct {
	Seq     int64
	At      sqldb.Time
	Action  string
	Outcome string
	Actor   string
	Kind    string
	Behalf  string
	Person  string
	Subject string
	Account string
	Session string
	Network string
	Changes sqldb.JSON[[]profile.Change]
	Why     string
	OfEntry int64 `db:"of_entry"`
	Hash    string
}

const columns = `seq, at, action, outcome, actor, kind, behalf, person, subject, account, session, network, changes, why, of_entry, hash`

func (e entry) entry() audit.Entry {
	out := audit.Entry{
		Seq: e.Seq, At: e.At.Time, Action: e.Action, Outcome: profile.Outcome(e.Outcome), Actor: e.Actor, As: audit.Kind(e.Kind), Behalf: e.Behalf,
		Person: e.Person, Subject: e.Subject, Account: e.Account, Session: e.Session, Network: e.Network, Why: e.Why, Of: e.OfEntry, Hash: e.Hash,
	}
	if len(e.Changes.V) > 0 {
		out.Changes = e.Changes.V
	}
	return out
}

func entries(rows []entry) []audit.Entry {
	out := make([]audit.Entry, len(rows))
	for i, r := range rows {
		out[i] = r.entry()
	}
	return out
}

// Append implements [audit.Store]. Whoever writes at the same time waits for the
// row with the end of the chain.
func (s *Store) Append(ctx context.Context, e audit.Entry, seal func(prev string, e audit.Entry) string) (audit.Entry, error) {
	if err := checkTexts(e); err != nil {
		return audit.Entry{}, err
	}
	e.At = sqldb.At(e.At).Time
	err := s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		var head struct {
			Seq  int64
			Hash string
		}
		err := sqldb.Get(ctx, tx, &head, "end of the audit", `update stoa_audit_state set seq = seq + 1 where id = 1 returning seq, hash`)
		if err != nil {
			return err
		}
		e.Seq = head.Seq
		e.Hash = seal(head.Hash, e)
		_, err = sqldb.Exec(ctx, tx, `insert into stoa_audit_entry (`+columns+`) values `+sqldb.Tuples(1, 16),
			e.Seq, sqldb.At(e.At), e.Action, string(e.Outcome), e.Actor, string(e.As), e.Behalf, e.Person, e.Subject, e.Account, e.Session,
			e.Network, sqldb.JSON[[]profile.Change]{V: e.Changes}, e.Why, e.Of, e.Hash)
		if err != nil {
			return err
		}
		_, err = sqldb.Exec(ctx, tx, `update stoa_audit_state set hash = $1 where id = 1`, e.Hash)
		return err
	})
	if err != nil {
		return audit.Entry{}, err
	}
	return e, nil
}

func checkTexts(e audit.Entry) error {
	texts := []string{
		e.Action, string(e.Outcome), e.Actor, string(e.As), e.Behalf, e.Person, e.Subject, e.Account, e.Session, e.Network, e.Why,
	}
	for _, c := range e.Changes {
		texts = append(texts, c.Field, c.From, c.To)
	}
	return sqldb.CheckText(texts...)
}

// Entries implements [audit.Store].
func (s *Store) Entries(ctx context.Context, f audit.Filter) ([]audit.Entry, error) {
	if f.Limit <= 0 {
		return nil, errs.Invalid
	}
	w := matching(f)
	var rows []entry
	err := s.db.Select(ctx, &rows, `select `+columns+` from stoa_audit_entry `+w.String()+` order by seq desc limit `+w.Arg(f.Limit), w.Args()...)
	return entries(rows), err
}

func matching(f audit.Filter) *sqldb.Where {
	w := sqldb.NewWhere()
	if f.Who != nil {
		sqldb.In(w, "actor", f.Who)
	}
	if f.Whom != nil {
		sqldb.In(w, "person", f.Whom)
	}
	if f.Anyone != nil {
		anyone(w, f.Anyone)
	}
	for _, token := range f.Except {
		w.And("actor <> ?", token)
	}
	if f.Action != "" {
		w.And("(action = ? or action like ? escape '\\')", f.Action, sqldb.EscapeLike(f.Action)+".%")
	}
	if f.Outcome != nil {
		w.And("outcome = ?", *f.Outcome)
	}
	if !f.From.IsZero() {
		w.And("at >= ?", sqldb.At(f.From))
	}
	if !f.To.IsZero() {
		w.And("at < ?", sqldb.At(f.To))
	}
	if f.Before != 0 {
		w.And("seq < ?", f.Before)
	}
	return w
}

// anyone adds that one of the tokens comes up in an entry.
func anyone(w *sqldb.Where, tokens []string) {
	cond, args := "1 = 0", []any{}
	for _, token := range tokens {
		cond += " or actor = ? or behalf = ? or person = ?"
		args = append(args, token, token, token)
	}
	w.And("("+cond+")", args...)
}

// Chain implements [audit.Store].
func (s *Store) Chain(ctx context.Context, seq int64, limit int) ([]audit.Entry, error) {
	var rows []entry
	err := s.db.Select(ctx, &rows, `select `+columns+` from stoa_audit_entry where seq > $1 order by seq limit $2`, seq, limit)
	return entries(rows), err
}

// Ends implements [audit.Store].
func (s *Store) Ends(ctx context.Context) (base, head audit.Mark, err error) {
	var row struct {
		Seq      int64
		Hash     string
		BaseSeq  int64  `db:"base_seq"`
		BaseHash string `db:"base_hash"`
	}
	err = s.db.Get(ctx, &row, "end of the audit", `select seq, hash, base_seq, base_hash from stoa_audit_state where id = 1`)
	return audit.Mark{Seq: row.BaseSeq, Hash: row.BaseHash}, audit.Mark{Seq: row.Seq, Hash: row.Hash}, err
}

// Prune implements [audit.Store].
func (s *Store) Prune(ctx context.Context, before time.Time, hold []string, limit int) (n int, err error) {
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		n = 0
		// Whoever prunes at the same time waits here.
		var base int64
		err := sqldb.Get(ctx, tx, &base, "end of the audit", `update stoa_audit_state set base_seq = base_seq where id = 1 returning base_seq`)
		if err != nil {
			return err
		}
		stop := sqldb.NewWhere().And("seq > ?", base).And("at >= ?", sqldb.At(before))
		var last int64
		err = sqldb.Get(ctx, tx, &last, "", `select coalesce(min(seq), 9223372036854775807) from stoa_audit_entry `+stop.String(), stop.Args()...)
		if err == nil && len(hold) > 0 {
			held := sqldb.NewWhere().And("seq > ?", base)
			anyone(held, hold)
			var first int64
			err = sqldb.Get(ctx, tx, &first, "", `select coalesce(min(seq), 9223372036854775807) from stoa_audit_entry `+held.String(), held.Args()...)
			last = min(last, first)
		}
		if err != nil {
			return err
		}
		n, err = cut(ctx, tx, base, last, limit)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// cut removes the entries after base and before stop, at most limit.
func cut(ctx context.Context, tx sqlx.ExtContext, base, stop int64, limit int) (int, error) {
	var rows []entry
	err := sqldb.Select(ctx, tx, &rows, `select `+columns+` from stoa_audit_entry where seq > $1 and seq < $2 order by seq limit $3`, base, stop, limit)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	end := rows[len(rows)-1]
	for _, q := range []struct {
		text string
		args []any
	}{
		{`update stoa_audit_state set base_seq = $1, base_hash = $2 where id = 1`, []any{end.Seq, end.Hash}},
		{`delete from stoa_audit_entry where seq <= $1`, []any{end.Seq}},
	} {
		if _, err := sqldb.Exec(ctx, tx, q.text, q.args...); err != nil {
			return 0, err
		}
	}
	return len(rows), forgetUnused(ctx, tx, rows)
}
