package sqlkb

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// A noteRow is a note as its table spells it.
type noteRow struct {
	ID         string
	Article    string
	Locale     string
	Number     int
	Thread     string
	Kind       string
	Body       string
	Author     string
	SourceKind string     `db:"source_kind"`
	SourceRef  string     `db:"source_ref"`
	ResolvedBy string     `db:"resolved_by"`
	ResolvedAt sqldb.Time `db:"resolved_at"`
	Input      string
	CreatedAt  sqldb.Time `db:"created_at"`
	UpdatedAt  sqldb.Time `db:"updated_at"`
	Version    int
}

const noteColumns = `id, article, locale, number, thread, kind, body, author, source_kind, source_ref, resolved_by, resolved_at, input, created_at, updated_at, version`

func (r noteRow) note() kb.Note {
	return kb.Note{
		ID: r.ID, Article: r.Article, Locale: r.Locale, Revision: r.Number, Thread: r.Thread, Kind: kb.NoteKind(r.Kind), Text: r.Body,
		Author: r.Author, Source: kb.Source{Kind: r.SourceKind, Ref: r.SourceRef}, ResolvedBy: r.ResolvedBy, ResolvedAt: r.ResolvedAt.Time,
		Input: r.Input, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

// SaveNote implements [kb.NoteStore].
func (s *Store) SaveNote(ctx context.Context, n kb.Note) error {
	texts := append([]string{n.ID, n.Article, n.Locale, n.Thread, string(n.Kind), n.Text, n.Author, n.Source.Kind, n.Source.Ref, n.ResolvedBy, n.Input}, n.Mentions...)
	if err := sqldb.CheckText(texts...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := hasArticle(ctx, tx, n.Article); err != nil {
			return err
		}
		if err := putNote(ctx, tx, n); err != nil {
			return err
		}
		if _, err := sqldb.Exec(ctx, tx, `delete from stoa_note_mention where note = $1`, n.ID); err != nil {
			return err
		}
		var rows [][]any
		for i, person := range n.Mentions {
			rows = append(rows, []any{n.ID, i, person})
		}
		return putAll(ctx, tx, `insert into stoa_note_mention (note, place, person)`, rows, ``)
	})
}

func putNote(ctx context.Context, tx sqlx.ExtContext, n kb.Note) error {
	args := []any{
		n.ID, n.Article, n.Locale, n.Revision, n.Thread, string(n.Kind), n.Text, n.Author, n.Source.Kind, n.Source.Ref,
		n.ResolvedBy, sqldb.At(n.ResolvedAt), n.Input, sqldb.At(n.CreatedAt), sqldb.At(n.UpdatedAt), n.Version,
	}
	if n.Version == 1 {
		res, err := sqldb.Exec(ctx, tx, `insert into stoa_note (`+noteColumns+`)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict do nothing`, args...)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	}
	res, err := sqldb.Exec(ctx, tx, `
		update stoa_note set article = $2, locale = $3, number = $4, thread = $5, kind = $6, body = $7, author = $8, source_kind = $9, source_ref = $10,
			resolved_by = $11, resolved_at = $12, input = $13, created_at = $14, updated_at = $15, version = $16
		where id = $1 and version = $16 - 1`, args...)
	if err != nil {
		return err
	}
	if err := sqldb.Affected(res, errs.Conflict); err != nil {
		return missing(ctx, tx, err, `select 1 from stoa_note where id = $1`, n.ID)
	}
	return nil
}

// Note implements [kb.NoteStore].
func (s *Store) Note(ctx context.Context, id string) (kb.Note, error) {
	var r noteRow
	if err := s.get(ctx, &r, "note", `select `+noteColumns+` from stoa_note where id = $1`, id); err != nil {
		return kb.Note{}, err
	}
	page, err := s.mentions(ctx, []noteRow{r})
	if err != nil {
		return kb.Note{}, err
	}
	return page[0], nil
}

// mentions returns notes with whom they mention.
func (s *Store) mentions(ctx context.Context, rows []noteRow) ([]kb.Note, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	out := make([]kb.Note, len(rows))
	at, ids := map[string]int{}, make([]string, len(rows))
	for i, r := range rows {
		out[i], at[r.ID], ids[i] = r.note(), i, r.ID
	}
	var w sqldb.Where
	sqldb.In(&w, "note", ids)
	var list []struct{ Note, Person string }
	if err := s.db.Select(ctx, &list, `select note, person from stoa_note_mention `+w.String()+` order by note, place`, w.Args()...); err != nil {
		return nil, err
	}
	for _, m := range list {
		n := &out[at[m.Note]]
		n.Mentions = append(n.Mentions, m.Person)
	}
	return out, nil
}

// Notes implements [kb.NoteStore].
func (s *Store) Notes(ctx context.Context, q kb.NoteQuery) ([]kb.Note, string, error) {
	if sqldb.CheckText(q.Article, q.Mentions) != nil {
		return nil, "", ctx.Err()
	}
	w := &sqldb.Where{}
	equals(w, "article", q.Article)
	there(w)
	if q.Kinds != nil {
		sqldb.In(w, "kind", storable(q.Kinds))
	}
	if q.Open {
		w.And(`resolved_at is null and not exists (select 1 from stoa_note r where r.id = stoa_note.thread and r.resolved_at is not null)`)
	}
	if q.Mentions != "" {
		w.And(`exists (select 1 from stoa_note_mention m where m.note = stoa_note.id and m.person = ?)`, q.Mentions)
	}
	if !q.Since.IsZero() {
		w.And("updated_at >= ?", sqldb.At(q.Since))
	}
	rows, next, err := paged(ctx, s, w, `select `+noteColumns+` from stoa_note `, byTime{"created_at", "id", true}, q.After, q.Limit, func(r noteRow) (sqldb.Time, string) { return r.CreatedAt, r.ID })
	if err != nil {
		return nil, "", err
	}
	page, err := s.mentions(ctx, rows)
	return page, next, err
}

// NotesOf implements [kb.PersonStore].
func (s *Store) NotesOf(ctx context.Context, person, after string, limit int) ([]kb.Note, error) {
	if nobody(person) || sqldb.CheckText(after) != nil {
		return nil, ctx.Err()
	}
	var rows []noteRow
	err := s.db.Select(ctx, &rows, `select `+noteColumns+` from stoa_note
		where id > $2 and (author = $1 or resolved_by = $1 or id in (select note from stoa_note_mention where person = $1)) order by id limit $3`, person, after, limit)
	if err != nil {
		return nil, err
	}
	return s.mentions(ctx, rows)
}

// forgetNotes takes a person out of what colleagues said, with what they said.
func forgetNotes(ctx context.Context, tx sqlx.ExtContext, person, pseudonym string, removed, renamed *int) error {
	if pseudonym == "" {
		if _, err := sqldb.Exec(ctx, tx, `delete from stoa_note_mention where note in (select id from stoa_note where author = $1 and kind = '')`, person); err != nil {
			return err
		}
		if err := sqldb.Tally(ctx, tx, removed, `delete from stoa_note where author = $1 and kind = ''`, person); err != nil {
			return err
		}
	}
	if err := sqldb.Tally(ctx, tx, renamed, `
		update stoa_note set version = version + 1, body = case when author = $1 then '' else body end, author = case when author = $1 then $2 else author end,
			resolved_by = case when resolved_by = $1 then $2 else resolved_by end
		where author = $1 or resolved_by = $1 or id in (select note from stoa_note_mention where person = $1)`, person, pseudonym); err != nil {
		return err
	}
	_, err := sqldb.Exec(ctx, tx, `delete from stoa_note_mention where person = $1`, person)
	return err
}
