package sqlkb

import (
	"context"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// PutMedia implements [kb.MediaStore].
func (s *Store) PutMedia(ctx context.Context, m kb.Media) error {
	if err := sqldb.CheckText(m.Name, m.Type, m.Hash, m.About, string(m.Words), m.Owner, m.External, m.Stem); err != nil {
		return err
	}
	if m.Data == nil {
		m.Data = []byte{}
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		_, err := sqldb.Exec(ctx, tx, `
			insert into stoa_media (name, type, data, size, hash, about, words, tries, owner, external, at, fold, stem)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
			on conflict (name) do update set type = excluded.type, data = excluded.data, size = excluded.size, hash = excluded.hash,
				about = excluded.about, words = excluded.words, tries = excluded.tries, text = '',
				owner = excluded.owner, external = excluded.external, at = excluded.at, stem = excluded.stem`,
			m.Name, m.Type, m.Data, m.Size, m.Hash, m.About, string(m.Words), m.Tries, m.Owner, m.External, sqldb.At(m.At), strings.ToLower(m.Name), m.Stem)
		if err != nil {
			return err
		}
		return askNamed(ctx, tx, kb.LinkMedia, m.Name)
	})
}

type mediaRow struct {
	Name     string
	Type     string
	Data     []byte
	Size     int64
	Hash     string
	About    string
	Words    string
	Tries    int
	Owner    string
	External string
	At       sqldb.Time
	Stem     string
}

const mediaColumns = `name, type, size, hash, about, words, tries, owner, external, at, stem`

func (r mediaRow) media() kb.Media {
	m := kb.Media{
		Name: r.Name, Type: r.Type, Size: r.Size, Hash: r.Hash, About: r.About, Words: kb.TextState(r.Words), Tries: r.Tries,
		Owner: r.Owner, External: r.External, At: r.At.Time, Stem: r.Stem,
	}
	if len(r.Data) > 0 {
		m.Data = r.Data
	}
	return m
}

// Media implements [kb.MediaStore].
func (s *Store) Media(ctx context.Context, name string) (kb.Media, error) {
	var r mediaRow
	err := s.get(ctx, &r, "media", `select data, `+mediaColumns+` from stoa_media where name = $1`, name)
	return r.media(), err
}

// MediaUses implements [kb.MediaStore].
func (s *Store) MediaUses(ctx context.Context, name string) ([]kb.MediaUse, error) {
	if sqldb.CheckText(name) != nil {
		return nil, nil
	}
	var rows []struct {
		Article string
		Author  string
		Live    int
	}
	err := s.db.Select(ctx, &rows, `
		select u.article, r.author, max(case when t.status = 'published' and t.live = u.number then 1 else 0 end) as live
		from stoa_media_use u
			join stoa_revision r on r.article = u.article and r.locale = u.locale and r.number = u.number
			join stoa_translation t on t.article = u.article and t.locale = u.locale
		where u.name = $1 group by u.article, r.author
		union all
		select a.id, '', case when a.visible then 1 else 0 end
		from stoa_media_use u join stoa_article a on a.id = u.article where u.name = $1 and u.locale = ''
		order by 1, 2`, name)
	var out []kb.MediaUse
	for _, r := range rows {
		out = append(out, kb.MediaUse{Article: r.Article, Author: r.Author, Live: r.Live > 0})
	}
	return out, err
}

// used is the condition that an article uses a medium now, and usedWith that one
// uses a film now that the medium goes with.
const (
	used     = `exists (select 1 from stoa_media_use u ` + inUse + `u.name = stoa_media.name)`
	usedWith = `(stem <> '' and type not like 'video/%' and type not like 'audio/%' and exists (
		select 1 from stoa_media film join stoa_media_use u on u.name = film.name ` + inUse + `film.stem = stoa_media.stem and (film.type like 'video/%' or film.type like 'audio/%')))`

	inUse = `left join stoa_translation t on t.article = u.article and t.locale = u.locale
		where (u.locale = '' or t.head = u.number or t.status = 'published' and t.live = u.number) and `
)

// ListMedia implements [kb.MediaStore].
func (s *Store) ListMedia(ctx context.Context, q kb.MediaQuery) ([]kb.Media, string, error) {
	w := mediaWhere(q)
	order := byTime{at: "at", id: "name", newestFirst: true}
	rows, next, err := paged(ctx, s, w, `select `+mediaColumns+` from stoa_media `, order, q.After, q.Limit,
		func(r mediaRow) (sqldb.Time, string) { return r.At, r.Name })
	var out []kb.Media
	for _, r := range rows {
		out = append(out, r.media())
	}
	return out, next, err
}

func mediaWhere(q kb.MediaQuery) *sqldb.Where {
	w := &sqldb.Where{}
	if sqldb.CheckText(append([]string{q.Name, q.Owner, string(q.Words)}, q.Types...)...) != nil {
		return w.And("1 = 0")
	}
	if q.Name != "" {
		w.And(`fold like ? escape '\'`, "%"+sqldb.EscapeLike(q.Name)+"%")
	}
	if q.Owner != "" {
		w.And("owner = ?", q.Owner)
	}
	if q.Words != "" {
		w.And("words = ?", string(q.Words))
	}
	if q.Types != nil {
		ofTypes(w, q.Types)
	}
	if q.Unused {
		w.And("not " + used).And("not " + usedWith)
		for _, name := range storable(q.Except) {
			w.And("name <> ?", name)
		}
	}
	return w
}

func ofTypes(w *sqldb.Where, types []string) {
	conds, args := []string{"1 = 0"}, []any{}
	for _, t := range types {
		if strings.HasSuffix(t, "/") {
			conds, args = append(conds, `type like ? escape '\'`), append(args, sqldb.EscapeLike(t)+"%")
		} else {
			conds, args = append(conds, "type = ?"), append(args, t)
		}
	}
	w.And("("+strings.Join(conds, " or ")+")", args...)
}

// MediaTotal implements [kb.MediaStore].
func (s *Store) MediaTotal(ctx context.Context) (int, int64, error) {
	var sum struct {
		N     int
		Bytes int64
	}
	err := s.db.Get(ctx, &sum, "media", `select count(*) as n, coalesce(sum(size), 0) as bytes from stoa_media`)
	return sum.N, sum.Bytes, err
}

// MediaOf implements [kb.MediaStore].
func (s *Store) MediaOf(ctx context.Context, hashes []string) (out []string, err error) {
	w := &sqldb.Where{}
	sqldb.In(w, "hash", storable(hashes))
	err = s.db.Select(ctx, &out, `select distinct hash from stoa_media `+w.String()+` order by hash`, w.Args()...)
	return out, err
}

// DescribeMedia implements [kb.MediaStore].
func (s *Store) DescribeMedia(ctx context.Context, name, about string) error {
	return s.changeMedia(ctx, []string{name, about}, `update stoa_media set about = $2 where name = $1`, name, about)
}

// RemoveMedia implements [kb.MediaStore].
func (s *Store) RemoveMedia(ctx context.Context, name string) error {
	if sqldb.CheckText(name) != nil {
		return kb.ErrNotFound
	}
	return s.changeMedia(ctx, []string{name}, `delete from stoa_media where name = $1 and not `+used, name)
}

// changeMedia runs a statement about the medium whose name is its first
// argument. If it changes nothing, that is a conflict or there is no such medium.
func (s *Store) changeMedia(ctx context.Context, texts []string, statement string, args ...any) error {
	if err := sqldb.CheckText(texts...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		res, err := sqldb.Exec(ctx, tx, statement, args...)
		if err != nil {
			return err
		}
		if err := sqldb.Affected(res, kb.ErrConflict); err != nil {
			return missing(ctx, tx, err, `select 1 from stoa_media where name = $1`, texts[0])
		}
		return askNamed(ctx, tx, kb.LinkMedia, texts[0])
	})
}

// SaveMediaText implements [kb.MediaStore].
func (s *Store) SaveMediaText(ctx context.Context, name, hash string, t kb.MediaText, shown []string) error {
	if sqldb.CheckText(name, hash) != nil {
		return kb.ErrNotFound
	}
	if err := sqldb.CheckText(string(t.State), t.Text); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		var old string
		if err := sqldb.Get(ctx, tx, &old, "media", `select text from stoa_media where name = $1 and hash = $2`, name, hash); err != nil {
			return err
		}
		_, err := sqldb.Exec(ctx, tx, `update stoa_media set words = $2, tries = $3, text = $4 where name = $1`, name, string(t.State), t.Tries, t.Text)
		if err != nil || old == t.Text {
			return err
		}
		return logUsers(ctx, tx, name, shown)
	})
}

// logUsers notes that the articles that use a medium have changed.
func logUsers(ctx context.Context, tx sqlx.ExtContext, name string, blocks []string) error {
	var ids []string
	if err := sqldb.Select(ctx, tx, &ids, `select distinct article from stoa_media_use where name = $1 order by article`, name); err != nil {
		return err
	}
	changes := make([]feed.Change, len(ids))
	for i, id := range ids {
		changes[i] = feed.Change{Topic: topic, Ref: id}
	}
	if err := feed.Append(ctx, tx, changes...); err != nil {
		return err
	}
	return logShown(ctx, tx, storable(blocks))
}

// MediaTexts implements [kb.MediaStore].
func (s *Store) MediaTexts(ctx context.Context, names []string) (map[string]string, error) {
	w := &sqldb.Where{}
	sqldb.In(w, "name", storable(names))
	w.And("text <> ''")
	var rows []struct{ Name, Text string }
	err := s.db.Select(ctx, &rows, `select name, text from stoa_media `+w.String(), w.Args()...)
	out := map[string]string{}
	for _, r := range rows {
		out[r.Name] = r.Text
	}
	return out, err
}
