package sqlkb

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// PutMedia implements [kb.MediaStore].
func (s *Store) PutMedia(ctx context.Context, m kb.Media) error {
	if err := sqldb.CheckText(m.Name, m.Type); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		_, err := sqldb.Exec(ctx, tx, `
			insert into stoa_media (name, type, data, hash, at) values ($1, $2, $3, $4, $5)
			on conflict (name) do update set type = excluded.type, data = excluded.data, hash = excluded.hash, at = excluded.at`,
			m.Name, m.Type, m.Data, m.Hash, sqldb.At(m.At))
		return err
	})
}

// Media implements [kb.MediaStore].
func (s *Store) Media(ctx context.Context, name string) (kb.Media, error) {
	var r struct {
		Name string
		Type string
		Data []byte
		Hash string
		At   sqldb.Time
	}
	err := s.db.Get(ctx, &r, "media", `select name, type, data, hash, at from stoa_media where name = $1`, name)
	return kb.Media{Name: r.Name, Type: r.Type, Data: r.Data, Hash: r.Hash, At: r.At.Time}, err
}

// MediaUses implements [kb.MediaStore].
func (s *Store) MediaUses(ctx context.Context, name string) ([]string, error) {
	var ids []string
	err := s.db.Select(ctx, &ids, `select article from stoa_media_use where name = $1 order by article`, name)
	return ids, err
}
